"""Small steps of a case through the real services."""

import datetime as dt
from decimal import Decimal
from typing import Any

from cases.models import Case
from cases.night_services import DayReport, close_day
from cases.services import loans_changed
from intake.booking_services import receive_payment, reverse_booking
from loans.models import Loan, LoanEvent
from tests.loans.build import AT, a_loan, day, person

__all__ = ["AT", "RUNNING", "a_case", "a_loan", "close", "day", "history", "loans_changed", "pay", "person", "undo"]

# The loan of the issue with an instalment still to come: paid up, it is watched; without that one it would be paid off.
RUNNING = (("01-10", "8000.00", "0.00"), ("12-10", "8000.00", "0.00"))


def close(on: str) -> DayReport:
    """Close a business date of 2025, written "02-09"."""
    return close_day(on=day(on), at=AT)


def a_case(*schedule: tuple[str, str, str], on: str = "02-09", **loan: Any) -> Case:
    """The case of one loan, 8,000 due 2025-01-10, at the close of a day."""
    its = a_loan(*schedule, **loan)
    close(on)
    return Case.objects.get(borrower=its.borrower)


def pay(loan: Loan, amount: str, received_on: str, on: str = "02-09", reference: str = "R1") -> LoanEvent:
    return receive_payment(
        loan=loan,
        amount=Decimal(amount),
        received_on=day(received_on),
        reference=reference,
        by=person(),
        on=day(on),
        at=AT,
    )


def undo(event: LoanEvent, on: str = "02-09") -> LoanEvent:
    return reverse_booking(event=event, reason="wrong loan", by=person(), on=day(on), at=AT)


def history(case: Case) -> list[tuple[dt.date, str, str]]:
    """Day, move and where it led, from the first on."""
    return [(move.on, move.move, move.target) for move in case.moves.order_by("pk")]
