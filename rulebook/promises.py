"""What became of a promise (承诺还款), and how far somebody may go when taking one.

A promise is judged from the payments that stand and the days on which arrears were cleared, and from nothing else:
asked again after a payment or a reversal, the answer is the one that would have been given had it always been so.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rulebook.escalation import Blocker
from rulebook.money import ZERO, to_cents
from rulebook.terms import PromiseLimits, PromiseTerms


class PromiseState(StrEnum):
    """What became of a promise by the money that came."""

    OPEN = "open"
    KEPT = "kept"
    PARTIAL = "partial"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Given:
    """A promise as it was made; `made_at` in the portfolio's time zone, since its date is the day it was made."""

    number: int
    amount: Decimal
    made_at: dt.datetime
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Received:
    """A payment that stands; one that was reversed is simply not there."""

    number: int
    booked_at: dt.datetime
    value_on: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a promise: `counted` is the money that was paid on it, `decided_on` the day that settled it.

    Kept: the value date of the money, or the day without arrears, that made it so. Partial or broken: the day after
    the last one that counts. Open: none.
    """

    number: int
    state: PromiseState
    counted: Decimal
    decided_on: dt.date | None


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise somebody is about to take, and what it is measured by: the overdue amount and what was broken before.

    `broken_recently` counts the promises broken within the policy's `broken_window_days`.
    """

    amount: Decimal
    due_on: dt.date
    overdue: Decimal
    broken_recently: int


@dataclass(slots=True)
class _Tally:
    """A promise while payments are told off against it."""

    promise: Given
    last_on: dt.date
    enough: Decimal
    cleared_on: dt.date | None
    counted: Decimal = ZERO
    paid_on: dt.date | None = None

    def may_take(self, payment: Received) -> bool:
        return payment.booked_at >= self.promise.made_at and payment.value_on <= self.last_on

    def is_kept_before(self, payment: Received) -> bool:
        cleared = self.cleared_on is not None and self.cleared_on < payment.value_on
        return cleared or self.paid_on is not None

    def take(self, money: Decimal, value_on: dt.date) -> Decimal:
        """Take what is still promised, and hand back the rest."""
        taken = min(money, self.promise.amount - self.counted)
        self.counted += taken
        if self.paid_on is None and self.counted >= self.enough:
            self.paid_on = value_on
        return money - taken

    def judged(self, on: dt.date) -> Judged:
        number, kept_on = (
            self.promise.number,
            min((day for day in (self.paid_on, self.cleared_on) if day), default=None),
        )
        if kept_on:
            return Judged(number, PromiseState.KEPT, self.counted, kept_on)
        if on <= self.last_on:
            return Judged(number, PromiseState.OPEN, self.counted, None)
        state = PromiseState.PARTIAL if self.counted else PromiseState.BROKEN
        return Judged(number, state, self.counted, self.last_on + dt.timedelta(days=1))


def last_day(due_on: dt.date, terms: PromiseTerms) -> dt.date:
    """The last value date that still counts for a promise due on that day."""
    return due_on + dt.timedelta(days=terms.grace_days)


def judge(
    promises: Sequence[Given],
    received: Sequence[Received],
    cleared_on: Collection[dt.date],
    terms: PromiseTerms,
    on: dt.date,
) -> list[Judged]:
    """What became of each promise by the end of a day, oldest promise first.

    `cleared_on` are the days on which arrears were cleared. Money counts once: by value date, for the oldest promise up
    to its amount, the rest for the next. A promise that is kept already stands back behind those that are not, so that
    a borrower who paid enough on one does not break the next by it.
    """
    tallies = [_tally(promise, cleared_on, terms, on) for promise in sorted(promises, key=lambda given: given.number)]
    for payment in sorted(received, key=lambda paid: (paid.value_on, paid.booked_at, paid.number)):
        if payment.value_on <= on:
            _count(payment, tallies)
    return [tally.judged(on) for tally in tallies]


def blocks_promise(new: NewPromise, limits: PromiseLimits, on: dt.date) -> Iterator[Blocker]:
    """A promise is near, worth the wait, and from somebody who has not broken too many; it may exceed what is owed."""
    ahead = (new.due_on - on).days
    if ahead < 0:
        yield Blocker("promise_past", new.due_on.isoformat(), on.isoformat())
    if ahead > limits.days_ahead:
        mends_on = new.due_on - dt.timedelta(days=limits.days_ahead)
        yield Blocker("promise_far", str(ahead), str(limits.days_ahead), mends_on)
    # Compared with the cents that are shown, so that the sum the sentence asks for is accepted.
    least = min(to_cents(new.overdue * limits.share_of_overdue), new.overdue)
    if new.amount < least:
        yield Blocker("promise_small", str(new.amount), str(least))
    if new.broken_recently > limits.broken_before:
        yield Blocker("promise_broken", str(new.broken_recently), str(limits.broken_before))


def _tally(promise: Given, cleared_on: Collection[dt.date], terms: PromiseTerms, on: dt.date) -> _Tally:
    last_on = last_day(promise.due_on, terms)
    made_on, until = promise.made_at.date(), min(last_on, on)
    cleared = min((day for day in cleared_on if made_on <= day <= until), default=None)
    return _Tally(promise, last_on, promise.amount * terms.kept_share, cleared)


def _count(payment: Received, tallies: Sequence[_Tally]) -> None:
    takers = [tally for tally in tallies if tally.may_take(payment)]
    left = payment.amount
    for tally in sorted(takers, key=lambda tally: tally.is_kept_before(payment)):  # stable: oldest first in both groups
        left = tally.take(left, payment.value_on)
