"""What a loan owes on a date, and that its parts add up to it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from hypothesis import given

from rulebook.penalty_interest import penalty_of
from rulebook.replay import Contract, Event, replay
from rulebook.standing import Accrual, standing
from rulebook.terms import TermsHistory
from tests.rulebook.build import (
    PENALTY,
    contract,
    cost,
    day,
    fixed,
    line,
    owed,
    paid_in,
    pause,
    payment,
    per_day,
    stands,
)
from tests.rulebook.histories import contracts, dates, examples, histories, policy_lines

EIGHT_THOUSAND = contract(owed("01-10", "8000.00", "100.00"))
HISTORY = line(fixed("0.36"))


def cuts(accrual: Accrual) -> list[tuple[str, str, int, str]]:
    return [(f"{s.from_on:%m-%d}", f"{s.until_on:%m-%d}", s.days, str(s.base)) for s in accrual.segments]


def test_the_overdue_amount_is_arrears_penalty_and_costs() -> None:
    found = stands(EIGHT_THOUSAND, [cost(1, "01-15", "25.00")], HISTORY, day("01-20"))
    assert (found.arrears, found.overdue_amount) == (Decimal("8100.00"), Decimal("8205.00"))


def test_a_payment_a_pause_and_a_new_version_each_cut_a_segment() -> None:
    history = line(fixed("0.36"), ("01-30", fixed("0.18")))
    events = [payment(1, "01-15", "2140.00"), pause(2, "01-20", "01-25")]
    posted, growing = stands(EIGHT_THOUSAND, events, history, day("02-04")).accruals
    assert (posted.posted_on, posted.amount) == (day("01-15"), Decimal("40.00"))
    assert cuts(posted) == [("01-10", "01-15", 5, "8000.00")]
    assert (growing.posted_on, growing.amount) == (None, Decimal("75.00"))
    assert cuts(growing) == [
        ("01-15", "01-20", 5, "6000.00"),
        ("01-25", "01-30", 5, "6000.00"),
        ("01-30", "02-04", 5, "6000.00"),
    ]
    assert [(s.version, s.annual_rate) for s in growing.segments] == [
        (1, Decimal("0.36")),
        (1, Decimal("0.36")),
        (2, Decimal("0.18")),
    ]


def test_a_segment_shows_its_own_amount_before_rounding() -> None:
    of = contract(owed("01-10", "90.00"))
    (growing,) = stands(of, [], line(fixed("0.18"), ("01-11", fixed("0.18", day_count=365))), day("01-12")).accruals
    assert growing.segments[0].amount == Decimal("0.045")
    assert growing.segments[1].amount.quantize(Decimal("0.000001")) == Decimal("0.044384")
    assert growing.amount == Decimal("0.09")


def test_a_segment_names_an_amount_per_day_or_the_rate_of_the_cap_that_limits_it() -> None:
    (below,) = stands(EIGHT_THOUSAND, [], line(per_day("5.33", cap="0.24")), day("01-20")).accruals
    assert [(s.annual_rate, s.per_day) for s in below.segments] == [(None, Decimal("5.33"))]
    (above,) = stands(EIGHT_THOUSAND, [], line(per_day("5.34", cap="0.24")), day("01-20")).accruals
    assert [(s.annual_rate, s.per_day) for s in above.segments] == [(Decimal("0.24"), None)]


def test_a_past_date_is_as_it_was_by_value_date() -> None:
    later = [payment(1, "02-01", "9000.00"), pause(2, "01-25", None, clock=True), cost(3, "01-21", "5.00")]
    assert stands(EIGHT_THOUSAND, later, HISTORY, day("01-20")) == stands(EIGHT_THOUSAND, [], HISTORY, day("01-20"))


def test_what_is_settled_is_listed_no_more() -> None:
    paid = [payment(1, "01-10", "8100.00")]
    assert stands(EIGHT_THOUSAND, paid, HISTORY, day("01-20")).instalments == ()


@examples(120)
@given(contracts(), histories(), policy_lines(), dates(0, 130))
def test_the_accruals_of_a_penalty_add_up_to_it(
    of: Contract, events: list[Event], history: TermsHistory, on: dt.date
) -> None:
    found = stands(of, events, history, on)
    for accrual in found.accruals:
        assert accrual.amount == penalty_of(accrual.segments)
    grown = sum((a.amount for a in found.accruals), Decimal(0))
    assert found.penalty == grown - paid_in(found.entries, PENALTY)


@examples(80)
@given(contracts(), histories(), policy_lines(), dates(0, 130))
def test_entries_of_one_day_may_be_read_in_any_order(
    of: Contract, events: list[Event], history: TermsHistory, on: dt.date
) -> None:
    entries = replay(of, events, history)
    turned = [e for _, days in groupby(entries, key=lambda e: e.value_on) for e in reversed(list(days))]
    found = standing(of, events, entries, history, on)
    assert replace(standing(of, events, turned, history, on), entries=found.entries) == found
