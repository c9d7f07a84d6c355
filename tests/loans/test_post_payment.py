"""Booking one payment."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from loans.models import LoanEvent
from loans.selectors import book_of
from loans.services import BookingRefused, last_event_id
from rulebook.money import ZERO
from rulebook.replay import Event, EventKind
from staff.roles import Role
from tests.loans.build import a_loan, day, lines, live_lines, pay, person, stands

pytestmark = pytest.mark.django_db
MAX_SEQUENCE = 2**62


def refused(*args: Any, **more: Any) -> str:
    """Why a payment is not booked; nothing of it may stay behind."""
    before = LoanEvent.objects.count(), AuditEntry.objects.count()
    with pytest.raises(BookingRefused) as refusal:
        pay(*args, **more)
    assert (LoanEvent.objects.count(), AuditEntry.objects.count()) == before
    return refusal.value.code


def test_a_backdated_payment_turns_160_00_into_60_80():
    loan = a_loan()
    assert stands(loan, "02-09").penalty == Decimal("160.00")
    pay(loan, "2000.00", "01-25")
    found = stands(loan, "02-09")
    assert (found.penalty, found.overdue_principal, found.days_past_due) == (
        Decimal("60.80"),
        Decimal("6080.00"),
        30,
    )
    assert live_lines(loan) == [
        "01-25 charged penalty 80.00",
        "01-25 paid penalty 80.00",
        "01-25 paid principal 1920.00",
    ]


def test_a_payment_that_arrives_later_for_an_earlier_day_cancels_what_it_changes():
    loan = a_loan()
    pay(loan, "2000.00", "01-25")
    pay(loan, "1000.00", "01-20", reference="R2")
    # 10 nights on 8,000: 53.33; then 5 nights on 7,053.33: 23.51.
    assert lines(loan)[3:] == [
        "01-25 charged penalty -80.00 (cancels)",
        "01-25 paid penalty -80.00 (cancels)",
        "01-25 paid principal -1920.00 (cancels)",
        "01-20 charged penalty 53.33",
        "01-20 paid penalty 53.33",
        "01-20 paid principal 946.67",
        "01-25 charged penalty 23.51",
        "01-25 paid penalty 23.51",
        "01-25 paid principal 1976.49",
    ]


def test_a_payment_before_the_due_date_waits_as_credit_and_pays_on_the_due_date():
    loan = a_loan()
    pay(loan, "3000.00", "01-05")
    assert stands(loan, "01-09").unapplied == Decimal("3000.00")
    found = stands(loan, "01-11")
    assert (found.unapplied, found.overdue_principal) == (ZERO, Decimal("5000.00"))


def test_a_payment_is_written_into_the_audit_log():
    event = pay(a_loan(), "2000.00", "01-25")
    entry = AuditEntry.objects.get(action="loans.book_payment")
    assert (entry.subject, entry.actor_name) == ("loan L1", "operations-north")
    assert entry.details == {"event": event.pk, "value_on": "2025-01-25", "amount": "2000.00"}


def test_operations_may_book_and_the_other_roles_may_not():
    loan = a_loan()
    pay(loan, "1.00", "01-25", by=person(Role.OPERATIONS))
    for role in sorted(set(Role) - {Role.OPERATIONS}):
        with pytest.raises(PermissionDenied):
            pay(loan, "1.00", "01-25", reference=f"R-{role}", by=person(role))
    assert LoanEvent.objects.count() == 1


def test_money_may_have_come_today_but_not_tomorrow():
    loan = a_loan()
    assert refused(loan, "100.00", "02-10") == "future"
    pay(loan, "100.00", "02-09")


def test_money_may_have_come_on_the_day_of_payout_but_not_before():
    loan = a_loan()
    assert refused(loan, "100.00", "2024-12-09") == "before_disbursement"
    pay(loan, "100.00", "2024-12-10")


@pytest.mark.parametrize("amount", ["0.00", "-5.00", "1.005", "NaN", "Infinity", "1000000000000.00", "1E+40"])
def test_an_amount_that_is_not_money_is_refused(amount):
    assert refused(a_loan(), amount, "01-25") == "amount"


@pytest.mark.parametrize("amount", ["0.01", "999999999999.99", "5", "5.100"])
def test_an_amount_that_is_money_is_booked(amount):
    loan = a_loan()
    pay(loan, amount, "01-25")
    event = LoanEvent.objects.get()
    assert event.amount == Decimal(amount)


def test_a_reference_is_booked_once_whatever_the_loan():
    pay(a_loan(), "100.00", "01-25", reference="R1")
    other = a_loan(loan_no="L2")
    assert refused(other, "70.00", "01-26", reference="R1") == "reference_used"
    pay(other, "70.00", "01-26", reference="R2")


def test_who_decided_on_old_figures_is_told_to_look_again():
    loan = a_loan()
    seen = last_event_id(loan)
    pay(loan, "100.00", "01-25", seen_event_id=seen)
    assert refused(loan, "100.00", "01-26", reference="R2", seen_event_id=seen) == "changed_meanwhile"
    pay(loan, "100.00", "01-26", reference="R2", seen_event_id=last_event_id(loan))


def test_the_preview_writes_nothing_and_says_what_the_booking_then_does():
    loan = a_loan(("01-10", "4000.00", "60.00"), ("02-08", "4000.00", "30.00"))
    pay(loan, "100.00", "01-15")
    thought = Event(MAX_SEQUENCE, EventKind.PAYMENT, day("01-28"), Decimal("2500.00"))
    before = stands(loan, "02-09")
    preview = book_of(loan).if_also(thought).standing(day("02-09"))
    assert stands(loan, "02-09") == before
    pay(loan, "2500.00", "01-28", reference="R2")
    after = stands(loan, "02-09")
    assert (preview.penalty, preview.arrears, preview.days_past_due) == (
        after.penalty,
        after.arrears,
        after.days_past_due,
    )
    assert preview.penalty != before.penalty
