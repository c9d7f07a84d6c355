"""Letting a team see a portfolio that came without one."""

import io

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from loans.selectors import portfolios_visible_to
from staff.roles import Role
from tests.loans.build import a_loan, person

pytestmark = pytest.mark.django_db


def show(*words: str) -> str:
    out = io.StringIO()
    call_command("show_portfolio", *words, stdout=out)
    return out.getvalue()


def test_the_team_sees_it_and_it_is_written_down_once() -> None:
    a_loan(portfolio="north", seen_by="North")
    collector = person(Role.COLLECTOR, of="South")
    assert not portfolios_visible_to(collector).exists()
    assert show("north", "South") == "South sees north.\n"
    assert show("north", "South") == "South sees north.\n"
    assert [portfolio.code for portfolio in portfolios_visible_to(collector)] == ["north"]
    assert AuditEntry.objects.get(action="loans.show_portfolio").details == {"team": "South"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("north", "West"), "There is no team West; known are: North"),
        (("south", "North"), "There is no portfolio south; known are: north"),
    ],
)
def test_what_does_not_exist_is_said_with_what_does(words: tuple[str, str], said: str) -> None:
    a_loan(portfolio="north", seen_by="North")
    with pytest.raises(CommandError, match=said):
        show(*words)
