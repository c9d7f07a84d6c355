"""Making a loan due as a whole, and taking that back."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from loans.closing_services import accelerate, look_at_acceleration
from loans.models import ClosedAs, Loan, LoanEvent
from loans.services import BookingRefused
from staff.roles import Role
from tests.loans.build import AT, a_loan, agrees, day, live_lines, pay, person, stands, undo
from tests.loans.test_close_loans import shut

pytestmark = pytest.mark.django_db

MONTHS = (("01-10", "1000.00", "30.00"), ("02-10", "1000.00", "31.00"), ("03-10", "1000.00", "28.00"))


def make_due(loan: Loan, value_on: str, **more: Any) -> LoanEvent:
    given: dict[str, Any] = {
        "reason": "three months late",
        "by": person(Role.LEGAL_OFFICER),
        "on": day("02-09"),
        "at": AT,
        **more,
    }
    return accelerate(loan=loan, value_on=day(value_on), **given)


def test_the_rest_falls_due_and_the_ledger_stays_that_of_a_replay():
    loan = a_loan(*MONTHS)
    make_due(loan, "01-20")
    loan.refresh_from_db()
    found = stands(loan, "02-09")
    assert (str(found.overdue_principal), str(found.overdue_interest)) == ("3000.00", "40.00")
    assert (loan.oldest_unpaid_due_on, found.days_past_due) == (day("01-10"), 30)
    assert agrees(loan)


def test_the_oldest_unpaid_due_date_is_its_day_where_nothing_else_is_late():
    loan = a_loan(*MONTHS)
    pay(loan, "1030.00", "01-10")
    make_due(loan, "01-20")
    loan.refresh_from_db()
    assert loan.oldest_unpaid_due_on == day("01-20")


def test_a_legal_officer_may_and_the_other_roles_may_not():
    loan = a_loan(*MONTHS)
    for role in sorted(set(Role) - {Role.LEGAL_OFFICER}):
        with pytest.raises(PermissionDenied):
            make_due(loan, "01-20", by=person(role))
    make_due(loan, "01-20", by=person(Role.LEGAL_OFFICER))


@pytest.mark.parametrize(
    ("value_on", "more", "code"),
    [
        ("02-10", {}, "future"),
        ("2024-12-09", {}, "before_disbursement"),
        ("01-20", {"reason": " "}, "reason"),
        ("03-10", {"on": day("03-10")}, "nothing_to_come"),
    ],
)
def test_a_day_on_which_it_cannot_be_and_no_reason_are_refused(value_on, more, code):
    loan = a_loan(*MONTHS)
    with pytest.raises(BookingRefused) as refusal:
        make_due(loan, value_on, **more)
    assert refusal.value.code == code
    assert not LoanEvent.objects.exists()


def test_twice_is_refused_until_the_first_is_reversed():
    loan = a_loan(*MONTHS)
    first = make_due(loan, "01-20")
    with pytest.raises(BookingRefused) as refusal:
        make_due(loan, "01-25")
    assert refusal.value.code == "due_already"
    before = stands(loan, "01-24")
    undo(first)
    assert str(before.to_come) == "0.00"
    assert str(stands(loan, "01-24").to_come) == "2059.00"
    make_due(loan, "01-25")
    assert agrees(loan)


def test_a_closed_loan_is_not_made_due():
    loan = a_loan(*MONTHS)
    shut(loan, ClosedAs.WRITTEN_OFF, "02-09")
    loan.refresh_from_db()
    with pytest.raises(BookingRefused) as refusal:
        make_due(loan, "01-20")
    assert refusal.value.code == "closed"


def test_made_due_for_a_day_before_a_payment_the_payment_is_allocated_anew():
    loan = a_loan(*MONTHS)
    pay(loan, "2000.00", "01-25")
    assert "01-25 credit - 960.00" in live_lines(loan)
    make_due(loan, "01-20")
    assert not any("credit" in line for line in live_lines(loan))
    assert agrees(loan)


def test_a_payment_before_and_one_after_it_and_their_reversals_leave_the_ledger_of_a_replay():
    loan = a_loan(*MONTHS)
    make_due(loan, "01-20")
    events = [pay(loan, "500.00", "01-15", reference="R1"), pay(loan, "700.00", "02-01", reference="R2")]
    assert agrees(loan)
    for event in events:
        undo(event)
        assert agrees(loan)
    # As it was: a thousand late for thirty nights, two thousand for twenty, at 24 %/360.
    assert str(stands(loan, "02-09").penalty) == "46.66"


def test_a_look_shows_what_becomes_due_and_writes_nothing():
    loan = a_loan(*MONTHS)
    look = look_at_acceleration(loan, value_on=day("02-09"), on=day("02-09"))
    shown = {change.name: (str(change.before), str(change.after)) for change in look.amounts}
    assert shown["due_amount"] == ("1050.00", "3080.00")
    assert shown["to_come"] == ("2059.00", "0.00")
    assert not LoanEvent.objects.exists()
    with pytest.raises(BookingRefused):
        look_at_acceleration(loan, value_on=day("02-10"), on=day("02-09"))
