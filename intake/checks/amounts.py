"""Is every amount money to the cent, and of the right sign?"""

from collections.abc import Iterator

from intake.cells import read_amount
from intake.columns import Kind
from intake.facts import Facts, Finding

MORE_THAN_ZERO = {Kind.LOANS: ("principal",), Kind.PAYMENTS: ("amount",)}
# A schedule may have rows of interest only, or of principal only.
ZERO_OR_MORE = {Kind.INSTALMENTS: ("principal_due", "interest_due")}


def check(facts: Facts) -> Iterator[Finding]:
    """Amounts are digits with at most two decimals; loans and payments are more than zero, dues not less."""
    for sheet in facts.tape.of(*MORE_THAN_ZERO, *ZERO_OR_MORE):
        for field in MORE_THAN_ZERO.get(sheet.kind, ()):
            yield from sheet.findings(field, _positive)
        for field in ZERO_OR_MORE.get(sheet.kind, ()):
            yield from sheet.findings(field, _not_negative)


def _positive(text: str) -> str | None:
    amount = read_amount(text)
    if isinstance(amount, str):
        return amount
    return "amount_not_positive" if amount <= 0 else None


def _not_negative(text: str) -> str | None:
    amount = read_amount(text)
    if isinstance(amount, str):
        return amount
    return "amount_negative" if amount < 0 else None
