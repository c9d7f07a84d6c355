"""Reading loans: who may see which, and what a loan owes on a date."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from borrowers.models import Borrower
from loans.models import Instalment, LedgerEntry, Loan, LoanEvent, Portfolio
from policies.selectors import terms_history, version_numbers
from rulebook.accounts import Instalment as ScheduleRow
from rulebook.replay import Contract, Entry, EntryKind, Event, EventKind, live, replay, schedule_that_counts
from rulebook.standing import Standing, standing
from rulebook.tape import NewInstalment, NewLoan, NewPayment
from rulebook.terms import Component, TermsHistory
from staff.models import User

CHUNK = 500
STATE_COLUMNS = ("loan_no", "borrower_no", "dpd", "overdue_principal", "overdue_interest", "penalty", "unapplied")


def portfolios_visible_to(user: User) -> QuerySet[Portfolio]:
    """The portfolios of the user's team; all of them for those who watch over everybody."""
    if user.has_perm("portfolios.all"):
        return Portfolio.objects.all()
    if user.team_id is None:
        return Portfolio.objects.none()
    return Portfolio.objects.filter(teams=user.team_id)


def loans_visible_to(user: User) -> QuerySet[Loan]:
    """The loans in portfolios the user may see."""
    return Loan.objects.filter(portfolio__in=portfolios_visible_to(user)).select_related("portfolio", "borrower")


def borrowers_visible_to(user: User) -> QuerySet[Borrower]:
    """The borrowers with a loan in a portfolio the user may see."""
    return Borrower.objects.filter(pk__in=loans_visible_to(user).order_by().values("borrower"))


@dataclass(frozen=True, slots=True)
class LoanBook:
    """All that decides what one loan owes: its contract, its events, its ledger and the terms.

    `entry_ids` and `instalment_ids` are the rows behind `entries` (in the same order) and behind the schedule (by
    number).
    """

    loan: Loan
    history: TermsHistory
    contract: Contract
    events: list[Event] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    entry_ids: list[int] = field(default_factory=list)
    instalment_ids: dict[int, int] = field(default_factory=dict)

    @property
    def schedule(self) -> list[ScheduleRow]:
        """The instalments as they count: the contract's, until the loan was made due as a whole."""
        return schedule_that_counts(self.contract, live(self.events))

    def is_closed(self, on: dt.date) -> bool:
        """Whether the loan was closed by a day, so that nobody chases it."""
        return self.loan.closed_on is not None and self.loan.closed_on <= on

    def standing(self, on: dt.date) -> Standing:
        """What the loan owes on a date, read from its ledger."""
        return standing(self.contract, self.events, self.entries, self.history, on)

    def if_also(self, *events: Event) -> "LoanBook":
        """The book as it would be if these events were booked too; nothing is written."""
        then = [*self.events, *events]
        return replace(self, events=then, entries=replay(self.contract, then, self.history))


def books_of(loans: Sequence[Loan]) -> list[LoanBook]:
    """The books of some loans (with their portfolios selected), in five queries and one for each policy line."""
    histories = {line: terms_history(line) for line in {loan.portfolio.policy_line for loan in loans}}
    books = {
        loan.pk: LoanBook(
            loan, histories[loan.portfolio.policy_line], Contract(loan.annual_rate, [], loan.disbursed_on)
        )
        for loan in loans
    }
    schedules = _read_schedules(books)
    _read_events(books)
    _read_entries(books)
    return [
        replace(book, contract=replace(book.contract, schedule=schedules.get(loan_id, [])))
        for loan_id, book in books.items()
    ]


def _read_schedules(books: dict[int, LoanBook]) -> dict[int, list[ScheduleRow]]:
    schedules: dict[int, list[ScheduleRow]] = defaultdict(list)
    rows = Instalment.objects.filter(loan__in=books).order_by("loan", "seq")
    columns = ("pk", "loan_id", "seq", "due_on", "principal_due", "interest_due")
    for pk, loan_id, seq, due_on, principal_due, interest_due in rows.values_list(*columns):
        schedules[loan_id].append(ScheduleRow(seq, due_on, principal_due, interest_due))
        books[loan_id].instalment_ids[seq] = pk
    return schedules


def _read_events(books: dict[int, LoanBook]) -> None:
    rows = LoanEvent.objects.filter(loan__in=books).order_by("loan", "value_on", "pk")
    columns = ("loan_id", "pk", "kind", "value_on", "amount", "until_on", "stops_penalty", "stops_clock", "reverses_id")
    for loan_id, pk, kind, *rest in rows.values_list(*columns, "closed_as"):
        books[loan_id].events.append(Event(pk, EventKind(kind), *rest))


def _read_entries(books: dict[int, LoanBook]) -> None:
    """Every line that counts. No joins: with the statistics of a table just filled they can cost minutes."""
    seqs = {pk: seq for book in books.values() for seq, pk in book.instalment_ids.items()}
    numbers = version_numbers()
    columns = ("loan_id", "pk", "cancels_id", "value_on", "kind", "component", "amount", "instalment_id", "event_id")
    rows = LedgerEntry.objects.filter(loan__in=books).order_by("loan", "value_on", "pk")
    lines = list(rows.values_list(*columns, "policy_version_id"))
    undone = {cancels for _, _, cancels, *_ in lines if cancels}
    for loan_id, pk, cancels, value_on, kind, component, amount, instalment, event_id, version in lines:
        if cancels or pk in undone:
            continue
        part = Component(component) if component else None
        seq = seqs[instalment] if instalment else None
        books[loan_id].entries.append(Entry(value_on, EntryKind(kind), part, seq, amount, event_id, numbers[version]))
        books[loan_id].entry_ids.append(pk)


def book_of(loan: Loan) -> LoanBook:
    """The book of one loan."""
    return books_of([loan])[0]


def books_by_number(loans: QuerySet[Loan]) -> Iterator[LoanBook]:
    """The books of a list of loans, by loan number, read a chunk of loans at a time."""
    chunk: list[Loan] = []
    in_order = loans.select_related("portfolio", "borrower").order_by("loan_no")
    for loan in in_order.iterator(chunk_size=CHUNK):
        chunk.append(loan)
        if len(chunk) == CHUNK:
            yield from books_of(chunk)
            chunk = []
    yield from books_of(chunk)


def standings(loans: QuerySet[Loan], on: dt.date) -> Iterator[tuple[Loan, Standing]]:
    """What every loan of a list owes on a date, by loan number."""
    return ((book.loan, book.standing(on)) for book in books_by_number(loans))


def state_rows(loans: QuerySet[Loan], on: dt.date) -> Iterator[tuple[Any, ...]]:
    """The rows a lender reconciles with its core system, under STATE_COLUMNS."""
    for loan, found in standings(loans, on):
        yield (
            loan.loan_no,
            loan.borrower.borrower_no,
            found.days_past_due,
            found.overdue_principal,
            found.overdue_interest,
            found.penalty,
            found.unapplied,
        )


def is_recovery(event: LoanEvent, loan: Loan) -> bool:
    """Whether an event is money that came after the loan was closed."""
    if event.kind != EventKind.PAYMENT or loan.closed_on is None or event.value_on < loan.closed_on:
        return False
    if event.value_on > loan.closed_on:
        return True
    # Of one day, what was booked before the closing was still expected.
    closings = LoanEvent.objects.filter(loan=loan, kind=EventKind.CLOSING, value_on=loan.closed_on, reversed_by=None)
    return closings.filter(pk__lt=event.pk).exists()


def event_label(event: LoanEvent, loan: Loan) -> str | Promise:
    """What an event is called: recovery after the closing, and a closing by how the loan was closed."""
    if is_recovery(event, loan):
        return _("recovery")
    return event.get_closed_as_display() if event.closed_as else event.get_kind_display()


def closed_words(loan: Loan) -> str:
    """How a closed loan ended, and when."""
    return gettext("%(how)s on %(day)s") % {"how": loan.get_closed_as_display(), "day": loan.closed_on}


def ids_of(loan_nos: Collection[str]) -> dict[str, int]:
    """The rows of loans, by loan number."""
    return dict(Loan.objects.filter(loan_no__in=loan_nos).values_list("loan_no", "pk"))


def stored_loans(loan_nos: Sequence[str]) -> dict[str, NewLoan]:
    """The loans on file, in the words of a tape, by loan number."""
    rows = Loan.objects.filter(loan_no__in=loan_nos).values_list(
        "loan_no",
        "borrower__borrower_no",
        "portfolio__code",
        "product",
        "principal",
        "annual_rate",
        "disbursed_on",
        "instalment_count",
    )
    return {row[0]: NewLoan(*row) for row in rows}


def stored_schedules(loan_nos: Sequence[str]) -> dict[str, tuple[NewInstalment, ...]]:
    """The schedules on file, in the words of a tape, by loan number."""
    schedules: dict[str, list[NewInstalment]] = defaultdict(list)
    rows = Instalment.objects.filter(loan__loan_no__in=loan_nos).order_by("loan", "seq")
    for row in rows.values_list("loan__loan_no", "seq", "due_on", "principal_due", "interest_due"):
        schedules[row[0]].append(NewInstalment(*row))
    return {loan_no: tuple(schedule) for loan_no, schedule in schedules.items()}


def stored_payments(references: Sequence[str]) -> dict[str, NewPayment]:
    """The payments on file, in the words of a tape, by reference."""
    rows = LoanEvent.objects.filter(reference__in=references).select_related("loan")
    return {
        # A cost under the same reference is on file too, and never equal to a payment.
        row.reference: NewPayment(
            row.reference,
            row.loan.loan_no,
            row.value_on,
            row.amount,
            row.channel if row.kind == EventKind.PAYMENT.value else row.kind,
        )
        for row in rows
        if row.reference
    }
