"""What a loan owes on a date, and why: read from its ledger, to the night.

Only entries with a value date up to the date count, so a past date shows what was true then by value date, whenever it
was entered.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from rulebook.accounts import Instalment, InstalmentAccount
from rulebook.delinquency import days_past_due
from rulebook.money import ZERO
from rulebook.penalty_interest import Regime, Segment, penalty_of
from rulebook.replay import Contract, Entry, EntryKind, Event, live, pauses_in, regimes_of, schedule_that_counts
from rulebook.terms import Component, TermsHistory


@dataclass(frozen=True, slots=True)
class Accrual:
    """Penalty of one instalment between two posting points; `posted_on` None is what has accrued since the last one."""

    seq: int
    segments: tuple[Segment, ...]
    amount: Decimal
    posted_on: dt.date | None


@dataclass(frozen=True, slots=True)
class InstalmentStanding:
    """What one instalment that has fallen due owes on the date."""

    seq: int
    due_on: dt.date
    principal: Decimal
    interest: Decimal
    penalty: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What a loan owes on a date. Overdue means due before the date; due on the date itself is not late yet.

    `schedule` is what counts on the date: other than the contract's once the loan was made due as a whole.
    """

    on: dt.date
    days_past_due: int
    overdue_principal: Decimal
    overdue_interest: Decimal
    penalty: Decimal
    cost: Decimal
    unapplied: Decimal
    oldest_unpaid_due_on: dt.date | None
    instalments: tuple[InstalmentStanding, ...]
    accruals: tuple[Accrual, ...]
    entries: tuple[Entry, ...]
    schedule: tuple[Instalment, ...]

    @property
    def arrears(self) -> Decimal:
        """Overdue principal and interest."""
        return self.overdue_principal + self.overdue_interest

    @property
    def overdue_amount(self) -> Decimal:
        """Arrears, penalty and costs."""
        return self.arrears + self.penalty + self.cost

    @property
    def due_amount(self) -> Decimal:
        """Everything owed that has fallen due by the date, that of the day itself too."""
        return sum((i.principal + i.interest for i in self.instalments), ZERO) + self.penalty + self.cost

    @property
    def to_come(self) -> Decimal:
        """Principal and interest that fall due after the date."""
        return sum((i.principal_due + i.interest_due for i in self.schedule if i.due_on > self.on), ZERO)


class _Reading:
    """The ledger while it is read, entry by entry, up to the date."""

    def __init__(
        self, schedule: Iterable[Instalment], regimes: list[Regime], history: TermsHistory, on: dt.date
    ) -> None:
        self.accounts = {i.seq: InstalmentAccount.falls_due(i, history) for i in schedule if i.due_on <= on}
        self.regimes = regimes
        self.accruals: list[Accrual] = []
        self.cost = self.credit = ZERO

    def read(self, entries: Iterable[Entry]) -> None:
        for value_on, group in groupby(entries, key=lambda e: e.value_on):
            days_entries = list(group)
            self.post(days_entries, value_on)
            for entry in days_entries:
                self.take(entry)

    def post(self, days_entries: Sequence[Entry], on: dt.date) -> None:
        """Close the nights before a posting point; what was charged stands in the ledger."""
        if not any(e.kind is not EntryKind.CHARGED or e.component is Component.PENALTY for e in days_entries):
            return
        charged: dict[int | None, Decimal] = {}
        for e in days_entries:
            if e.kind is EntryKind.CHARGED and e.component is Component.PENALTY:
                charged[e.seq] = charged.get(e.seq, ZERO) + e.amount
        for account in self.accounts.values():
            if account.due_on <= on and (account.arrears or account.seq in charged):
                segments = account.close_nights(self.regimes, on)
                if account.seq in charged:
                    account.penalty += charged[account.seq]
                    self.accruals.append(Accrual(account.seq, tuple(segments), charged[account.seq], on))

    def take(self, entry: Entry) -> None:
        if entry.kind is EntryKind.CREDIT:
            self.credit += entry.amount
        elif entry.component is Component.COST:
            self.cost += entry.amount if entry.kind is EntryKind.CHARGED else -entry.amount
        elif entry.kind is not EntryKind.CHARGED and entry.component is not None and entry.seq is not None:
            self.accounts[entry.seq].settle(entry.component, entry.amount, entry.value_on)

    def accrue(self, on: dt.date) -> None:
        """What has grown since the last posting point, rounded to cents for each instalment."""
        for account in self.accounts.values():
            segments = account.segments(self.regimes, on)
            if amount := penalty_of(segments):
                account.penalty += amount
                self.accruals.append(Accrual(account.seq, tuple(segments), amount, None))


def standing(
    contract: Contract, events: Iterable[Event], entries: Iterable[Entry], history: TermsHistory, on: dt.date
) -> Standing:
    """What the loan owes on a date, with the derivation of every amount.

    `entries` is the ledger in the order of value dates; `events` are needed for what is no money: pauses, closings, and
    being made due as a whole.
    """
    counting = live(events)
    schedule = schedule_that_counts(contract, [e for e in counting if e.value_on <= on])
    reading = _Reading(schedule, regimes_of(contract, counting, history), history, on)
    until = tuple(e for e in entries if e.value_on <= on)
    reading.read(until)
    reading.accrue(on)
    overdue = [a for a in reading.accounts.values() if a.due_on < on]
    oldest = min((a.due_on for a in overdue if a.arrears), default=None)
    return Standing(
        on=on,
        days_past_due=days_past_due(oldest, pauses_in(counting), on),
        overdue_principal=sum((a.principal for a in overdue), ZERO),
        overdue_interest=sum((a.interest for a in overdue), ZERO),
        penalty=sum((a.penalty for a in reading.accounts.values()), ZERO),
        cost=reading.cost,
        unapplied=reading.credit,
        oldest_unpaid_due_on=oldest,
        instalments=tuple(
            InstalmentStanding(a.seq, a.due_on, a.principal, a.interest, a.penalty)
            for a in reading.accounts.values()
            if not a.is_settled
        ),
        accruals=tuple(sorted(reading.accruals, key=lambda a: (a.seq, a.posted_on or dt.date.max))),
        entries=until,
        schedule=tuple(schedule),
    )
