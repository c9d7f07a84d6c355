"""May whoever imports this put loans into the portfolio?"""

from collections.abc import Iterator

from intake.columns import Kind
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A portfolio that exists and belongs to other teams is theirs; one that does not exist yet will be made."""
    others = facts.on_file.hidden_portfolios
    for sheet in facts.tape.of(Kind.LOANS):
        yield from sheet.findings("portfolio", lambda text: "portfolio_of_others" if text in others else None)
