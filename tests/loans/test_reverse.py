"""Reversing a booking: as if it had never been, from its own value date."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum

from audit.models import AuditEntry
from loans.models import LedgerEntry, LoanEvent
from loans.services import BookingRefused, last_event_id
from staff.roles import Role
from tests.loans.build import a_loan, charge, day, lines, live_lines, pay, person, stands, stop, undo

pytestmark = pytest.mark.django_db


def refused(event: LoanEvent, **more: Any) -> str:
    before = LoanEvent.objects.count()
    with pytest.raises(BookingRefused) as refusal:
        undo(event, **more)
    assert LoanEvent.objects.count() == before
    return refusal.value.code


def test_after_the_reversal_the_number_is_160_00_again_and_every_line_is_kept():
    loan = a_loan()
    before = stands(loan, "02-09")
    payment = pay(loan, "2000.00", "01-25")
    assert stands(loan, "02-09").penalty == Decimal("60.80")
    undo(payment)
    assert stands(loan, "02-09") == before
    assert before.penalty == Decimal("160.00")
    assert lines(loan) == [
        "01-25 charged penalty 80.00",
        "01-25 paid penalty 80.00",
        "01-25 paid principal 1920.00",
        "01-25 charged penalty -80.00 (cancels)",
        "01-25 paid penalty -80.00 (cancels)",
        "01-25 paid principal -1920.00 (cancels)",
    ]
    assert live_lines(loan) == []


def test_a_cancellation_keeps_the_value_date_so_that_sums_by_value_date_add_up():
    loan = a_loan()
    payment = pay(loan, "2000.00", "01-25")
    pay(loan, "500.00", "02-01", reference="R2")
    undo(payment)
    paid = LedgerEntry.objects.filter(loan=loan, kind="paid").values("value_on").annotate(sum=Sum("amount"))
    assert {row["value_on"]: row["sum"] for row in paid} == {day("01-25"): 0, day("02-01"): Decimal("500.00")}
    for line in LedgerEntry.objects.exclude(cancels=None).select_related("cancels"):
        old = line.cancels
        assert old is not None
        assert (line.value_on, line.kind, line.component, line.amount) == (
            old.value_on,
            old.kind,
            old.component,
            -old.amount,
        )


def test_costs_and_pauses_are_reversed_the_same_way():
    loan = a_loan()
    before = stands(loan, "02-09")
    events = [charge(loan, "50.00", "01-20"), stop(loan, "01-15", "01-20"), pay(loan, "70.00", "01-22")]
    for event in events:
        undo(event)
    assert stands(loan, "02-09") == before


def test_the_reversal_has_the_value_date_of_what_it_reverses_and_a_reason():
    reversal = undo(pay(a_loan(), "2000.00", "01-25"), reason="  booked twice ")
    assert (reversal.value_on, reversal.amount, reversal.reason) == (day("01-25"), Decimal(0), "booked twice")
    assert AuditEntry.objects.get(action="loans.book_reversal").reason == "booked twice"


def test_a_reversal_cannot_be_reversed_but_the_payment_can_be_booked_again():
    loan = a_loan()
    reversal = undo(pay(loan, "2000.00", "01-25"))
    assert refused(reversal) == "reversal"
    pay(loan, "2000.00", "01-25", reference="R1-again")
    assert stands(loan, "02-09").penalty == Decimal("60.80")


def test_a_payment_is_reversed_once():
    payment = pay(a_loan(), "2000.00", "01-25")
    undo(payment)
    assert refused(payment) == "reversed"


def test_a_reversal_needs_a_reason():
    payment = pay(a_loan(), "2000.00", "01-25")
    assert refused(payment, reason=" ") == "reason"
    undo(payment, reason="bounced")


def test_operations_may_reverse_and_the_other_roles_may_not():
    payment = pay(a_loan(), "2000.00", "01-25")
    for role in sorted(set(Role) - {Role.OPERATIONS}):
        with pytest.raises(PermissionDenied):
            undo(payment, by=person(role))
    undo(payment, by=person(Role.OPERATIONS))


def test_who_decided_on_old_figures_is_told_to_look_again():
    loan = a_loan()
    payment = pay(loan, "2000.00", "01-25")
    seen = last_event_id(loan)
    pay(loan, "10.00", "01-26", reference="R2")
    assert refused(payment, seen_event_id=seen) == "changed_meanwhile"
    undo(payment, seen_event_id=last_event_id(loan))
