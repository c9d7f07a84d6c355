"""From a loan's events to its ledger: fall due, accrue, allocate, in the order of value dates.

The replay starts at zero every time, so a payment that arrives months late, a reversal or a new policy version needs no
rule of its own: the ledger is what it would have been had everybody known at once. Waiting credit is applied on due
dates still to come as well, so that the ledger says today what it will say on any later day if nothing else happens.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from rulebook.acceleration import due_as_a_whole
from rulebook.accounts import Instalment, InstalmentAccount
from rulebook.allocation import Owed, allocate
from rulebook.delinquency import Pause
from rulebook.money import ZERO
from rulebook.penalty_interest import Regime, penalty_of, regimes
from rulebook.terms import Component, TermsHistory


class EventKind(StrEnum):
    """What can happen to a loan; a pause and an acceleration are no money but change what later money does."""

    PAYMENT = "payment"
    COST = "cost"
    ACCELERATION = "acceleration"
    WAIVER = "waiver"
    CLOSING = "closing"
    PAUSE = "pause"
    REVERSAL = "reversal"


class ClosedAs(StrEnum):
    """How a loan was closed: the rest given up, not expected any more, or given back to the lender."""

    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    WITHDRAWN = "withdrawn"


class EntryKind(StrEnum):
    """What a ledger entry does: charge a component, pay one, give one up, or change the waiting credit."""

    CHARGED = "charged"
    PAID = "paid"
    WAIVED = "waived"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with its value date; `sequence` orders the events of one day.

    A waiver has no amount: it gives up whatever is owed when its turn comes.
    """

    sequence: int
    kind: EventKind
    value_on: dt.date
    amount: Decimal = ZERO
    until_on: dt.date | None = None
    stops_penalty: bool = False
    stops_clock: bool = False
    reverses: int | None = None
    closed_as: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `sequence` is the event that moved the money, None for credit applied on a due date."""

    value_on: dt.date
    kind: EntryKind
    component: Component | None
    seq: int | None
    amount: Decimal
    sequence: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Contract:
    """What a loan's ledger starts from; interest of the first instalment counts from the day it was paid out."""

    annual_rate: Decimal
    schedule: Sequence[Instalment]
    disbursed_on: dt.date


def live(events: Iterable[Event]) -> list[Event]:
    """The events that count, in the order of their value dates: a reversed one is as if it had never been."""
    events = list(events)
    reversed_ones = {e.reverses for e in events if e.kind is EventKind.REVERSAL}
    kept = (e for e in events if e.kind is not EventKind.REVERSAL and e.sequence not in reversed_ones)
    return sorted(kept, key=lambda e: (e.value_on, e.sequence))


def pauses_in(events: Iterable[Event]) -> list[Pause]:
    """The pauses among events that count."""
    return [
        Pause(e.value_on, e.until_on, stops_penalty=e.stops_penalty, stops_clock=e.stops_clock)
        for e in events
        if e.kind is EventKind.PAUSE
    ]


def closing_in(events: Iterable[Event]) -> Event | None:
    """The event that closed the loan, of events that count; None while it runs."""
    closings = (e for e in events if e.kind is EventKind.CLOSING)
    return min(closings, key=lambda e: (e.value_on, e.sequence), default=None)


def due_as_a_whole_on(events: Iterable[Event]) -> dt.date | None:
    """The day on which everything fell due, of events that count: a waiver covers the whole loan, as a court does."""
    kinds = (EventKind.ACCELERATION, EventKind.WAIVER)
    return min((e.value_on for e in events if e.kind in kinds), default=None)


def schedule_that_counts(contract: Contract, events: Iterable[Event]) -> list[Instalment]:
    """The instalments in the order in which they fall due, given the events that count."""
    rows, on = contract.schedule, due_as_a_whole_on(events)
    if on is not None:
        rows = due_as_a_whole(rows, contract.disbursed_on, on)
    return sorted(rows, key=lambda i: (i.due_on, i.seq))


def regimes_of(contract: Contract, events: Sequence[Event], history: TermsHistory) -> list[Regime]:
    """By which terms each night of this loan counts, given the events that count."""
    closing = closing_in(events)
    return regimes(history, contract.annual_rate, pauses_in(events), closing.value_on if closing else None)


@dataclass(slots=True)
class _Book:
    """The loan while its events are played."""

    history: TermsHistory
    regimes: list[Regime]
    waiting: list[Instalment]
    due: list[InstalmentAccount] = field(default_factory=list)
    cost: Decimal = ZERO
    credit: Decimal = ZERO
    entries: list[Entry] = field(default_factory=list)

    def fall_due(self, until: dt.date) -> None:
        """Everything due by a day falls due, and waiting credit goes into it on its own due date."""
        while self.waiting and self.waiting[0].due_on <= until:
            due_on = self.waiting[0].due_on
            while self.waiting and self.waiting[0].due_on == due_on:
                self.due.append(InstalmentAccount.falls_due(self.waiting.pop(0), self.history))
            self.apply_credit(due_on, None)

    def apply_credit(self, on: dt.date, sequence: int | None) -> None:
        if self.credit:
            self.post(on, sequence)
            credit, left = self.credit, self.allocate(self.credit, on, sequence)
            self.change_credit(left - credit, on, sequence)

    def take(self, event: Event) -> None:
        if event.kind is EventKind.COST:
            self.cost += event.amount
            self.write(event.value_on, EntryKind.CHARGED, Component.COST, None, event.amount, event.sequence)
            self.apply_credit(event.value_on, event.sequence)
            return
        self.post(event.value_on, event.sequence)
        if event.kind is EventKind.PAYMENT:
            left = self.allocate(event.amount, event.value_on, event.sequence)
            self.change_credit(left, event.value_on, event.sequence)
        elif event.kind is EventKind.WAIVER:
            self.settle(self.owed(), EntryKind.WAIVED, event.value_on, event.sequence)

    def post(self, on: dt.date, sequence: int | None) -> None:
        for account in self.due:
            amount = penalty_of(account.close_nights(self.regimes, on))
            account.penalty += amount
            self.write(on, EntryKind.CHARGED, Component.PENALTY, account.seq, amount, sequence)

    def allocate(self, amount: Decimal, on: dt.date, sequence: int | None) -> Decimal:
        settled, left = allocate(amount, self.owed(), self.history.on(on).terms.allocation)
        self.settle(settled, EntryKind.PAID, on, sequence)
        return left

    def settle(self, parts: Iterable[Owed], kind: EntryKind, on: dt.date, sequence: int | None) -> None:
        accounts = {account.seq: account for account in self.due}
        for part in parts:
            if part.seq is None:
                self.cost -= part.amount
            else:
                accounts[part.seq].settle(part.component, part.amount, on)
            self.write(on, kind, part.component, part.seq, part.amount, sequence)
        self.due = [account for account in self.due if not account.is_settled]

    def owed(self) -> list[Owed]:
        parts = [Owed(None, Component.COST, self.cost)]
        for account in self.due:
            parts.append(Owed(account.seq, Component.PENALTY, account.penalty))
            parts.append(Owed(account.seq, Component.INTEREST, account.interest))
            parts.append(Owed(account.seq, Component.PRINCIPAL, account.principal))
        return [part for part in parts if part.amount > 0]

    def change_credit(self, by: Decimal, on: dt.date, sequence: int | None) -> None:
        self.credit += by
        self.write(on, EntryKind.CREDIT, None, None, by, sequence)

    def write(
        self,
        on: dt.date,
        kind: EntryKind,
        component: Component | None,
        seq: int | None,
        amount: Decimal,
        sequence: int | None,
    ) -> None:
        if amount:
            self.entries.append(Entry(on, kind, component, seq, amount, sequence, self.history.on(on).version))


def replay(contract: Contract, events: Iterable[Event], history: TermsHistory) -> list[Entry]:
    """The whole ledger of a loan, from zero, in the order of value dates.

    A posting point is a payment, credit applied, a waiver or a closing; what accrued since the last one is then rounded
    to cents for each instalment that has fallen due, paid or not.
    """
    counting = live(events)
    schedule = schedule_that_counts(contract, counting)
    book = _Book(history, regimes_of(contract, counting, history), schedule)
    for event in counting:
        if event.kind not in (EventKind.PAUSE, EventKind.ACCELERATION):
            book.fall_due(event.value_on)
            book.take(event)
    book.fall_due(dt.date.max)
    return book.entries
