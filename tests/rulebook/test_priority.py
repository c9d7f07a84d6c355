"""Every rung of the queue and what it gives way to; every rule and its edge; and when a place has to be made anew."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.priority import Line, Place, QueueFacts, Reason, place
from rulebook.terms import Band, PriorityTerms
from tests.rulebook.histories import examples

ZONE = "Asia/Shanghai"
ON = dt.date(2026, 10, 31)
NOON = dt.datetime(2026, 10, 31, 12, tzinfo=ZoneInfo(ZONE))
TERMS = PriorityTerms()
NO_POINTS = PriorityTerms(
    overdue=(), days_past_due=(), days_since_contact=(), willingness_times_ability=(), bucket_points=0, relapse_points=0
)


def day(after: int) -> dt.date:
    return ON + dt.timedelta(days=after)


def hours(after: float) -> dt.datetime:
    return NOON + dt.timedelta(hours=after)


def midnight(after: int) -> dt.datetime:
    return dt.datetime.combine(day(after), dt.time.min, ZoneInfo(ZONE))


def facts(**more: Any) -> QueueFacts:
    """A case somebody has worked and reached today, so that no rule gives points and no line calls it up."""
    quiet = QueueFacts(
        at=NOON,
        zone=ZONE,
        overdue_amount=Decimal(100),
        days_past_due=0,
        opened_on=day(-20),
        is_touched=True,
        last_contact_on=ON,
    )
    return replace(quiet, **more)


def at_first(terms: PriorityTerms = TERMS, **more: Any) -> tuple[Line, Reason]:
    found = place(facts(**more), terms)
    return found.line, found.why[0]


def test_a_case_nobody_has_to_do_anything_about_rests():
    assert place(facts(), TERMS) == Place(Line.REST, 0, (Reason("nothing_urgent"),), midnight(2), day(2))
    assert place(facts(), NO_POINTS) == Place(Line.REST, 0, (Reason("nothing_urgent"),), None, None)


CALLBACK_DUE: dict[str, Any] = {"callback_at": NOON}
CALLBACK_LATER: dict[str, Any] = {"callback_at": hours(1)}
RESTING: dict[str, Any] = {"rest_until": hours(4), "rest_why": "next_action"}
HELD: dict[str, Any] = {"rest_until": hours(4), "rest_why": "hold"}
NO_LAWFUL_MOMENT: dict[str, Any] = {"rest_until": hours(4), "rest_why": "lawful"}
BROKEN: dict[str, Any] = {"promise_broken_on": day(-1)}
DUE_TODAY: dict[str, Any] = {"promise_due_on": ON}
IN_GRACE: dict[str, Any] = {"promise_due_on": day(-1)}
PROMISED: dict[str, Any] = {"promise_due_on": day(3)}
UNANSWERED: dict[str, Any] = {"unanswered_since": hours(-2)}
COURTESY: dict[str, Any] = {"courtesy_at": NOON}
UNTOUCHED: dict[str, Any] = {"is_touched": False, "opened_on": day(-2)}
RELAPSED: dict[str, Any] = {"relapsed_on": day(-1)}
SCORED: dict[str, Any] = {"has_relapsed": True}

REST_REASON = Reason("next_action", hours(4).isoformat())
RUNGS: list[tuple[dict[str, Any], Line, Reason]] = [
    (HELD, Line.WAITING, Reason("hold", hours(4).isoformat())),
    (CALLBACK_DUE, Line.CALLBACK, Reason("callback", NOON.isoformat())),
    (CALLBACK_LATER, Line.WAITING, Reason("callback_later", hours(1).isoformat())),
    (RESTING, Line.WAITING, REST_REASON),
    (BROKEN, Line.BROKEN, Reason("promise_broken", "2026-10-30")),
    (DUE_TODAY, Line.DUE_TODAY, Reason("promise_due", "2026-10-31")),
    (UNANSWERED, Line.INBOUND, Reason("unanswered", hours(-2).isoformat())),
    (PROMISED, Line.WAITING, Reason("promise_open", "2026-11-03")),
    (RELAPSED, Line.NEW, Reason("relapsed", "2026-10-30")),
    (COURTESY, Line.NEW, Reason("courtesy", NOON.isoformat())),
    (UNTOUCHED, Line.NEW, Reason("untouched", "2026-10-29")),
    (SCORED, Line.SCORE, Reason("score")),
    ({}, Line.REST, Reason("nothing_urgent")),
]


@pytest.mark.parametrize(("given", "line", "reason"), RUNGS, ids=[reason.code for _, _, reason in RUNGS])
def test_each_line_says_why(given, line, reason):
    assert at_first(**given) == (line, reason)


@pytest.mark.parametrize("rung", range(len(RUNGS)), ids=[reason.code for _, _, reason in RUNGS])
def test_a_rung_goes_before_all_that_stand_below_it(rung):
    everything: dict[str, Any] = {}
    for reasons, _, _ in reversed(RUNGS[rung:]):
        everything |= reasons
    assert at_first(**everything) == RUNGS[rung][1:]


@pytest.mark.parametrize("barred", [HELD, NO_LAWFUL_MOMENT], ids=["hold", "lawful"])
@pytest.mark.parametrize("urgent", [CALLBACK_DUE, BROKEN, DUE_TODAY, UNANSWERED], ids=lambda given: next(iter(given)))
def test_where_nobody_may_call_nothing_else_is_heard(barred, urgent):
    assert at_first(**urgent, **barred) == (Line.WAITING, Reason(barred["rest_why"], hours(4).isoformat()))
    ended = {**barred, "rest_until": NOON}
    assert at_first(**urgent, **ended)[0] not in (Line.WAITING, Line.REST)


@pytest.mark.parametrize("why", ["next_action", "verify", "promise"])
def test_of_our_own_rests_only_an_appointment_gets_a_case_out(why):
    rest: dict[str, Any] = {"rest_until": hours(4), "rest_why": why}
    assert at_first(**rest, **CALLBACK_DUE)[0] == Line.CALLBACK
    for urgent in (BROKEN, DUE_TODAY, UNANSWERED, COURTESY, UNTOUCHED):
        assert at_first(**{**urgent, **rest}) == (Line.WAITING, Reason(why, hours(4).isoformat()))


def test_a_rest_without_an_end_lasts_until_somebody_ends_it():
    endless = place(facts(rest_why="hold"), TERMS)
    assert (endless.line, endless.why[0], endless.wakes_at) == (Line.WAITING, Reason("hold"), None)


def test_a_promise_stays_on_top_through_its_days_of_grace():
    assert at_first(**IN_GRACE) == (Line.DUE_TODAY, Reason("promise_due", "2026-10-30"))


def test_a_message_is_heard_although_a_promise_lies_ahead_but_not_before_an_agreed_call():
    assert at_first(**UNANSWERED, **PROMISED) == (Line.INBOUND, Reason("unanswered", hours(-2).isoformat()))
    assert at_first(**UNANSWERED, **DUE_TODAY)[0] == Line.DUE_TODAY
    assert at_first(**UNANSWERED, **CALLBACK_LATER)[1].code == "callback_later"


def test_a_courtesy_call_is_made_when_it_is_due_and_not_while_a_promise_is_open():
    assert at_first(courtesy_at=hours(1)) == (Line.REST, Reason("nothing_urgent"))
    assert at_first(**COURTESY) == (Line.NEW, Reason("courtesy", NOON.isoformat()))
    assert at_first(**COURTESY, **PROMISED)[1].code == "promise_open"


def test_a_new_case_goes_before_the_scored_ones_once_its_service_level_has_passed():
    assert at_first(is_touched=False, opened_on=day(-2))[0] == Line.NEW
    assert at_first(is_touched=False, opened_on=day(-1))[0] == Line.REST
    assert at_first(is_touched=True, opened_on=day(-2))[0] == Line.REST
    assert at_first(PriorityTerms(service_level_days=0), is_touched=False, opened_on=ON)[0] == Line.NEW


def points(terms: PriorityTerms = TERMS, **more: Any) -> dict[str, tuple[str, int]]:
    found = place(facts(**more), terms)
    assert found.points == sum(reason.points for reason in found.why)
    return {reason.code: (reason.have, reason.points) for reason in found.why[1:]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"overdue_amount": Decimal("999.99")}, {}),
        ({"overdue_amount": Decimal(1000)}, {"overdue": ("1000", 5)}),
        ({"overdue_amount": Decimal("1234567.00")}, {"overdue": ("50000", 30)}),
        ({"days_past_due": 7}, {"days_past_due": ("1", 5)}),
        ({"days_past_due": 8}, {"days_past_due": ("8", 10)}),
        ({"days_past_due": 27}, {"days_past_due": ("8", 10)}),
        ({"days_past_due": 28}, {"days_past_due": ("8", 10), "bucket": ("31", 15)}),
        ({"days_past_due": 30}, {"days_past_due": ("8", 10), "bucket": ("31", 15)}),
        ({"days_past_due": 31}, {"days_past_due": ("31", 20)}),
        ({"days_past_due": 60}, {"days_past_due": ("31", 20), "bucket": ("61", 15)}),
        ({"days_past_due": 91}, {"days_past_due": ("91", 25)}),
        ({"last_contact_on": day(-1)}, {}),
        ({"last_contact_on": day(-2)}, {"since_contact": ("2", 5)}),
        ({"last_contact_on": None, "opened_on": day(-1)}, {}),
        ({"last_contact_on": None, "opened_on": day(-9)}, {"never_reached": ("8", 20)}),
        ({"willingness": 3, "ability": 3}, {"willing_and_able": ("9", 20)}),
        ({"willingness": 1, "ability": 3}, {"willing_and_able": ("1", 5)}),
        ({"willingness": 3, "ability": 0}, {}),
        ({"willingness": 3}, {}),
        ({"ability": 3}, {}),
        ({"has_relapsed": True}, {"relapse": ("", 15)}),
    ],
)
def test_a_rule_gives_the_points_of_the_highest_step_a_value_has_reached(given, expected):
    assert points(**given) == expected


def test_points_add_up_and_are_told_in_every_line():
    urgent = place(facts(**BROKEN, overdue_amount=Decimal(6000), days_past_due=29, has_relapsed=True), TERMS)
    assert (urgent.line, urgent.points) == (Line.BROKEN, 50)
    assert [reason.code for reason in urgent.why] == ["promise_broken", "overdue", "days_past_due", "bucket", "relapse"]


def test_a_step_may_stand_anywhere_in_the_list_and_between_two_numbers():
    bands = (Band(at_least=Decimal(10), points=7), Band(at_least=Decimal("1.5"), points=3))
    terms = NO_POINTS.model_copy(update={"days_past_due": bands})
    assert points(terms, days_past_due=12) == {"days_past_due": ("10", 7)}
    assert points(terms, days_past_due=2) == {"days_past_due": ("1.5", 3)}
    assert place(facts(days_past_due=1), terms).next_edge_on == day(1)


@pytest.mark.parametrize(
    ("given", "edge"),
    [
        ({"days_past_due": 7, "last_contact_on": day(-30)}, day(1)),
        ({"days_past_due": 8, "last_contact_on": day(-30)}, day(20)),  # the bucket of 31 comes near at 28
        ({"days_past_due": 28, "last_contact_on": day(-30)}, day(3)),
        ({"days_past_due": 400, "last_contact_on": day(-30)}, day(18)),
        ({"days_past_due": 8, "last_contact_on": day(-3)}, day(1)),
        ({"last_contact_on": None, "opened_on": day(-5)}, day(3)),
        ({"last_contact_on": day(-30)}, None),  # nothing in arrears, so no day is counted
    ],
)
def test_the_next_edge_is_the_day_the_calendar_changes_the_points(given, edge):
    assert place(facts(**given), TERMS).next_edge_on == edge


def test_a_step_in_another_century_is_no_edge_and_no_trouble():
    beyond = (Band(at_least=Decimal(10) ** 9, points=5),)
    terms = NO_POINTS.model_copy(update={"days_past_due": beyond, "service_level_days": 10**9})
    found = place(facts(days_past_due=5, is_touched=False), terms)
    assert (found.line, found.wakes_at, found.next_edge_on) == (Line.REST, None, None)


@pytest.mark.parametrize(
    ("given", "wakes_at"),
    [
        (CALLBACK_LATER, hours(1)),
        (RESTING, hours(4)),
        (RESTING | CALLBACK_LATER, hours(1)),
        (RESTING | {"callback_at": hours(9)}, hours(9)),
        (HELD | CALLBACK_LATER, hours(4)),
        ({"courtesy_at": hours(2)}, hours(2)),
        (PROMISED | {"courtesy_at": hours(2)}, midnight(3)),
        (PROMISED, midnight(3)),
        (RESTING | PROMISED, hours(4)),
        (BROKEN, None),
        (CALLBACK_DUE, None),
        ({"is_touched": False, "opened_on": day(-1)}, midnight(1)),
        ({"is_touched": False, "opened_on": day(-1), **BROKEN}, None),
    ],
)
def test_a_case_wakes_when_the_clock_alone_changes_its_line_or_why(given, wakes_at):
    assert place(facts(**given), TERMS).wakes_at == wakes_at


def test_the_day_begins_where_the_portfolio_is():
    late_in_utc = dt.datetime(2026, 10, 30, 16, tzinfo=dt.UTC)  # already the 31st in Shanghai
    assert at_first(at=late_in_utc, **DUE_TODAY)[0] == Line.DUE_TODAY
    just_before = place(facts(at=late_in_utc - dt.timedelta(seconds=1), **DUE_TODAY), TERMS)
    assert (just_before.line, just_before.wakes_at) == (Line.WAITING, late_in_utc)


days_around = st.integers(-12, 12).map(day)
moments_around = st.integers(-100, 200).map(hours)
bands = st.lists(
    st.builds(Band, at_least=st.integers(0, 70).map(Decimal), points=st.sampled_from([0, 5, 10])),
    max_size=4,
    unique_by=lambda band: band.at_least,
).map(tuple)
any_terms = st.one_of(
    st.just(TERMS),
    st.builds(
        PriorityTerms,
        service_level_days=st.integers(0, 4),
        overdue=st.just(()),
        days_past_due=bands,
        days_since_contact=bands,
        bucket_days=st.integers(1, 29),
        bucket_points=st.sampled_from([0, 15]),
    ),
)
any_facts = st.builds(
    QueueFacts,
    at=st.integers(0, 23).map(hours),
    zone=st.sampled_from([ZONE, "America/New_York", "Pacific/Apia"]),  # New York puts the clock back on 1 November
    overdue_amount=st.sampled_from([Decimal(0), Decimal(1000)]),
    days_past_due=st.integers(0, 130),
    opened_on=st.integers(-40, 0).map(day),
    is_touched=st.booleans(),
    has_relapsed=st.booleans(),
    relapsed_on=st.none() | st.just(day(-1)),
    last_contact_on=st.none() | st.integers(-40, 0).map(day),
    callback_at=st.none() | moments_around,
    courtesy_at=st.none() | moments_around,
    promise_due_on=st.none() | days_around,
    promise_broken_on=st.none() | days_around,
    unanswered_since=st.none() | st.just(hours(-3)),
    rest_until=st.none() | moments_around,
    rest_why=st.sampled_from(["", "next_action", "hold"]),
)


def later(now: QueueFacts, moment: dt.datetime) -> QueueFacts:
    """The same case when nothing but time has passed; days past due grow while there are any."""
    zone = ZoneInfo(now.zone)
    passed = (moment.astimezone(zone).date() - now.at.astimezone(zone).date()).days
    return replace(now, at=moment, days_past_due=now.days_past_due + (passed if now.days_past_due else 0))


@given(any_facts, any_terms)
@examples(100)
def test_points_and_their_reasons_hold_until_the_next_edge_and_change_on_it(now, terms):
    found = place(now, terms)
    changed = None
    for n in range(1, 75):  # no step lies further off than the seventieth day
        moment = dt.datetime.combine(now.on + dt.timedelta(days=n), dt.time(15), ZoneInfo(now.zone))
        if place(later(now, moment), terms).why[1:] != found.why[1:]:
            changed = moment.date()
            break
    assert found.next_edge_on == changed


@given(any_facts, any_terms)
@examples(100)
def test_the_line_and_why_hold_until_the_case_wakes_and_change_then(now, terms):
    found = place(now, terms)
    if found.wakes_at:
        woken = place(later(now, found.wakes_at), terms)
        assert (woken.line, woken.why[0]) != (found.line, found.why[0])
        assert found.wakes_at > now.at
    for n in range(1, 24 * 9, 4):
        then = later(now, now.at + dt.timedelta(hours=n))
        if (found.wakes_at and then.at >= found.wakes_at) or (found.next_edge_on and then.on >= found.next_edge_on):
            break
        same = place(then, terms)
        assert (same.line, same.why[0]) == (found.line, found.why[0])


@given(any_facts, any_terms)
@examples(100)
def test_the_first_reason_is_the_lines_and_the_points_are_those_of_the_rest(now, terms):
    found = place(now, terms)
    assert found.why[0].points == 0
    assert all(reason.points > 0 for reason in found.why[1:])
    assert found.points == sum(reason.points for reason in found.why)
    assert found.points > 0 or found.line is not Line.SCORE
    assert found.points == 0 or found.line is not Line.REST
