"""Taking contracts in."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from audit.models import AuditEntry
from borrowers.services import register
from loans.models import Instalment, LedgerEntry, Loan, Portfolio
from loans.selectors import stored_loans, stored_schedules
from loans.services import open_loans
from rulebook.tape import NewInstalment
from tests.loans.build import AT, a_loan, borrower_row, day, loan_row, person, team

pytestmark = pytest.mark.django_db
SCHEDULE = (("01-10", "4000.00", "60.00"), ("02-10", "4000.00", "30.00"))


def rows(loan_no: str) -> list[NewInstalment]:
    return [
        NewInstalment(loan_no, seq, day(due), Decimal(principal), Decimal(interest))
        for seq, (due, principal, interest) in enumerate(SCHEDULE, start=1)
    ]


def test_a_loan_is_on_file_as_it_came():
    register(borrowers=[borrower_row("BL1"), borrower_row("BL2")], contacts=[], by=None, at=AT)
    new = [loan_row("L1", SCHEDULE), loan_row("L2", SCHEDULE, product="card")]
    schedule = rows("L1") + rows("L2")
    assert open_loans(loans=new, instalments=schedule, by=person(), at=AT, team=team()) == 2
    assert stored_loans(["L1", "L2", "L3"]) == {loan.loan_no: loan for loan in new}
    assert stored_schedules(["L1", "L2", "L3"]) == {"L1": tuple(rows("L1")), "L2": tuple(rows("L2"))}


def test_a_new_loan_has_an_empty_ledger_and_its_first_due_date_is_the_oldest_unpaid():
    loan = a_loan(*SCHEDULE)
    assert not LedgerEntry.objects.exists()
    assert loan.oldest_unpaid_due_on == day("01-10")


def test_a_portfolio_named_for_the_first_time_is_made_shown_to_the_team_and_audited():
    a_loan(seen_by="North")
    portfolio = Portfolio.objects.get()
    assert (portfolio.code, [t.name for t in portfolio.teams.all()]) == ("consumer", ["North"])
    assert AuditEntry.objects.get(action="loans.open_portfolio").subject == "portfolio consumer"


def test_a_portfolio_on_file_keeps_its_teams():
    a_loan(seen_by="North")
    a_loan(loan_no="L2", seen_by="South")
    assert [t.name for t in Portfolio.objects.get().teams.all()] == ["North"]


def test_a_loan_number_on_file_is_refused_by_the_database():
    loan = a_loan()
    with pytest.raises(IntegrityError):
        open_loans(loans=[loan_row(loan.loan_no, SCHEDULE)], instalments=[], by=None, at=AT)


def test_nothing_to_open_is_no_error():
    assert open_loans(loans=[], instalments=[], by=None, at=AT) == 0
    assert not Loan.objects.exists()
    assert not Instalment.objects.exists()
