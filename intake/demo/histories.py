"""The life of one demo loan: a schedule, and payments that leave it as late each month as its path says."""

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from intake.demo.transitions import Transitions
from rulebook.accounts import Instalment
from rulebook.money import ZERO, to_cents
from rulebook.replay import Contract, Event, EventKind, replay
from rulebook.standing import InstalmentStanding, standing
from rulebook.tape import NewInstalment, NewLoan, NewPayment
from rulebook.terms import DatedTerms, Terms, TermsHistory

CHANNELS = ("debit", "debit", "transfer", "alipay", "wechat", "counter")
# People who pay pay what the portal would ask of them under these terms, to the cent.
TERMS = TermsHistory([DatedTerms(1, None, Terms())])
AHEAD_SHARE, LATE_SHARE = 0.25, 0.15
MOST_DAYS_AHEAD, MOST_DAYS_LATE = 5, 10
TWICE_SHARE = 0.04
IN_TWO_STEPS_SHARE = 0.3
FORGETS_PENALTY_SHARE = 0.1


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def annuity(loan: NewLoan, first_due_on: dt.date) -> list[NewInstalment]:
    """Equal monthly instalments that repay the principal to the cent; the last one takes what rounding left."""
    monthly, count = loan.annual_rate / 12, loan.instalment_count
    each = to_cents(loan.principal * monthly / (1 - (1 + monthly) ** -count))
    left, rows = loan.principal, []
    for seq in range(1, count + 1):
        interest = to_cents(left * monthly)
        principal = left if seq == count else each - interest
        left -= principal
        rows.append(NewInstalment(loan.loan_no, seq, months_later(first_due_on, seq - 1), principal, interest))
    return rows


@dataclass
class History:
    """A loan's payments while they are made up, month by month.

    `path` is the number of instalments past due and unpaid at the end of each month of the loan's life. A loan's months
    end as many days after its due dates as make the last of them end on `on`.
    """

    loan: NewLoan
    schedule: Sequence[NewInstalment]
    path: Sequence[int]
    on: dt.date
    dice: Random
    transitions: Transitions
    payments: list[NewPayment] = field(default_factory=list)
    _events: list[Event] = field(default_factory=list)
    _ever_late: bool = False

    def live(self) -> list[NewPayment]:
        """All payments of the loan up to `on`."""
        for month in range(1, len(self.path)):
            self._month(month)
        if self.path[-1] == 0 and len(self.path) <= len(self.schedule):
            self._perhaps_ahead(len(self.path))
        return self.payments

    def _month(self, month: int) -> None:
        before, after = self.path[month - 1], self.path[month]
        if before == after == 0:
            self._pay_in_time(month)
        elif after > before:
            self._ever_late = True
            if before:
                self._perhaps_a_part(month)
        else:
            self._catch_up(month)

    def _end_of(self, month: int) -> dt.date:
        if month == 0:
            return self.loan.disbursed_on
        last = len(self.path) - 1
        days = (self.on - self.schedule[last - 1].due_on).days
        end = self.schedule[month - 1].due_on + dt.timedelta(days=days)
        # A short month: the next instalment is not past due before its own month ends.
        return end if month == last else min(end, self.schedule[month].due_on)

    def _pay_in_time(self, month: int) -> None:
        due_on, chance = self.schedule[month - 1].due_on, self.dice.random()
        day = due_on
        if chance < AHEAD_SHARE:
            day = due_on - dt.timedelta(days=self.dice.randint(1, MOST_DAYS_AHEAD))
        elif chance < AHEAD_SHARE + LATE_SHARE:
            day = min(due_on + dt.timedelta(days=self.dice.randint(1, MOST_DAYS_LATE)), self._end_of(month))
        self._pay_up_to(month, max(day, self._last_paid_on()))

    def _perhaps_ahead(self, month: int) -> None:
        day = self.schedule[month - 1].due_on - dt.timedelta(days=self.dice.randint(1, MOST_DAYS_AHEAD))
        day = max(day, self._last_paid_on())
        if day <= self.on and self.dice.random() < AHEAD_SHARE:
            self._pay_up_to(month, day)

    def _perhaps_a_part(self, month: int) -> None:
        if self.dice.random() >= self.transitions.paid_something(self.path[month - 1], self.path[month]):
            return
        day = self._some_day(month)
        oldest = month - self.path[month - 1]
        part = (self._to_clear(oldest, day) * self.dice.randint(1, 6) / 10).quantize(Decimal(1))
        if part:
            self._book(day, part)

    def _catch_up(self, month: int) -> None:
        cleared, target = month - 1 - self.path[month - 1], month - self.path[month]
        day = self._some_day(month)
        if target - cleared > 1 and self.dice.random() < IN_TWO_STEPS_SHARE:
            self._pay_up_to(cleared + 1, day)
            day = self._some_day(month)
        # Small arrears stay behind, which next month's payment settles.
        forgets = self.path[month : month + 2] == [0, 0] and self.dice.random() < FORGETS_PENALTY_SHARE
        self._pay_up_to(target, day, forgets=forgets)

    def _some_day(self, month: int) -> dt.date:
        first = max(self._end_of(month - 1) + dt.timedelta(days=1), self._last_paid_on())
        return first + dt.timedelta(days=self.dice.randint(0, max(0, (self._end_of(month) - first).days)))

    def _last_paid_on(self) -> dt.date:
        return self._events[-1].value_on if self._events else self.loan.disbursed_on

    def _pay_up_to(self, seq: int, day: dt.date, *, forgets: bool = False) -> None:
        row = self.schedule[seq - 1]
        self._ever_late = self._ever_late or day > row.due_on
        amount = self._to_clear(seq, day) if self._ever_late else row.principal_due + row.interest_due
        if forgets:
            amount -= sum((owed.penalty for owed in self._owed(day)), ZERO)
        if amount > ZERO:
            self._book(day, amount)

    def _to_clear(self, seq: int, day: dt.date) -> Decimal:
        """What settles every instalment up to this one: all penalty and interest come before any principal."""
        owed = self._owed(day)
        now = sum((one.penalty + one.interest + (one.principal if one.seq <= seq else ZERO) for one in owed), ZERO)
        to_come = (row for row in self.schedule[:seq] if row.due_on > day)
        return now + sum((row.principal_due + row.interest_due for row in to_come), ZERO)

    def _owed(self, day: dt.date) -> tuple[InstalmentStanding, ...]:
        due = [Instalment(r.seq, r.due_on, r.principal_due, r.interest_due) for r in self.schedule if r.due_on <= day]
        contract = Contract(self.loan.annual_rate, due, self.loan.disbursed_on)
        return standing(contract, self._events, replay(contract, self._events, TERMS), TERMS, day).instalments

    def _book(self, day: dt.date, amount: Decimal) -> None:
        parts = [amount]
        if amount > 10 and self.dice.random() < TWICE_SHARE:
            first = (amount * self.dice.randint(2, 8) / 10).quantize(Decimal(1))
            parts = [first, amount - first]
        for part in parts:
            number = len(self.payments) + 1
            reference = f"{self.loan.loan_no}-P{number:03d}"
            self.payments.append(
                NewPayment(reference, self.loan.loan_no, day, part, channel=self.dice.choice(CHANNELS))
            )
            self._events.append(Event(number, EventKind.PAYMENT, day, part))
