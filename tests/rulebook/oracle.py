"""What a loan owes, found the slow way: one calendar day after the other, in exact fractions.

Written from the text of the design and not from the rulebook, of which it borrows only the words: events, terms,
instalments. No segments, no regimes, no ledger: every night asks anew which version rules,
whether it is paused, and what is owed.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor

from rulebook.accounts import Instalment
from rulebook.replay import Contract, Event, EventKind
from rulebook.terms import Component, ContractUplift, DatedTerms, FixedAnnual, PenaltyTerms

NIGHT = dt.timedelta(days=1)


@dataclass(frozen=True)
class Owes:
    """The numbers of one loan on one date; `rows` are (seq, principal, interest, penalty) of instalments that owe."""

    dpd: int = 0
    overdue_principal: Decimal = Decimal("0.00")
    overdue_interest: Decimal = Decimal("0.00")
    penalty: Decimal = Decimal("0.00")
    cost: Decimal = Decimal("0.00")
    unapplied: Decimal = Decimal("0.00")
    rows: tuple[tuple[int, Decimal, Decimal, Decimal], ...] = ()


@dataclass
class Row:
    """One instalment that has fallen due. `growing` is what its nights have cost since the last posting, unrounded."""

    seq: int
    due_on: dt.date
    principal: Fraction
    interest: Fraction
    grace: PenaltyTerms
    posted: Fraction = Fraction(0)
    growing: Fraction = Fraction(0)

    @property
    def arrears(self) -> Fraction:
        return self.principal + self.interest

    @property
    def grace_until(self) -> dt.date:
        return self.due_on + dt.timedelta(days=self.grace.grace_days)

    @property
    def cliff(self) -> bool:
        return self.grace.grace_mode == "cliff" and self.grace.grace_days > 0

    def shown(self, on: dt.date) -> Fraction:
        """What has grown, in cents; a cliff shows nothing within its grace."""
        return Fraction(0) if self.cliff and on <= self.grace_until else cents(self.growing)

    def night(self, day: dt.date, terms: PenaltyTerms, contract_rate: Fraction) -> None:
        discounted = self.grace.grace_mode == "discount" and day < self.grace_until
        if not discounted:
            self.growing += a_night(self, terms, contract_rate)

    def day_ends(self, day: dt.date) -> None:
        if self.cliff and day == self.grace_until and not self.arrears:
            self.growing = Fraction(0)

    def post(self, on: dt.date) -> None:
        if not (self.cliff and on <= self.grace_until):
            self.posted += cents(self.growing)
            self.growing = Fraction(0)


def a_night(row: Row, terms: PenaltyTerms, contract_rate: Fraction) -> Fraction:
    """What one night costs: base x rate / day count, or an amount, neither above the cap."""
    base = row.arrears if terms.base == "principal_and_interest" else row.principal
    if not base:
        return Fraction(0)
    if isinstance(terms.rate, FixedAnnual):
        price = base * Fraction(terms.rate.annual_rate) / terms.day_count
    elif isinstance(terms.rate, ContractUplift):
        price = base * contract_rate * (1 + Fraction(terms.rate.uplift)) / terms.day_count
    else:
        price = Fraction(terms.rate.amount)
    if terms.annual_cap is None:
        return price
    return min(price, base * Fraction(terms.annual_cap) / terms.day_count)


def cents(amount: Fraction) -> Fraction:
    """Half up; amounts are never negative here."""
    return Fraction(floor(amount * 100 + Fraction(1, 2)), 100)


def money(amount: Fraction) -> Decimal:
    whole = amount * 100
    assert whole.denominator == 1, "money that moved is in whole cents"
    return Decimal(whole.numerator).scaleb(-2)


def all_at_once(contract: Contract, on: dt.date) -> list[Instalment]:
    """The rest of a schedule on one day: all principal, and of the interest what the running period has earned."""
    rest = [i for i in contract.schedule if i.due_on > on]
    rows = [i for i in contract.schedule if i.due_on <= on]
    began = max([i.due_on for i in rows] or [contract.disbursed_on])
    for i in rest:
        runs = i.due_on == min(other.due_on for other in rest)
        share = Fraction(max((on - began).days, 0), (i.due_on - began).days) if runs else Fraction(0)
        rows.append(Instalment(i.seq, on, i.principal_due, money(cents(Fraction(i.interest_due) * share))))
    return rows


@dataclass
class Loan:
    """The loan as it stands while the days go by."""

    contract: Contract
    events: list[Event]
    versions: Sequence[DatedTerms]
    rows: list[Row] = field(default_factory=list)
    cost: Fraction = Fraction(0)
    credit: Fraction = Fraction(0)

    @property
    def schedule(self) -> Sequence[Instalment]:
        """The contract's, unless everything fell due on one day."""
        whole = [e.value_on for e in self.events if e.kind in (EventKind.ACCELERATION, EventKind.WAIVER)]
        return all_at_once(self.contract, min(whole)) if whole else self.contract.schedule

    def version(self, day: dt.date) -> DatedTerms:
        started = [v for v in self.versions if v.effective_on is None or v.effective_on <= day]
        return max(started, key=lambda v: (v.effective_on or dt.date.min, v.version))

    def covered(self, day: dt.date, what: str) -> bool:
        return any(
            e.kind is EventKind.PAUSE
            and getattr(e, what)
            and e.value_on <= day
            and (not e.until_on or day < e.until_on)
            for e in self.events
        )

    def by_day(self, day: dt.date) -> None:
        """Fall due, waiting credit, then the day's events in the order of their sequence."""
        due_today = [i for i in self.schedule if i.due_on == day]
        for instalment in due_today:
            self.fall_due(instalment)
        if due_today:
            self.use_credit(day)
        for event in sorted((e for e in self.events if e.value_on == day), key=lambda e: e.sequence):
            self.happen(event)

    def by_night(self, day: dt.date) -> None:
        """From the day to the next: a grace kept is forgiven, and what is owed grows unless something stops it."""
        closed = any(e.kind is EventKind.CLOSING and e.value_on <= day for e in self.events)
        for row in self.rows:
            row.day_ends(day)
            if not closed and not self.covered(day, "stops_penalty"):
                row.night(day, self.version(day).terms.penalty, Fraction(self.contract.annual_rate))

    def fall_due(self, i: Instalment) -> None:
        terms = self.version(i.due_on).terms.penalty
        self.rows.append(Row(i.seq, i.due_on, Fraction(i.principal_due), Fraction(i.interest_due), terms))

    def happen(self, event: Event) -> None:
        if event.kind is EventKind.COST:
            self.cost += Fraction(event.amount)
            self.use_credit(event.value_on)
        elif event.kind is EventKind.PAYMENT:
            self.credit += self.settle(Fraction(event.amount), event.value_on)
        elif event.kind is EventKind.CLOSING:
            self.post(event.value_on)
        elif event.kind is EventKind.WAIVER:
            self.post(event.value_on)
            self.cost = Fraction(0)
            for row in self.rows:
                row.principal = row.interest = row.posted = Fraction(0)

    def use_credit(self, on: dt.date) -> None:
        if self.credit:
            self.credit = self.settle(self.credit, on)

    def post(self, on: dt.date) -> None:
        for row in self.rows:
            row.post(on)

    def settle(self, money_in: Fraction, on: dt.date) -> Fraction:
        """Money moves: post, then pay one part after the other; what is left waits."""
        self.post(on)
        for row, component in self.parts(on):
            holder, name = (self, "cost") if row is None else (row, component.value)
            name = "posted" if name == "penalty" else name
            paid = min(money_in, getattr(holder, name))
            setattr(holder, name, getattr(holder, name) - paid)
            money_in -= paid
        return money_in

    def parts(self, on: dt.date) -> Iterator[tuple[Row | None, Component]]:
        terms = self.version(on).terms.allocation
        oldest_first = sorted(self.rows, key=lambda r: (r.due_on, r.seq))
        on_instalments = [c for c in terms.order if c is not Component.COST]
        if terms.style == "component_first":
            for component in terms.order:
                yield from (
                    [(None, component)] if component is Component.COST else [(r, component) for r in oldest_first]
                )
            return
        costs: list[tuple[Row | None, Component]] = [(None, Component.COST)]
        costs_first = terms.order[0] is Component.COST
        yield from costs if costs_first else []
        for row in oldest_first:
            yield from ((row, component) for component in on_instalments)
        yield from [] if costs_first else costs

    def look(self, on: dt.date) -> Owes:
        late = [row for row in self.rows if row.due_on < on]
        unpaid = [row.due_on for row in late if row.arrears]
        return Owes(
            dpd=self.days_past_due(min(unpaid), on) if unpaid else 0,
            overdue_principal=money(sum((row.principal for row in late), Fraction(0))),
            overdue_interest=money(sum((row.interest for row in late), Fraction(0))),
            penalty=money(sum((row.posted + row.shown(on) for row in self.rows), Fraction(0))),
            cost=money(self.cost),
            unapplied=money(self.credit),
            rows=tuple(
                (row.seq, money(row.principal), money(row.interest), money(row.posted + row.shown(on)))
                for row in sorted(self.rows, key=lambda r: r.seq)
                if row.arrears or row.posted or row.shown(on)
            ),
        )

    def days_past_due(self, oldest: dt.date, on: dt.date) -> int:
        days = (oldest + n * NIGHT for n in range((on - oldest).days))
        return sum(1 for day in days if not self.covered(day, "stops_clock"))


def as_if_never(events: Sequence[Event]) -> list[Event]:
    """The events that were not reversed."""
    undone = [e.reverses for e in events if e.kind is EventKind.REVERSAL]
    return [e for e in events if e.sequence not in undone]


def owes(
    contract: Contract, events: Sequence[Event], versions: Sequence[DatedTerms], dates: Iterable[dt.date]
) -> dict[dt.date, Owes]:
    """What the loan owed on each of the dates, seen when the day's events were over and its night was still to come."""
    wanted = set(dates)
    loan = Loan(contract, as_if_never(events), versions)
    day = min([*wanted, *(i.due_on for i in contract.schedule), *(e.value_on for e in events)])
    found = {}
    while day <= max(wanted):
        loan.by_day(day)
        if day in wanted:
            found[day] = loan.look(day)
        loan.by_night(day)
        day += NIGHT
    return found
