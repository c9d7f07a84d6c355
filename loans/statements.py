"""The rows of a loan's page: its schedule, what happened to it, and what a booking would change."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loans.explanations import NUMBERS, TOTAL
from loans.models import ClosedAs, Loan, LoanEvent
from loans.selectors import LoanBook, event_label
from rulebook.money import ZERO
from rulebook.replay import Entry, EntryKind, Event, EventKind
from rulebook.standing import Standing
from rulebook.terms import Component

# Later than any event on file: what is tried out comes last on its day.
TRIAL = 2**62
# What matters besides where the whole loan is concerned: being due on the day itself is not overdue yet.
AS_A_WHOLE: dict[str, str | Promise] = {"due_amount": _("Fallen due"), "to_come": _("Still to come")}


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One instalment on a date; `days_late` 0 while it is not late, `contract_due_on` where it was made due earlier."""

    seq: int
    due_on: dt.date
    principal_due: Decimal
    interest_due: Decimal
    principal_owed: Decimal
    interest_owed: Decimal
    penalty: Decimal
    days_late: int
    contract_due_on: dt.date | None = None

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
    label: str | Promise
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
    by_contract = {row.seq: row.due_on for row in book.contract.schedule}
    lines = []
    for row in sorted(found.schedule, key=lambda row: row.seq):
        account = owing.get(row.seq)
        is_due = row.due_on <= found.on
        principal = account.principal if account else ZERO if is_due else row.principal_due
        interest = account.interest if account else ZERO if is_due else row.interest_due
        late = (found.on - row.due_on).days if is_due and principal + interest else 0
        penalty = account.penalty if account else ZERO
        moved = by_contract[row.seq] if by_contract[row.seq] != row.due_on else None
        dues = (row.seq, row.due_on, row.principal_due, row.interest_due)
        lines.append(ScheduleLine(*dues, principal, interest, penalty, late, moved))
    return lines


def split_of(entries: Iterable[Entry]) -> Split:
    """What some ledger entries settled or gave up, by component."""
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
    found = [Happening(day, None, split_of(entries), _("waiting credit applied")) for day, entries in applied.items()]
    found += [
        Happening(e.value_on, e, split_of(by_event[e.pk]), event_label(e, loan), reversals.get(e.pk)) for e in events
    ]
    # Credit goes into an instalment as it falls due, before whatever else happens on that day.
    return sorted(found, key=lambda h: (h.value_on, h.event.pk if h.event else 0), reverse=True)


def try_payment(book: LoanBook, *, amount: Decimal, received_on: dt.date, on: dt.date) -> Preview:
    """What a payment would change on a date; nothing is written."""
    return _preview(book, [Event(TRIAL, EventKind.PAYMENT, received_on, amount)], on)


def try_reversal(book: LoanBook, events: Sequence[LoanEvent], on: dt.date) -> Preview:
    """What undoing events would change on a date; nothing is written."""
    undone = [Event(TRIAL + n, EventKind.REVERSAL, event.value_on, reverses=event.pk) for n, event in enumerate(events)]
    return _preview(book, undone, on)


def try_acceleration(book: LoanBook, *, value_on: dt.date, on: dt.date) -> Preview:
    """What making the loan due as a whole would change on a date; nothing is written."""
    return _preview(book, [Event(TRIAL, EventKind.ACCELERATION, value_on)], on, also=AS_A_WHOLE)


def try_closing(book: LoanBook, *, how: ClosedAs, on: dt.date) -> Preview:
    """What closing the loan on a date would change that day; nothing is written."""
    closing = Event(TRIAL + 1, EventKind.CLOSING, on, closed_as=how.value)
    waiver = [Event(TRIAL, EventKind.WAIVER, on)] if how is ClosedAs.SETTLED else []
    return _preview(book, [*waiver, closing], on, also=AS_A_WHOLE)


def _preview(
    book: LoanBook, events: Sequence[Event], on: dt.date, also: Mapping[str, str | Promise] = MappingProxyType({})
) -> Preview:
    then = book.if_also(*events)
    before, after = book.standing(on), then.standing(on)
    more = [Change(name, label, getattr(before, name), getattr(after, name)) for name, label in also.items()]
    changes = [Change(name, label, getattr(before, name), getattr(after, name)) for name, label in NUMBERS.items()]
    total = Change(TOTAL, _("Overdue amount"), before.overdue_amount, after.overdue_amount)
    return Preview(
        days_past_due=Change("days_past_due", _("Days past due"), before.days_past_due, after.days_past_due),
        amounts=[*more, total, *changes],
        split=split_of(entry for entry in then.entries if (entry.sequence or 0) >= TRIAL),
    )
