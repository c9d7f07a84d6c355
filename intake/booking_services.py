"""Money that comes in or is taken back, loan by loan: booked in loans, and felt by its case at once."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bureau import services as bureau
from cases.services import loans_changed
from loans.models import ClosedAs, EventKind, LoanEvent
from loans.services import BookingRefused, post_payment, reverse
from visits import services as visits


@transaction.atomic
def tell_everybody(*, loan_ids: Sequence[int], on: dt.date, at: dt.datetime) -> None:
    """Money has moved on loans: their cases, visits and records follow at once."""
    loans_changed(loan_ids=loan_ids, on=on, at=at)
    visits.loans_changed(loan_ids=loan_ids, on=on, at=at)
    bureau.loans_changed(loan_ids=loan_ids, on=on, at=at)


@transaction.atomic
def receive_payment(*, on: dt.date, at: dt.datetime, **payment: Any) -> LoanEvent:
    """Book a payment as `loans.services.post_payment` does; a case that owes nothing any more goes to watch now."""
    event = post_payment(on=on, at=at, **payment)
    tell_everybody(loan_ids=[event.loan_id], on=on, at=at)
    return event


@transaction.atomic
def reverse_booking(*, on: dt.date, at: dt.datetime, **reversal: Any) -> LoanEvent:
    """Undo a booking as `loans.services.reverse` does; a watched case that owes again is back at work now."""
    event = reverse(at=at, **reversal)
    _refuse_settled_with(event)
    tell_everybody(loan_ids=[event.loan_id], on=on, at=at)
    return event


def _refuse_settled_with(reversal: LoanEvent) -> None:
    """Raise BookingRefused for money a settlement rests on: it would give up more than anybody has agreed to."""
    undone, loan = reversal.reverses, reversal.loan
    if undone is None or undone.kind != EventKind.PAYMENT or loan.closed_as != ClosedAs.SETTLED:
        return
    if loan.closed_on and undone.value_on <= loan.closed_on:
        text = _("The loan was settled on %(day)s with this money: take back the settlement first, then the payment.")
        raise BookingRefused("settled_with", text % {"day": loan.closed_on})
