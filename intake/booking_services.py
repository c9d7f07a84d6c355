"""Money that comes in or is taken back, loan by loan: booked in loans, and felt by its case at once."""

import datetime as dt
from typing import Any

from django.db import transaction

from bureau import services as bureau
from cases.services import loans_changed
from loans.models import LoanEvent
from loans.services import post_payment, reverse
from visits import services as visits


@transaction.atomic
def receive_payment(*, on: dt.date, at: dt.datetime, **payment: Any) -> LoanEvent:
    """Book a payment as `loans.services.post_payment` does; a case that owes nothing any more goes to watch now."""
    event = post_payment(on=on, at=at, **payment)
    loans_changed(loan_ids=[event.loan_id], on=on, at=at)
    visits.loans_changed(loan_ids=[event.loan_id], on=on, at=at)
    bureau.loans_changed(loan_ids=[event.loan_id], on=on, at=at)
    return event


@transaction.atomic
def reverse_booking(*, on: dt.date, at: dt.datetime, **reversal: Any) -> LoanEvent:
    """Undo a booking as `loans.services.reverse` does; a watched case that owes again is back at work now."""
    event = reverse(at=at, **reversal)
    loans_changed(loan_ids=[event.loan_id], on=on, at=at)
    visits.loans_changed(loan_ids=[event.loan_id], on=on, at=at)
    bureau.loans_changed(loan_ids=[event.loan_id], on=on, at=at)
    return event
