"""Are the numbers of instalments whole numbers?"""

from collections.abc import Iterator

from intake.cells import read_count
from intake.columns import Kind
from intake.facts import Facts, Finding

FIELDS = {Kind.LOANS: "instalment_count", Kind.INSTALMENTS: "seq"}


def check(facts: Facts) -> Iterator[Finding]:
    """A loan has at least one instalment, and the first is number 1."""
    for sheet in facts.tape.of(*FIELDS):
        yield from sheet.findings(FIELDS[sheet.kind], _rule)


def _rule(text: str) -> str | None:
    count = read_count(text)
    return count if isinstance(count, str) else None
