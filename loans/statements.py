"""The rows of a loan's page: its schedule, what happened to it, and what a booking would change."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loans.explanations import NUMBERS, TOTAL
from loans.models import Loan, LoanEvent
from loans.selectors import LoanBook
from rulebook.money import ZERO
from rulebook.replay import Entry, EntryKind, Event, EventKind
from rulebook.standing import Standing
from rulebook.terms import Component

# Later than any event on file: what is tried out comes last on its day.
TRIAL = 2**62


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One instalment on a date; `days_late` 0 while it is not late."""

    seq: int
    due_on: dt.date
    principal_due: Decimal
    interest_due: Decimal
    principal_owed: Decimal
    interest_owed: Decimal
    penalty: Decimal
    days_late: int

    @property
    def is_paid(self) -> bool:
        """Whether principal and interest are settled."""
        return not (self.principal_owed or self.interest_owed)


@dataclass(frozen=True, slots=True)
class Split:
    """What a payment settled."""

    cost: Decimal
    penalty: Decimal
    interest: Decimal
    principal: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, with what its money settled; no event where waiting credit was applied on a due date."""

    value_on: dt.date
    event: LoanEvent | None
    split: Split
    reversed_by: LoanEvent | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One number before and after a booking."""

    name: str
    label: str | Promise
    before: Decimal | int
    after: Decimal | int

    @property
    def is_changed(self) -> bool:
        """Whether the booking changes it."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Preview:
    """What a booking would change, and what the money would settle."""

    days_past_due: Change
    amounts: Sequence[Change]
    split: Split


def schedule_lines(book: LoanBook, found: Standing) -> list[ScheduleLine]:
    """The schedule with what each instalment owes on the date; one not due yet owes everything, less credit never."""
    owing = {account.seq: account for account in found.instalments}
    lines = []
    for row in book.contract.schedule:
        account = owing.get(row.seq)
        is_due = row.due_on <= found.on
        principal = account.principal if account else ZERO if is_due else row.principal_due
        interest = account.interest if account else ZERO if is_due else row.interest_due
        late = (found.on - row.due_on).days if is_due and principal + interest else 0
        penalty = account.penalty if account else ZERO
        lines.append(
            ScheduleLine(row.seq, row.due_on, row.principal_due, row.interest_due, principal, interest, penalty, late)
        )
    return lines


def split_of(entries: Iterable[Entry]) -> Split:
    """What some ledger entries settled, by component."""
    paid: dict[Component | None, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        if entry.kind is not EntryKind.CHARGED:
            paid[entry.component] += entry.amount
    return Split(
        cost=paid[Component.COST],
        penalty=paid[Component.PENALTY],
        interest=paid[Component.INTEREST],
        principal=paid[Component.PRINCIPAL],
        credit=paid[None],
    )


def happenings(loan: Loan, book: LoanBook, on: dt.date) -> list[Happening]:
    """Everything with a value date up to the date, newest first."""
    by_event: dict[int, list[Entry]] = defaultdict(list)
    applied: dict[dt.date, list[Entry]] = defaultdict(list)
    for entry in book.entries:
        if entry.sequence is not None:
            by_event[entry.sequence].append(entry)
        elif entry.value_on <= on:
            applied[entry.value_on].append(entry)
    events = list(LoanEvent.objects.filter(loan=loan, value_on__lte=on).select_related("reverses").order_by("pk"))
    reversals = {event.reverses_id: event for event in events if event.reverses_id}
    found = [Happening(day, None, split_of(entries)) for day, entries in applied.items()]
    found += [Happening(e.value_on, e, split_of(by_event[e.pk]), reversals.get(e.pk)) for e in events]
    # Credit goes into an instalment as it falls due, before whatever else happens on that day.
    return sorted(found, key=lambda h: (h.value_on, h.event.pk if h.event else 0), reverse=True)


def try_payment(book: LoanBook, *, amount: Decimal, received_on: dt.date, on: dt.date) -> Preview:
    """What a payment would change on a date; nothing is written."""
    return _preview(book, Event(TRIAL, EventKind.PAYMENT, received_on, amount), on)


def try_reversal(book: LoanBook, event: LoanEvent, on: dt.date) -> Preview:
    """What undoing an event would change on a date; nothing is written."""
    return _preview(book, Event(TRIAL, EventKind.REVERSAL, event.value_on, reverses=event.pk), on)


def _preview(book: LoanBook, event: Event, on: dt.date) -> Preview:
    then = book.if_also(event)
    before, after = book.standing(on), then.standing(on)
    changes = [Change(name, label, getattr(before, name), getattr(after, name)) for name, label in NUMBERS.items()]
    total = Change(TOTAL, _("Overdue amount"), before.overdue_amount, after.overdue_amount)
    return Preview(
        days_past_due=Change("days_past_due", _("Days past due"), before.days_past_due, after.days_past_due),
        amounts=[total, *changes],
        split=split_of(entry for entry in then.entries if entry.sequence == TRIAL),
    )
