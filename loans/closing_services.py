"""Making a loan due as a whole, and ending it: settled, written off or withdrawn."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loans.models import ClosedAs, EventKind, Loan, LoanEvent
from loans.selectors import LoanBook, book_of, books_of
from loans.services import BookingRefused, book_event, lock_to_book, reason_given, refuse_impossible_day
from loans.statements import Preview, try_acceleration, try_closing
from rulebook.replay import due_as_a_whole_on, live
from staff.models import User


@transaction.atomic
def accelerate(*, loan: Loan, value_on: dt.date, reason: str, by: User, on: dt.date, at: dt.datetime) -> LoanEvent:
    """Make the whole loan due on a day (宣布提前到期). Raises BookingRefused where nothing is left to fall due."""
    locked = lock_to_book(loan, by, permission="loans.accelerate")
    _refuse_impossible_acceleration(book_of(locked), value_on, on)
    return book_event(
        loan=locked, kind=EventKind.ACCELERATION, value_on=value_on, reason=reason_given(reason), by=by, at=at
    )


def look_at_acceleration(loan: Loan, *, value_on: dt.date, on: dt.date) -> Preview:
    """What making a loan due as a whole would change on a date; nothing is written. Raises BookingRefused."""
    book = book_of(loan)
    _refuse_impossible_acceleration(book, value_on, on)
    return try_acceleration(book, value_on=value_on, on=on)


def _refuse_impossible_acceleration(book: LoanBook, value_on: dt.date, on: dt.date) -> None:
    refuse_impossible_day(book.loan, value_on=value_on, on=on)
    _refuse_closed(book.loan)
    if due_as_a_whole_on(live(book.events)):
        raise BookingRefused("due_already", _("This loan was made due as a whole already."))
    if all(row.due_on <= value_on for row in book.contract.schedule):
        raise BookingRefused("nothing_to_come", _("Every instalment has fallen due by that day."))


@transaction.atomic
def close_loans(
    *, loans: Sequence[Loan], how: ClosedAs, reason: str, by: User, on: dt.date, at: dt.datetime
) -> list[LoanEvent]:
    """End loans on a day, all or none: penalty stands still and nobody chases them. Raises BookingRefused.

    Settled gives up what is still owed; written off and withdrawn leave it owed. The events answered are the closings.
    """
    why = reason_given(reason)
    # In the order of their rows, as every replay locks them.
    locked = [lock_to_book(loan, by, permission="cases.approve_closing") for loan in sorted(loans, key=lambda x: x.pk)]
    for loan in locked:
        _refuse_impossible_closing(loan, on)
    return [_close(loan, how, why, by, on, at) for loan in locked]


def _close(loan: Loan, how: ClosedAs, why: str, by: User, on: dt.date, at: dt.datetime) -> LoanEvent:
    if how is ClosedAs.SETTLED:
        book_event(loan=loan, kind=EventKind.WAIVER, value_on=on, reason=why, by=by, at=at)
    return book_event(loan=loan, kind=EventKind.CLOSING, closed_as=how, value_on=on, reason=why, by=by, at=at)


def look_at_closing(loans: Sequence[Loan], *, how: ClosedAs, on: dt.date) -> list[tuple[Loan, Preview]]:
    """What closing loans on a date would change, loan by loan; nothing is written. Raises BookingRefused."""
    for loan in loans:
        _refuse_impossible_closing(loan, on)
    return [(book.loan, try_closing(book, how=how, on=on)) for book in books_of(loans)]


def _refuse_impossible_closing(loan: Loan, on: dt.date) -> None:
    refuse_impossible_day(loan, value_on=on, on=on)
    _refuse_closed(loan)


def _refuse_closed(loan: Loan) -> None:
    if loan.closed_on is not None:
        words = {"loan": loan.loan_no, "on": loan.closed_on, "how": loan.get_closed_as_display()}
        raise BookingRefused("closed", _("Loan %(loan)s was closed on %(on)s: %(how)s.") % words)
