"""Until when what a case is about can be enforced, and what that is counted from."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from contacts.letter_models import LetterKind
from contacts.reminded_selectors import Sent
from contacts.selectors import Work
from loans.selectors import LoanBook
from rulebook.limitation import Limitation, Restart, RestartKind, limitation
from rulebook.replay import EventKind, live
from rulebook.standing import Standing


def restarts_of(work: Work, written: Sequence[Sent]) -> list[Restart]:
    """Whatever asked the borrower for the debt and reached them, and each promise they made, whichever loan it was."""
    letters = (Restart(its.on, RestartKind.LETTER) for its in work.letters if its.kind == LetterKind.DEMAND)
    messages = (Restart(its.on, RestartKind.MESSAGE) for its in written if its.is_delivered)
    return [*letters, *messages, *(Restart(day, RestartKind.PROMISE) for day in work.promised_on)]


def limitations(
    books: Sequence[LoanBook], standings: Mapping[str, Standing], restarts: Sequence[Restart], years: int
) -> dict[str, Limitation]:
    """The limitation period of each running loan that is overdue, by its number; part payments count for their own."""
    its = ((book, standings[book.loan.loan_no]) for book in books)
    return {
        book.loan.loan_no: _of(book, standing, restarts, years)
        for book, standing in its
        if standing.overdue_amount and not book.is_closed(standing.on)
    }


def _of(book: LoanBook, standing: Standing, restarts: Sequence[Restart], years: int) -> Limitation:
    last_due_on = max(row.due_on for row in standing.schedule)
    # While instalments are still to come nothing can have begun anew.
    its = [*restarts, *_payments(book, standing.on)] if last_due_on < standing.on else []
    return limitation(last_due_on, its, years)


def _payments(book: LoanBook, on: dt.date) -> Iterator[Restart]:
    for event in live(book.events):
        if event.kind is EventKind.PAYMENT and event.value_on <= on:
            yield Restart(event.value_on, RestartKind.PAYMENT)


def first_to_end(found: Mapping[str, Limitation]) -> Limitation | None:
    """The period that ends first; None where nothing is overdue."""
    return min(found.values(), key=lambda its: its.expires_on, default=None)
