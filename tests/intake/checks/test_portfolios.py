"""Nobody puts loans into the portfolio of others."""

from intake.checks.portfolios import check
from intake.columns import Kind
from intake.facts import OnFile
from tests.intake.build import changed, facts, told


def test_a_portfolio_of_another_team_is_refused_and_a_new_one_is_fine() -> None:
    theirs = OnFile(hidden_portfolios=frozenset({"cards"}))
    assert told(check(facts(changed(Kind.LOANS, portfolio="cards"), theirs))) == [
        ("loans.csv", 2, "portfolio", "portfolio_of_others")
    ]
    assert told(check(facts(changed(Kind.LOANS, portfolio="brand-new"), theirs))) == []
