"""Which step is due and which is not, side by side; then what must hold however seldom the plan is made."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.reminders import UnknownZone, due_step, expires_at, order_of_media, send_after
from rulebook.terms import ReminderStep, ReminderTerms
from tests.rulebook.histories import examples

TERMS = ReminderTerms()
ANCHORS = ("due", "overdue", "promise", "watch")
DUE_ON = dt.date(2026, 10, 31)
SHANGHAI = "Asia/Shanghai"


def due(anchor: str, days: int, *done: str) -> str | None:
    step = due_step(TERMS.steps, anchor, days, done)
    return step.code if step else None


def step(code: str) -> ReminderStep:
    return next(each for each in TERMS.steps if each.code == code)


def utc(*moment: int) -> dt.datetime:
    return dt.datetime(*moment, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("anchor", "days", "code"),
    [
        ("due", -4, None),
        ("due", -3, "before_due_3"),
        ("overdue", 0, None),
        ("overdue", 1, "overdue_1"),
        ("overdue", 30, "overdue_30"),
        ("promise", -2, None),
        ("promise", -1, "promise_eve"),
        ("watch", -6, None),
        ("watch", -5, "watch_5"),
        ("watch", -1, "watch_1"),
    ],
)
def test_a_step_is_due_on_its_day_and_not_the_day_before(anchor: str, days: int, code: str | None) -> None:
    assert due(anchor, days) == code


def test_a_step_is_sent_once() -> None:
    assert due("overdue", 1) == "overdue_1"
    assert due("overdue", 1, "overdue_1") is None
    assert due("overdue", 2, "overdue_1") is None
    assert due("overdue", 3, "overdue_1") == "overdue_3"


def test_of_several_missed_steps_only_the_latest_is_due() -> None:
    assert due("overdue", 20) == "overdue_15"
    assert due("overdue", 20, "overdue_15") is None
    assert due("overdue", 90, "overdue_1") == "overdue_30"


def test_after_a_later_step_no_earlier_one_is_due() -> None:
    assert due("overdue", 8, "overdue_3") == "overdue_7"
    assert due("overdue", 8, "overdue_15") is None


def test_a_missed_step_before_a_day_is_made_up_for_until_that_day_comes() -> None:
    assert due("due", -1) == "before_due_3"
    assert due("watch", -2) == "watch_5"
    assert [due(anchor, 0) for anchor in ANCHORS] == [None] * 4
    assert [due(anchor, 1) for anchor in ("due", "promise", "watch")] == [None] * 3


def test_what_was_done_by_another_policy_or_of_another_kind_does_not_count() -> None:
    assert due("overdue", 7, "gone_by_now", "watch_1") == "overdue_7"


def test_a_policy_without_steps_sends_nothing() -> None:
    assert due_step((), "overdue", 7, ()) is None


def test_while_watched_what_worked_last_comes_first_if_the_step_has_it() -> None:
    assert order_of_media(step("watch_5"), "email") == ("email", "sms")
    assert order_of_media(step("watch_5"), "sms") == ("sms", "email")
    assert order_of_media(step("watch_5"), None) == ("sms", "email")
    only_sms = ReminderStep(code="w", anchor="watch", days=-2, media=("sms",))
    assert order_of_media(only_sms, "email") == ("sms",)


def test_while_late_the_order_is_the_policys_whatever_worked_last() -> None:
    assert order_of_media(step("overdue_3"), "sms") == ("email", "sms")


def test_a_message_goes_out_from_the_policys_hour_where_the_borrower_is() -> None:
    assert send_after(dt.date(2026, 10, 31), TERMS, SHANGHAI) == utc(2026, 10, 31, 1)
    assert send_after(dt.date(2026, 10, 31), TERMS, SHANGHAI).tzinfo is dt.UTC
    assert send_after(dt.date(2026, 3, 7), TERMS, "America/New_York") == utc(2026, 3, 7, 14)
    assert send_after(dt.date(2026, 3, 8), TERMS, "America/New_York") == utc(2026, 3, 8, 13)


def test_where_the_clocks_skip_the_hour_a_message_waits_for_what_the_clock_shows_next() -> None:
    at_night = ReminderTerms(send_from=dt.time(2, 30))
    assert send_after(dt.date(2026, 3, 8), at_night, "America/New_York") == utc(2026, 3, 8, 7, 30)  # 03:30 there


def test_a_message_is_worth_sending_until_the_end_of_the_local_day() -> None:
    on = dt.date(2026, 10, 31)
    assert expires_at(on, TERMS, SHANGHAI) == utc(2026, 11, 1, 16)
    assert expires_at(on, ReminderTerms(expires_days=0), SHANGHAI) == utc(2026, 10, 31, 16)
    assert expires_at(on, ReminderTerms(expires_days=0), "America/New_York") == utc(2026, 11, 1, 4)
    assert expires_at(on, TERMS, "America/New_York") == utc(2026, 11, 2, 5)  # a day of 25 hours


@pytest.mark.parametrize("when", [send_after, expires_at])
def test_without_a_known_time_zone_there_is_no_answer(when) -> None:
    assert when(DUE_ON, TERMS, SHANGHAI)
    with pytest.raises(UnknownZone, match="Asia/Nowhere"):
        when(DUE_ON, TERMS, "Asia/Nowhere")


@st.composite
def some_steps(draw: st.DrawFn) -> tuple[ReminderStep, ...]:
    late = draw(st.sets(st.integers(1, 40), max_size=6))
    before = {anchor: draw(st.sets(st.integers(-12, -1), max_size=4)) for anchor in ("due", "promise", "watch")}
    falls = [("overdue", days) for days in late] + [(anchor, days) for anchor in before for days in before[anchor]]
    return tuple(
        ReminderStep(code=f"{anchor}_{abs(days)}", anchor=anchor, days=days, media=("sms",))
        for anchor, days in draw(st.permutations(falls))
    )


def sent(steps: tuple[ReminderStep, ...], anchor: str, days: list[int]) -> list[tuple[int, ReminderStep]]:
    """What goes out when the plan is made on these days, twice on each."""
    found: list[tuple[int, ReminderStep]] = []
    for day in sorted(days * 2):
        step = due_step(steps, anchor, day, {step.code for _, step in found})
        found += [(day, step)] if step else []
    return found


RUNS = st.lists(st.integers(-20, 60), unique=True)


@examples(150)
@given(some_steps(), st.sampled_from(ANCHORS), RUNS)
def test_however_often_it_is_planned_a_day_has_one_step_and_never_an_earlier_after_a_later(steps, anchor, runs):
    found = sent(steps, anchor, runs)
    assert all(one[0] < other[0] and one[1].days < other[1].days for one, other in pairwise(found))
    assert all(step.anchor == anchor and step.days <= day for day, step in found)
    assert all(day < 0 for day, step in found if anchor != "overdue")


@examples(100)
@given(some_steps(), st.sampled_from(ANCHORS))
def test_planned_every_day_each_step_goes_out_on_its_own_day(steps, anchor):
    expected = sorted(step.days for step in steps if step.anchor == anchor)
    assert [(day, step.days) for day, step in sent(steps, anchor, list(range(-20, 61)))] == [(n, n) for n in expected]


@examples(100)
@given(some_steps(), st.sampled_from(ANCHORS), RUNS)
def test_runs_with_gaps_send_nothing_that_every_day_would_not_have_sent(steps, anchor, runs):
    every_day = {step.code for _, step in sent(steps, anchor, list(range(-20, 61)))}
    assert {step.code for _, step in sent(steps, anchor, runs)} <= every_day
