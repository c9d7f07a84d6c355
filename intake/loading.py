"""Putting the good rows of a tape on file, room by room."""

import datetime as dt
from collections.abc import Callable, Iterator

from borrowers.services import register
from intake.booking_services import tell_everybody
from intake.facts import Understood
from loans.selectors import ids_of
from loans.services import book_payments, open_loans
from rulebook.tape import NewInstalment, NewLoan
from staff.models import Team, User

# Called with the rows done and the rows in all.
Progress = Callable[[int, int], None]
LOANS_AT_ONCE = 250


def load(
    rows: Understood, *, by: User | None, team: Team | None, at: dt.datetime, on: dt.date, progress: Progress
) -> None:
    """Register people, open loans, book payments and let cases follow.

    The caller holds the transaction and has checked the rows.
    """
    people = len(rows.borrowers) + len(rows.contacts)
    total = people + len(rows.instalments) + len(rows.payments)
    progress(0, total)
    if people:
        borrowers, contacts = [line.row for line in rows.borrowers], [line.row for line in rows.contacts]
        register(borrowers=borrowers, contacts=contacts, by=by, at=at)
    done = people
    progress(done, total)
    for loans, instalments in _groups(rows):
        open_loans(loans=loans, instalments=instalments, by=by, at=at, team=team)
        done += len(instalments)
        progress(done, total)
    if payments := [line.row for line in rows.payments]:
        touched = len({payment.loan_no for payment in payments})

        def booked(loans_done: int) -> None:
            progress(done + len(payments) * loans_done // touched, total)

        book_payments(payments=payments, by=by, at=at, on_progress=booked)
        paid = list(ids_of({payment.loan_no for payment in payments}).values())
        tell_everybody(loan_ids=paid, on=on, at=at)


def _groups(rows: Understood) -> Iterator[tuple[list[NewLoan], list[NewInstalment]]]:
    schedules: dict[str, list[NewInstalment]] = {}
    for line in rows.instalments:
        schedules.setdefault(line.row.loan_no, []).append(line.row)
    for start in range(0, len(rows.loans), LOANS_AT_ONCE):
        loans = [line.row for line in rows.loans[start : start + LOANS_AT_ONCE]]
        yield loans, [row for loan in loans for row in schedules[loan.loan_no]]
