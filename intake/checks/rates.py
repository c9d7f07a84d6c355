"""Is the yearly rate a fraction?"""

from collections.abc import Iterator

from intake.cells import read_rate
from intake.columns import Kind
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A rate lies between 0 and 1 with at most six decimals: 18 is a lender's 18 %, and would be 1,800 %."""
    for sheet in facts.tape.of(Kind.LOANS):
        yield from sheet.findings("annual_rate", _rule)


def _rule(text: str) -> str | None:
    rate = read_rate(text)
    if isinstance(rate, str):
        return rate
    return None if 0 <= rate <= 1 else "rate_out_of_range"
