"""Who sees which loans, and reading them with few queries."""

from decimal import Decimal

import pytest

from loans.models import Loan
from loans.selectors import books_of, borrowers_visible_to, loans_visible_to, portfolios_visible_to, standings
from staff.roles import VIEWERS, Role
from tests.loans.build import a_loan, charge, day, pay, person, stop, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_portfolios() -> None:
    a_loan(loan_no="N1", portfolio="north", seen_by="North")
    a_loan(loan_no="S1", portfolio="south", seen_by="South")


@pytest.mark.parametrize("role", sorted(VIEWERS - {Role.AUDITOR}))
def test_people_see_the_portfolios_of_their_own_team_only(two_portfolios, role):
    user = person(role, of="North")
    assert [p.code for p in portfolios_visible_to(user)] == ["north"]
    assert [loan.loan_no for loan in loans_visible_to(user)] == ["N1"]
    assert [b.borrower_no for b in borrowers_visible_to(user)] == ["BN1"]


def test_the_auditor_sees_every_portfolio_with_and_without_a_team(two_portfolios):
    for user in (person(Role.AUDITOR, of=None), person(Role.AUDITOR, of="North")):
        assert {loan.loan_no for loan in loans_visible_to(user)} == {"N1", "S1"}
        assert {b.borrower_no for b in borrowers_visible_to(user)} == {"BN1", "BS1"}


def test_somebody_without_a_team_sees_nothing(two_portfolios):
    user = person(Role.SUPERVISOR, of=None)
    assert not portfolios_visible_to(user).exists()
    assert not loans_visible_to(user).exists()
    assert not borrowers_visible_to(user).exists()


def test_a_borrower_with_loans_in_two_portfolios_is_seen_by_both_teams_each_with_its_own_loan(two_portfolios):
    a_loan(loan_no="S2", borrower_no="BN1", portfolio="south", seen_by="South")
    south = person(Role.COLLECTOR, of="South")
    assert {b.borrower_no for b in borrowers_visible_to(south)} == {"BN1", "BS1"}
    assert {loan.loan_no for loan in loans_visible_to(south)} == {"S1", "S2"}


def test_standings_come_by_loan_number_and_only_up_to_the_date():
    second, first = a_loan(loan_no="L2"), a_loan(loan_no="L1")
    pay(first, "2000.00", "01-25")
    pay(second, "100.00", "02-05", reference="R2")
    found = {loan.loan_no: standing.overdue_principal for loan, standing in standings(Loan.objects.all(), day("01-31"))}
    assert list(found.items()) == [("L1", Decimal("6080.00")), ("L2", Decimal("8000.00"))]


def test_standings_of_no_loans_are_empty():
    assert list(standings(Loan.objects.none(), day("01-31"))) == []


def test_books_are_read_with_the_same_queries_whatever_their_number(django_assert_num_queries):
    for n in range(6):
        loan = a_loan(loan_no=f"L{n}")
        undo(pay(loan, "5.00", "01-20", reference=f"R{n}"))
        charge(loan, "5.00", "01-21")
        stop(loan, "01-22", None)
    loans = list(Loan.objects.select_related("portfolio"))
    for some in (loans[:1], loans):
        with django_assert_num_queries(5):
            books_of(some)
