"""What counts for a promise and what does not, side by side; then what must hold for any promises and payments."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rulebook.escalation import Blocker
from rulebook.promises import Given, Judged, NewPromise, PromiseState, Received, blocks_promise, judge, last_day
from rulebook.terms import PromiseTerms
from tests.rulebook.histories import examples

MADE_ON = dt.date(2026, 10, 12)
TERMS = PromiseTerms()
OPEN, KEPT, PARTIAL, BROKEN = PromiseState
LONG_AFTER = 60


def day(after: int) -> dt.date:
    """A day counted from the one on which the first promise is made."""
    return MADE_ON + dt.timedelta(days=after)


def moment(after: int, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day(after), dt.time(hour), dt.UTC)


def promise(amount: str = "1000.00", *, due: int = 5, made: int = 0, number: int = 1) -> Given:
    return Given(number, Decimal(amount), moment(made), day(due))


def payment(amount: str, value: int, *, booked: dt.datetime | None = None, number: int = 1) -> Received:
    return Received(number, booked or moment(max(value, 0), 12), day(value), Decimal(amount))


def judged(
    *given: Given, paid: Sequence[Received] = (), cleared: Sequence[int] = (), on: int = LONG_AFTER
) -> list[Judged]:
    return judge(given or (promise(),), paid, [day(n) for n in cleared], TERMS, day(on))


def verdict(*paid: Received, on: int = LONG_AFTER, cleared: Sequence[int] = ()) -> tuple[PromiseState, Decimal, Any]:
    """What became of one promise of 1,000 made on day 0 and due on day 5; the day of it counted from day 0."""
    (only,) = judged(paid=paid, cleared=cleared, on=on)
    return only.state, only.counted, only.decided_on and (only.decided_on - MADE_ON).days


def test_money_counts_until_the_days_of_grace_have_passed():
    assert last_day(day(5), TERMS) == day(6)
    assert last_day(day(5), PromiseTerms(grace_days=0)) == day(5)
    assert verdict(payment("1000.00", 6)) == (KEPT, Decimal(1000), 6)
    assert verdict(payment("1000.00", 7)) == (BROKEN, Decimal(0), 7)


def test_a_promise_is_open_until_its_last_day_and_broken_or_partial_the_day_after():
    assert verdict(on=6) == (OPEN, Decimal(0), None)
    assert verdict(on=7) == (BROKEN, Decimal(0), 7)
    assert verdict(payment("0.01", 3), on=6) == (OPEN, Decimal("0.01"), None)
    assert verdict(payment("0.01", 3), on=7) == (PARTIAL, Decimal("0.01"), 7)


def test_ninety_five_per_cent_is_enough():
    assert verdict(payment("950.00", 3)) == (KEPT, Decimal(950), 3)
    assert verdict(payment("949.99", 3)) == (PARTIAL, Decimal("949.99"), 7)


def test_it_is_kept_on_the_value_date_of_the_payment_that_made_it_enough():
    paid = [payment("600.00", 2, number=1), payment("400.00", 4, number=2), payment("50.00", 5, number=3)]
    assert verdict(*paid) == (KEPT, Decimal(1000), 4)
    assert verdict(*reversed(paid)) == (KEPT, Decimal(1000), 4)


def test_a_payment_booked_before_the_promise_was_made_does_not_count():
    assert verdict(payment("1000.00", 3, booked=moment(0, 9))) == (BROKEN, Decimal(0), 7)
    assert verdict(payment("1000.00", 3, booked=moment(0, 10))) == (KEPT, Decimal(1000), 3)


def test_a_payment_booked_late_counts_by_its_value_date():
    assert verdict(payment("1000.00", 6, booked=moment(40))) == (KEPT, Decimal(1000), 6)
    assert verdict(payment("1000.00", -2, booked=moment(1))) == (KEPT, Decimal(1000), -2)


def test_money_with_a_value_date_to_come_does_not_count_yet():
    ahead = payment("1000.00", 4, booked=moment(1))
    assert verdict(ahead, on=3) == (OPEN, Decimal(0), None)
    assert verdict(ahead, on=4) == (KEPT, Decimal(1000), 4)


@pytest.mark.parametrize("cleared", [0, 6])
def test_cleared_arrears_keep_a_promise_whatever_was_paid(cleared):
    assert verdict(cleared=[cleared]) == (KEPT, Decimal(0), cleared)


@pytest.mark.parametrize("cleared", [-1, 7])
def test_arrears_cleared_before_the_promise_or_too_late_do_not(cleared):
    assert verdict(cleared=[cleared]) == (BROKEN, Decimal(0), 7)


def test_arrears_cleared_on_a_day_to_come_do_not_count_yet():
    assert verdict(cleared=[4], on=3) == (OPEN, Decimal(0), None)
    assert verdict(cleared=[4], on=4) == (KEPT, Decimal(0), 4)


def test_whichever_came_first_says_when_it_was_kept():
    assert verdict(payment("1000.00", 3), cleared=[5, 2]) == (KEPT, Decimal(1000), 2)
    assert verdict(payment("1000.00", 2), cleared=[3]) == (KEPT, Decimal(1000), 2)


def test_money_goes_to_the_oldest_promise_and_the_rest_to_the_next():
    two = [promise("500.00", number=2), promise("300.00", number=1)]
    assert judged(*two, paid=[payment("600.00", 3)]) == [
        Judged(1, KEPT, Decimal(300), day(3)),
        Judged(2, PARTIAL, Decimal(300), day(7)),
    ]
    assert judged(*two, paid=[payment("900.00", 3)]) == [
        Judged(1, KEPT, Decimal(300), day(3)),
        Judged(2, KEPT, Decimal(500), day(3)),
    ]


def test_money_that_is_too_late_or_too_early_for_the_oldest_promise_goes_to_the_next():
    two = [promise("300.00", due=2, number=1), promise("500.00", made=1, due=8, number=2)]
    late = judged(*two, paid=[payment("500.00", 4)])
    assert [(one.state, one.counted) for one in late] == [(BROKEN, Decimal(0)), (KEPT, Decimal(500))]
    early = judged(*two, paid=[payment("500.00", 1, booked=moment(0))])
    assert [(one.state, one.counted) for one in early] == [(KEPT, Decimal(300)), (BROKEN, Decimal(0))]


def test_a_promise_that_is_kept_takes_nothing_from_one_that_is_not():
    two = [promise("1000.00", number=1), promise("500.00", made=4, number=2)]
    enough, all_of_the_next, more = payment("950.00", 3), payment("500.00", 5, number=2), payment("70.00", 6, number=3)
    assert judged(*two, paid=[enough, all_of_the_next]) == [
        Judged(1, KEPT, Decimal(950), day(3)),
        Judged(2, KEPT, Decimal(500), day(5)),
    ]
    assert [one.counted for one in judged(*two, paid=[enough, all_of_the_next, more])] == [Decimal(1000), Decimal(500)]


def test_nor_does_one_that_was_kept_by_cleared_arrears():
    two = [promise("1000.00", number=1), promise("500.00", made=5, number=2)]
    assert judged(*two, paid=[payment("500.00", 6)], cleared=[4]) == [
        Judged(1, KEPT, Decimal(0), day(4)),
        Judged(2, KEPT, Decimal(500), day(6)),
    ]


def test_on_the_day_arrears_are_cleared_the_money_still_counts_for_the_promise_it_keeps():
    two = [promise("1000.00", number=1), promise("500.00", number=2)]
    assert judged(*two, paid=[payment("600.00", 3)], cleared=[3]) == [
        Judged(1, KEPT, Decimal(600), day(3)),
        Judged(2, KEPT, Decimal(0), day(3)),
    ]


def test_a_reversal_breaks_a_kept_promise_and_gives_its_money_back_to_nobody():
    two = [promise("300.00", number=1), promise("500.00", number=2)]
    first, second = payment("300.00", 3, number=1), payment("500.00", 5, number=2)
    assert [one.state for one in judged(*two, paid=[first, second])] == [KEPT, KEPT]
    # Without the first payment the second one goes to the oldest promise before it goes to its own.
    assert judged(*two, paid=[second]) == [
        Judged(1, KEPT, Decimal(300), day(5)),
        Judged(2, PARTIAL, Decimal(200), day(7)),
    ]
    assert [one.state for one in judged(*two)] == [BROKEN, BROKEN]


def test_the_example_of_the_documentation():
    two = [promise("1000.00", due=4, number=1), promise("500.00", made=3, due=8, number=2)]
    first, second = payment("600.00", 2, number=1), payment("600.00", 5, number=2)
    booked_again = payment("600.00", 2, number=3, booked=moment(20))
    for paid in ([first, second], [second, booked_again]):
        assert judged(*two, paid=paid) == [
            Judged(1, KEPT, Decimal(1000), day(5)),
            Judged(2, PARTIAL, Decimal(200), day(10)),
        ]
    assert judged(*two, paid=[second]) == [
        Judged(1, PARTIAL, Decimal(600), day(6)),
        Judged(2, BROKEN, Decimal(0), day(10)),
    ]


def new(amount: str = "200.00", due: int = 7, overdue: str = "1000.00", broken: int = 2) -> NewPromise:
    return NewPromise(Decimal(amount), day(due), Decimal(overdue), broken)


def blockers(asked: NewPromise) -> list[Blocker]:
    return list(blocks_promise(asked, TERMS.collector, MADE_ON))


@pytest.mark.parametrize(
    "asked",
    [
        new(),
        new(due=0),
        new("5000.00"),  # the borrower may pay ahead
        new("0.01", overdue="0.01"),
        new("0.01", overdue="0.00"),
        new("66.67", overdue="333.33"),
    ],
)
def test_a_collector_takes_a_promise_within_the_limits(asked):
    assert blockers(asked) == []


@pytest.mark.parametrize(
    ("asked", "blocker"),
    [
        (new(due=-1), Blocker("promise_past", "2026-10-11", "2026-10-12")),
        (new(due=8), Blocker("promise_far", "8", "7", day(1))),
        (new("199.99"), Blocker("promise_small", "199.99", "200.00")),
        (new("66.66", overdue="333.33"), Blocker("promise_small", "66.66", "66.67")),
        (new(broken=3), Blocker("promise_broken", "3", "2")),
    ],
)
def test_a_promise_beyond_a_limit_says_which_and_by_how_much(asked, blocker):
    assert blockers(asked) == [blocker]


def test_a_supervisor_takes_what_a_collector_may_not_but_has_limits_too():
    wide = new("50.00", due=30, broken=6)
    assert [blocker.code for blocker in blockers(wide)] == ["promise_far", "promise_small", "promise_broken"]
    assert list(blocks_promise(wide, TERMS.supervisor, MADE_ON)) == []
    wider = new("49.99", due=31, broken=7)
    refused = [blocker.code for blocker in blocks_promise(wider, TERMS.supervisor, MADE_ON)]
    assert refused == ["promise_far", "promise_small", "promise_broken"]


@given(overdue=st.integers(0, 10**7), amount=st.integers(1, 10**7), share=st.integers(0, 100))
def test_what_the_refusal_asks_for_is_accepted_and_all_that_is_overdue_always_is(overdue, amount, share):
    limits = TERMS.collector.model_copy(update={"share_of_overdue": Decimal(share).scaleb(-2)})
    asked = new(str(Decimal(amount).scaleb(-2)), overdue=str(Decimal(overdue).scaleb(-2)))
    for refused in blocks_promise(asked, limits, MADE_ON):
        assert asked.amount < Decimal(refused.need) <= asked.overdue
        assert not list(blocks_promise(new(refused.need, overdue=str(asked.overdue)), limits, MADE_ON))


amounts = st.integers(1, 120).map(lambda tens: Decimal(tens * 10))
given_lists = st.lists(st.tuples(amounts, st.integers(0, 12), st.integers(0, 9)), min_size=1, max_size=4).map(
    lambda rows: [
        Given(number, amount, moment(made), day(made + ahead))
        for number, (amount, made, ahead) in enumerate(sorted(rows, key=lambda row: row[1]), start=1)
    ]
)
received_lists = st.lists(st.tuples(amounts, st.integers(-2, 25), st.integers(0, 30)), max_size=6).map(
    lambda rows: [
        Received(number, moment(booked, 12), day(value), amount)
        for number, (amount, value, booked) in enumerate(rows, start=1)
    ]
)
cleared_days = st.sets(st.integers(-1, 25).map(day), max_size=3)
judging_days = st.integers(0, 30).map(day)


@given(given_lists, received_lists, cleared_days, judging_days)
@examples(200)
def test_money_counts_once_and_every_verdict_follows_from_what_was_counted(promises, received, cleared, on):
    verdicts = judge(promises, received, cleared, TERMS, on)
    in_time = [paid for paid in received if paid.value_on <= on]
    assert sum(one.counted for one in verdicts) <= sum(paid.amount for paid in in_time)
    for promised, one in zip(promises, verdicts, strict=True):
        last_on = last_day(promised.due_on, TERMS)
        was_cleared = any(promised.made_at.date() <= d <= min(last_on, on) for d in cleared)
        is_enough = one.counted >= promised.amount * TERMS.kept_share
        late = PARTIAL if one.counted else BROKEN
        assert one.number == promised.number
        assert 0 <= one.counted <= promised.amount
        assert one.state == (KEPT if is_enough or was_cleared else OPEN if on <= last_on else late)
        assert (one.decided_on is None) == (one.state is OPEN)
        assert one.decided_on is None or one.decided_on <= on


@given(given_lists, received_lists, cleared_days, judging_days, st.randoms(use_true_random=False))
@examples(100)
def test_the_order_in_which_anything_arrived_does_not_matter(promises, received, cleared, on, random):
    verdicts = judge(promises, received, cleared, TERMS, on)
    shuffled = random.sample(promises, len(promises)), random.sample(received, len(received))
    assert judge(*shuffled, sorted(cleared), TERMS, on) == verdicts


@given(given_lists, received_lists, cleared_days, judging_days)
@examples(200)
def test_what_lies_after_the_day_changes_nothing(promises, received, cleared, on):
    until_then = [paid for paid in received if paid.value_on <= on], {d for d in cleared if d <= on}
    assert judge(promises, *until_then, TERMS, on) == judge(promises, received, cleared, TERMS, on)


@given(received_lists, judging_days)
@examples(200)
@example([payment("700.00", 2), payment("700.00", 4, number=2)], day(9))
def test_one_promise_alone_counts_all_that_came_for_it_in_time(received, on):
    (one,) = judge([promise()], received, (), TERMS, on)
    in_time = [p.amount for p in received if p.booked_at >= moment(0) and p.value_on <= min(day(6), on)]
    assert one.counted == min(Decimal(1000), sum(in_time))


@given(given_lists, received_lists, cleared_days, judging_days, st.data())
@examples(200)
def test_no_payment_more_ever_leaves_less_counted_in_all(promises, received, cleared, on, data):
    fewer = [paid for paid in received if data.draw(st.booleans())]
    total = sum(one.counted for one in judge(promises, received, cleared, TERMS, on))
    assert sum(one.counted for one in judge(promises, fewer, cleared, TERMS, on)) <= total
