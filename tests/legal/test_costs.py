"""Costs of a referral are money on the lead loan, with a receipt; a loan made due as a whole gets its letter."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cases.models import Case
from contacts.letter_services import LetterRefused
from evidence.services import FileRefused
from intake.booking_services import reverse_booking
from legal.models import Cost, Referral
from legal.money_services import accelerate, charge_cost
from legal.selectors import costs_of
from letters.models import Letter
from loans.models import EventKind, LoanEvent
from loans.services import BookingRefused
from staff.roles import Role
from tests.cases.build import pay
from tests.legal.build import AT, a_case, a_referral, day, officer, person
from tests.loans.build import stands
from tests.reminders.build import a_voice

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 an invoice\n%%EOF\n"


def charge(referral: Referral, amount: str = "300.00", reference: str = "F1", **more: Any) -> Cost:
    said: dict[str, Any] = {"kind": "court", "by": officer(), "incurred_on": day("02-09"), **more}
    return charge_cost(referral=referral, amount=Decimal(amount), reference=reference, on=day("02-09"), at=AT, **said)


def test_a_cost_is_owed_on_the_lead_loan_and_its_receipt_is_kept() -> None:
    referral = a_referral()
    cost = charge(referral, receipt=PDF)
    assert stands(referral.case.lead_loan, "02-09").cost == Decimal("300.00")
    assert cost.receipt is not None
    assert (cost.receipt.content_type, cost.event.reason) == ("application/pdf", f"{referral}: court")


def test_a_cost_taken_back_on_the_loan_does_not_count_any_more_and_stays_readable() -> None:
    referral = a_referral()
    cost = charge(referral)
    charge(referral, "200.00", "F2", kind="lawyer")
    reverse_booking(event=cost.event, reason="twice", by=person(), on=day("02-09"), at=AT)
    rows, total = costs_of(referral)
    assert ([row.is_reversed for row in rows], total) == ([True, False], Decimal("200.00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Cost.objects.update(kind="notice")


def test_the_same_invoice_a_day_to_come_and_a_receipt_that_is_none_are_refused_as_a_whole() -> None:
    referral = a_referral()
    charge(referral)
    with pytest.raises(BookingRefused, match="booked already"):
        charge(referral)
    with pytest.raises(BookingRefused, match="future"):
        charge(referral, reference="F2", incurred_on=day("02-10"))
    with pytest.raises(FileRefused):
        charge(referral, reference="F2", receipt=b"<html>")
    with pytest.raises(PermissionDenied):
        charge(referral, reference="F2", by=person(Role.SUPERVISOR))
    assert (Cost.objects.count(), LoanEvent.objects.filter(kind=EventKind.COST).count()) == (1, 1)


INSTALMENTS = (("01-10", "4000.00", "0.00"), ("06-10", "4000.00", "0.00"))


def test_a_loan_becomes_due_as_a_whole_with_its_letter_or_not_at_all() -> None:
    case = a_case(*INSTALMENTS)
    loan = case.lead_loan
    said: dict[str, Any] = {"case": case, "loan": loan, "reason": "clause 9", "by": officer()}
    with pytest.raises(LetterRefused, match="lender"):
        accelerate(**said, on=day("02-09"), at=AT)
    assert not LoanEvent.objects.exists()
    a_voice(case.portfolio)
    _event, letter = accelerate(**said, on=day("02-09"), at=AT)
    assert (stands(loan, "02-10").overdue_principal, letter.facts["accelerates_on"]) == (Decimal(8000), "2025-02-09")
    with pytest.raises(BookingRefused, match="already"):
        accelerate(**said, on=day("02-10"), at=AT)
    assert Letter.objects.count() == 1


def test_a_loan_of_which_nothing_is_late_or_whose_case_is_closed_is_not_made_due() -> None:
    case = a_case(*INSTALMENTS)
    a_voice(case.portfolio)
    said: dict[str, Any] = {"case": case, "loan": case.lead_loan, "reason": "clause 9", "by": officer()}
    with pytest.raises(BookingRefused, match="overdue"):
        accelerate(**said, on=day("01-10"), at=AT)
    pay(case.lead_loan, "4200.00", "02-09")
    with pytest.raises(BookingRefused, match="overdue"):
        accelerate(**said, on=day("02-09"), at=AT)
    Case.objects.update(stage="closed", closed_as="withdrawn", closed_on=day("02-09"))
    with pytest.raises(BookingRefused, match="closed"):
        accelerate(**said, on=day("02-09"), at=AT)
