"""Pausing penalty and the overdue clock."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from loans.models import LoanEvent
from loans.services import BookingRefused
from staff.roles import Role
from tests.loans.build import a_loan, live_lines, pay, person, stands, stop, undo

pytestmark = pytest.mark.django_db
MAY = {Role.OPERATIONS, Role.SUPERVISOR, Role.LEGAL_OFFICER}


def test_a_pause_takes_its_days_out_of_penalty_and_clock():
    loan = a_loan()
    stop(loan, "01-15", "01-25")
    found = stands(loan, "02-09")
    assert (found.penalty, found.days_past_due) == (Decimal("106.67"), 20)


def test_a_pause_may_stop_only_the_penalty_or_only_the_clock():
    penalty, clock = a_loan(loan_no="L1"), a_loan(loan_no="L2")
    stop(penalty, "01-15", "01-25", clock=False)
    stop(clock, "01-15", "01-25", penalty=False)
    assert (stands(penalty, "02-09").penalty, stands(penalty, "02-09").days_past_due) == (Decimal("106.67"), 30)
    assert (stands(clock, "02-09").penalty, stands(clock, "02-09").days_past_due) == (Decimal("160.00"), 20)


def test_a_pause_without_an_end_goes_on_until_it_is_reversed():
    loan = a_loan()
    event = stop(loan, "01-20", None)
    assert (stands(loan, "12-31").penalty, stands(loan, "12-31").days_past_due) == (Decimal("53.33"), 10)
    undo(event)
    assert stands(loan, "02-09").penalty == Decimal("160.00")


def test_a_backdated_pause_changes_how_later_money_was_split():
    loan = a_loan()
    pay(loan, "2000.00", "01-25")
    stop(loan, "01-10", "01-20")
    assert live_lines(loan) == [
        "01-25 charged penalty 26.67",
        "01-25 paid penalty 26.67",
        "01-25 paid principal 1973.33",
    ]


@pytest.mark.parametrize("until_on", ["01-15", "01-14"])
def test_a_pause_must_end_after_it_begins(until_on):
    loan = a_loan()
    with pytest.raises(BookingRefused) as refusal:
        stop(loan, "01-15", until_on)
    assert refusal.value.code == "empty_pause"
    stop(loan, "01-15", "01-16")


def test_a_pause_that_stops_nothing_is_refused():
    with pytest.raises(BookingRefused) as refusal:
        stop(a_loan(), "01-15", "01-25", penalty=False, clock=False)
    assert refusal.value.code == "idle_pause"
    assert not LoanEvent.objects.exists()


def test_operations_supervisors_and_legal_officers_may_pause_and_the_other_roles_may_not():
    loan = a_loan()
    for role in sorted(set(Role) - MAY):
        with pytest.raises(PermissionDenied):
            stop(loan, "01-15", "01-25", by=person(role))
    for n, role in enumerate(sorted(MAY)):
        stop(a_loan(loan_no=f"M{n}"), "01-15", "01-25", by=person(role))
