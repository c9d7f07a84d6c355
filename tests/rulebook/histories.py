"""Random contracts, policy lines and histories for hypothesis; `arrival order` is the order of the list."""

import datetime as dt
import os
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rulebook.accounts import Instalment
from rulebook.replay import Contract, Event, EventKind
from rulebook.terms import (
    AllocationTerms,
    Component,
    ContractUplift,
    DatedTerms,
    FixedAnnual,
    PenaltyTerms,
    PerDay,
    Terms,
    TermsHistory,
)

FIRST_DAY = dt.date(2025, 1, 1)
WINDOW = 100
IN_CI = "CI" in os.environ


def examples(count: int, steps: int = 12) -> settings:
    """Bounded so that all rulebook tests together take less than a minute; the same examples every time in CI."""
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        derandomize=IN_CI,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


def dates(first: int = 0, last: int = WINDOW) -> st.SearchStrategy[dt.date]:
    return st.integers(first, last).map(lambda n: FIRST_DAY + dt.timedelta(days=n))


# Days on which much happens at once: due dates, ends of grace, versions and events meet here more often than by chance.
busy_days = st.sampled_from([10, 15, 16, 30, 35, 50]).map(lambda n: FIRST_DAY + dt.timedelta(days=n))
days = st.one_of(dates(), busy_days)


def cents_between(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda n: Decimal(n).scaleb(-2))


# Small sums pay parts of an instalment, round ones repeat, great ones run ahead of the schedule.
amounts = st.one_of(
    cents_between(1, 5_00), cents_between(1, 30_000_00), st.sampled_from([Decimal("1000.00"), Decimal("60000.00")])
)
rates = st.integers(0, 3600).map(lambda n: Decimal(n).scaleb(-4))


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """One to four instalments in any order, some on one day, some with nothing of one kind."""
    due = draw(st.lists(dates(10, 80) | busy_days, min_size=1, max_size=4))
    seqs = draw(st.permutations(range(1, len(due) + 1)))
    rows = [
        Instalment(seq, due_on, draw(cents_between(0, 10_000_00)), draw(cents_between(0, 300_00)))
        for seq, due_on in zip(seqs, due, strict=True)
    ]
    return Contract(draw(rates), rows, FIRST_DAY)


penalty_rates = st.one_of(
    st.sampled_from(["0.30", "0.45", "0.50"]).map(lambda share: ContractUplift(uplift=Decimal(share))),
    st.integers(0, 6000).map(lambda n: FixedAnnual(annual_rate=Decimal(n).scaleb(-4))),
    cents_between(0, 30_00).map(lambda amount: PerDay(amount=amount)),
)
penalties = st.builds(
    PenaltyTerms,
    base=st.sampled_from(["principal", "principal_and_interest"]),
    rate=penalty_rates,
    day_count=st.sampled_from([360, 365]),
    grace_days=st.sampled_from([0, 0, 1, 5, 20]),
    grace_mode=st.sampled_from(["cliff", "discount"]),
    annual_cap=st.sampled_from([None, Decimal("0.24"), Decimal("0.10")]),
)
allocations = st.builds(
    AllocationTerms,
    order=st.permutations(list(Component)).map(tuple),
    style=st.sampled_from(["component_first", "instalment_first"]),
)
terms = st.builds(Terms, penalty=penalties, allocation=allocations)


@st.composite
def policy_lines(draw: st.DrawFn) -> TermsHistory:
    """One to three versions, at times two on one day."""
    later = draw(st.lists(st.tuples(days, terms), max_size=2))
    dated = [DatedTerms(n, on, t) for n, (on, t) in enumerate(later, start=2)]
    return TermsHistory(draw(st.permutations([DatedTerms(1, None, draw(terms)), *dated])))


def payments(sequence: int) -> st.SearchStrategy[Event]:
    return st.builds(Event, st.just(sequence), st.just(EventKind.PAYMENT), days, amounts)


def costs(sequence: int) -> st.SearchStrategy[Event]:
    return st.builds(Event, st.just(sequence), st.just(EventKind.COST), days, cents_between(1, 200_00))


def closings(sequence: int) -> st.SearchStrategy[Event]:
    return st.builds(Event, st.just(sequence), st.just(EventKind.CLOSING), days)


def accelerations(sequence: int) -> st.SearchStrategy[Event]:
    return st.builds(Event, st.just(sequence), st.just(EventKind.ACCELERATION), days)


def waivers(sequence: int) -> st.SearchStrategy[Event]:
    return st.builds(Event, st.just(sequence), st.just(EventKind.WAIVER), days)


@st.composite
def pauses(draw: st.DrawFn, sequence: int) -> Event:
    from_on = draw(days)
    until_on = draw(st.none() | st.integers(1, 40).map(lambda n: from_on + dt.timedelta(days=n)))
    penalty, clock = draw(st.sampled_from([(True, False), (False, True), (True, True)]))
    return Event(sequence, EventKind.PAUSE, from_on, until_on=until_on, stops_penalty=penalty, stops_clock=clock)


def reversals(sequence: int, of: int) -> st.SearchStrategy[Event]:
    return st.builds(Event, st.just(sequence), st.just(EventKind.REVERSAL), dates(), reverses=st.just(of))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events in the order of arrival, with any value dates; mostly payments, seldom what ends a loan, some reversed."""
    kinds = [payments, payments, payments, payments, costs, pauses]
    events = [draw(draw(st.sampled_from(kinds))(n)) for n in range(1, draw(st.integers(0, 9)) + 1)]
    for ends in (accelerations, waivers, closings):
        if draw(st.integers(0, 3)) == 0:
            events.append(draw(ends(len(events) + 1)))
    if events:
        undone = draw(st.lists(st.sampled_from(range(1, len(events) + 1)), max_size=3, unique=True))
        for n, of in enumerate(undone, start=len(events) + 1):
            events.append(draw(reversals(n, of)))
    return events
