"""May whoever imports this put loans into the portfolio?"""

from collections.abc import Iterator

from intake.columns import Kind
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A portfolio that exists and belongs to other teams is theirs; one that does not exist yet will be made."""
    for sheet in facts.tape.of(Kind.LOANS):
        others = facts.on_file.hidden_portfolios
        yield from sheet.findings("portfolio", lambda text: "portfolio_of_others" if text in others else None)
