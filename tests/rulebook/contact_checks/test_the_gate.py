"""All checks together: in which order they are asked, when a contact is next allowed, what is left of the day."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.contact_checks import CHECKS, Budget, budget, check, earliest, messages_a_day
from rulebook.contact_rules import (
    Channel,
    ContactFacts,
    HoldFacts,
    Medium,
    PastCall,
    PastMessage,
    Preset,
    Purpose,
    Refusal,
    Who,
)
from tests.rulebook.contact_facts import (
    CN,
    NOON,
    call,
    days,
    email,
    facts,
    held,
    letter,
    moment,
    rule,
    sent,
    sms,
    third_party,
    visit,
)
from tests.rulebook.histories import examples

ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "America/St_Johns", "Africa/Cairo", "Nowhere")
LONDON = "Europe/London"
KINDS = ("dispute", "deceased", "represented", "no_contact", "manual")
NIGHT = moment("2026-10-31 23:00")
SIX = tuple(call(f"2026-10-31 09:0{minute}") for minute in range(6))
THREE = tuple(call(f"2026-10-31 10:0{minute}", connected=True) for minute in range(3))
THREE_SENT = tuple(sent(f"2026-10-31 09:0{minute}") for minute in range(3))
OFFICE_HOURS = (dt.time(9), dt.time(20))


def test_a_call_that_nothing_speaks_against_is_allowed_now():
    assert check(facts(), CN, NOON) is None
    assert earliest(facts(), CN, NOON) == NOON
    assert budget(facts(), CN, NOON) == Budget(3, 6, NOON, None)


def messages_left(given: ContactFacts, preset: Preset, at: dt.datetime) -> dict[Medium, int]:
    """How many messages the day has left, by each medium."""
    return {medium: messages_a_day.left(given, medium, preset.rules["CN-FREQ-05"], at) for medium in Medium}


def test_a_message_that_nothing_speaks_against_is_allowed_now():
    for way_to_an_address in (visit(), visit(enters=True, may_enter=True), letter()):
        assert earliest(way_to_an_address, CN, NOON) == NOON
    for message in (sms(), email()):
        assert check(message, CN, NOON) is None
        assert earliest(message, CN, NOON) == NOON
        assert messages_left(message, CN, NOON) == {Medium.SMS: 3, Medium.EMAIL: 1}


def test_what_is_left_of_the_day_is_said_for_each_medium():
    used = sms(messages=(THREE_SENT[0], sent("2026-10-31 10:00", medium=Medium.EMAIL)))
    assert messages_left(used, CN, NOON) == {Medium.SMS: 2, Medium.EMAIL: 0}
    assert messages_left(facts(zone="Nowhere"), CN, NOON) == {Medium.SMS: 0, Medium.EMAIL: 0}


# Each line adds one more reason, from the last check to the first; those of the other channel speak against nothing.
REASONS: list[tuple[str, dict[str, Any]]] = [
    ("HOUSE-DISCLOSE-01", {"number_is_shared": True}),
    ("CN-FORB-01", {"text": "黑名单"}),
    ("HOUSE-TEXT-01", {"text": "{name}, 黑名单"}),
    ("CN-VISIT-01", {"enters": True}),
    ("CN-VISIT-02", {"visitors": 1}),
    ("CN-FREQ-05", {"messages": THREE_SENT}),
    ("CN-FREQ-03", {"calls": SIX}),
    ("CN-FREQ-01", {"calls": SIX + THREE}),
    ("HOUSE-DAYTIME-01", {"daytime": (dt.time(18), dt.time(20))}),
    ("CN-TIME-01", {"zone": "Nowhere"}),
    ("HOUSE-NUMBER-01", {"number_status": "wrong"}),
    ("CN-WHO-06", {"number_source": ""}),
    ("HOUSE-OPTOUT-01", {"opted_out": True}),
    ("CN-WHO-02", {"who": Who.THIRD_PARTY, "purpose": Purpose.DUE_REMINDER}),
    ("CN-WHO-01", {"purpose": Purpose.COLLECT}),
    ("CN-WHO-05", {"number_status": "stopped"}),
    ("HOUSE-VERIFY-01", {"verifying_until": NOON + dt.timedelta(days=1)}),
    ("HOUSE-PROMISE-01", {"promise_until_on": days(1)}),
    ("HOUSE-HOLD-01", {"holds": held("dispute")}),
    ("HOUSE-CURED-01", {"is_cured": True}),
]


@pytest.mark.parametrize("allowed", [facts(), sms(), visit(), letter()], ids=["call", "message", "visit", "letter"])
def test_of_several_reasons_the_one_that_is_asked_first_is_named(allowed: ContactFacts):
    given, named = allowed, []
    for rule_id, reason in REASONS:
        given = replace(given, **reason)
        refusal = check(given, CN, NOON)
        if CN.rules[rule_id].applies(allowed.channel):
            named.append(refusal and refusal.rule.id)
    assert [rule_id for rule_id, _ in REASONS] == list(CHECKS)[::-1]
    assert named == [rule_id for rule_id in list(CHECKS)[::-1] if CN.rules[rule_id].applies(allowed.channel)]


def test_every_rule_of_the_preset_has_its_check():
    assert set(CHECKS) == set(CN.rules)


def test_a_rule_is_asked_on_its_channels_only():
    assert check(facts(calls=THREE), CN, NOON) == Refusal(rule("CN-FREQ-01"), moment("2026-11-01 00:00"))
    assert check(sms(calls=SIX + THREE), CN, NOON) is None
    assert check(sms(messages=THREE_SENT), CN, NOON) == Refusal(rule("CN-FREQ-05"), moment("2026-11-01 00:00"))
    of_messages = {"messages": THREE_SENT, "opted_out": True, "number_is_shared": True, "text": "{}黑名单"}
    assert check(facts(**of_messages, daytime=(dt.time(18), dt.time(20))), CN, NOON) is None
    of_calls_too = of_messages | {"calls": SIX + THREE, "daytime": (dt.time(18), dt.time(20))}
    assert check(visit(**of_calls_too), CN, NOON) is None
    assert check(letter(**of_calls_too), CN, NOON) is None
    assert check(visit(), CN, NIGHT) == Refusal(rule("CN-TIME-01"), moment("2026-11-01 08:00"))
    # A letter is written by night and comes with the post.
    assert check(letter(), CN, NIGHT) is None


def test_after_the_last_call_of_a_day_the_next_is_in_the_morning():
    assert earliest(facts(calls=THREE), CN, NOON) == moment("2026-11-01 08:00")
    assert budget(facts(calls=SIX + THREE), CN, NOON) == Budget(
        0, 0, moment("2026-11-01 08:00"), Refusal(rule("CN-FREQ-01"), moment("2026-11-01 00:00"))
    )


def test_after_the_last_message_of_a_day_the_next_is_when_the_policy_sends():
    used_up = sms(messages=THREE_SENT, daytime=OFFICE_HOURS)
    assert check(used_up, CN, NOON) == Refusal(rule("CN-FREQ-05"), moment("2026-11-01 00:00"))
    assert earliest(used_up, CN, NOON) == moment("2026-11-01 09:00")
    assert earliest(sms(daytime=OFFICE_HOURS), CN, NIGHT) == moment("2026-11-01 09:00")
    assert earliest(sms(daytime=(dt.time(6), dt.time(20))), CN, NIGHT) == moment("2026-11-01 08:00")


def test_hours_of_the_policy_that_are_all_night_leave_no_date():
    assert earliest(sms(daytime=(dt.time(2), dt.time(5))), CN, NOON) is None


def test_a_text_that_is_not_written_yet_is_asked_about_when_it_is():
    assert check(sms(text=None), CN, NOON) is None
    assert check(sms(text=""), CN, NOON) == Refusal(rule("HOUSE-TEXT-01"), None)


def test_the_eve_of_a_promise_an_answer_and_a_notice_are_written_while_collection_waits():
    for waits in ({"is_cured": True}, {"promise_until_on": days(1)}):
        for written in (sms, letter):
            sent_on = {purpose for purpose in Purpose if check(written(purpose=purpose, **waits), CN, NOON) is None}
            assert sent_on == {Purpose.DUE_REMINDER, Purpose.SERVICE, Purpose.NOTICE}
        assert check(visit(**waits), CN, NOON) is not None


def test_every_reason_that_time_mends_is_followed_to_its_end():
    patient = facts(
        holds=held("dispute", until_on=days(2)),
        promise_until_on=days(4),
        verifying_until=moment("2026-11-05 21:00"),
        calls=SIX + THREE,
    )
    assert earliest(patient, CN, NOON) == moment("2026-11-05 21:00")
    assert earliest(replace(patient, verifying_until=moment("2026-11-05 22:00")), CN, NOON) == moment(
        "2026-11-06 08:00"
    )


def test_what_a_person_has_to_mend_has_no_date_even_behind_something_that_has():
    assert earliest(facts(number_source="", promise_until_on=days(4)), CN, NOON) is None
    assert budget(facts(number_source=""), CN, NOON) == Budget(3, 6, None, Refusal(rule("CN-WHO-06"), None))


def test_calls_booked_for_every_day_ahead_leave_no_date():
    ahead = [f"{days(count)} 08:0{minute}" for count in range(30) for minute in range(3)]
    assert earliest(facts(calls=tuple(call(at, connected=True) for at in ahead)), CN, NOON) is None


def test_relatives_of_a_dead_borrower_may_be_asked_and_the_dead_are_not_chased():
    died = {"holds": held("deceased"), "is_deceased": True}
    assert check(third_party(**died), CN, NOON) is None
    assert check(facts(**died), CN, NOON) == Refusal(rule("HOUSE-HOLD-01"), None)


@pytest.mark.parametrize(
    ("night", "morning"), [("2026-03-28 22:30", "2026-03-29 08:00"), ("2026-10-24 22:30", "2026-10-25 08:00")]
)
def test_a_clock_that_changes_in_the_night_changes_no_morning(night: str, morning: str):
    assert earliest(facts(zone=LONDON), CN, moment(night, LONDON)) == moment(morning, LONDON)


MOMENTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC))
RARELY = st.sampled_from([False, False, False, True])
WINDOWS = [(dt.time(begins), dt.time(ends)) for begins, ends in ((9, 20), (8, 22), (13, 14), (2, 5), (10, 10))]
HOURS = st.integers(0, 60).map(lambda hours: dt.timedelta(hours=hours))


@st.composite
def contacts(draw: st.DrawFn) -> tuple[ContactFacts, dt.datetime]:
    """Any contact at any moment, its calls before that moment and its ends around it."""
    at = draw(MOMENTS)
    ends = st.none() | st.integers(-2, 3).map(lambda count: at.date() + dt.timedelta(days=count))
    past = st.builds(
        PastCall,
        at=HOURS.map(lambda ago: at - ago),
        number=st.sampled_from(["own", "theirs"]),
        connected=st.booleans(),
        right_party=st.booleans(),
        who=st.sampled_from(Who),
    )
    messages = st.builds(
        PastMessage,
        at=HOURS.map(lambda ago: at - ago),
        medium=st.sampled_from(Medium),
        purpose=st.sampled_from(Purpose),
    )
    given = ContactFacts(
        purpose=draw(st.sampled_from(Purpose)),
        channel=draw(st.sampled_from(Channel)),
        who=draw(st.sampled_from(Who)),
        zone=draw(st.sampled_from(ZONES)),
        number="own",
        number_status=draw(st.sampled_from(["ok", "ok", "ok", "wrong", "stopped"])),
        number_source=draw(st.sampled_from(["contract", "contract", ""])),
        is_cured=draw(st.booleans()),
        promise_until_on=draw(ends),
        verifying_until=draw(st.none() | HOURS.map(lambda ahead: at + ahead - dt.timedelta(hours=5))),
        holds=tuple(draw(st.lists(st.builds(HoldFacts, st.sampled_from(KINDS), ends), max_size=2))),
        calls=tuple(sorted(draw(st.lists(past, max_size=12)), key=lambda call: call.at)),
        own_numbers_usable=draw(st.integers(0, 1)),
        is_deceased=draw(st.booleans()),
        medium=draw(st.sampled_from([*Medium, *Medium, None])),
        messages=tuple(sorted(draw(st.lists(messages, max_size=6)), key=lambda message: message.at)),
        opted_out=draw(RARELY),
        number_is_shared=draw(RARELY),
        text=draw(st.sampled_from([None, "您的贷款已逾期", "您的贷款已逾期", "{amount}", "黑名单"])),
        mentions_debt=draw(st.booleans()),
        daytime=draw(st.none() | st.sampled_from(WINDOWS)),
        visitors=draw(st.sampled_from([2, 2, 2, 1])),
        enters=draw(RARELY),
        may_enter=draw(st.booleans()),
    )
    return given, at


@given(contacts())
@examples(150)
def test_a_rule_that_names_a_moment_lets_the_contact_through_at_it_and_not_before(contact: tuple[Any, dt.datetime]):
    given, at = contact
    for rule_id, refuses in CHECKS.items():
        refusal = refuses(given, rule(rule_id), at)
        if refusal and refusal.next_allowed_at:
            assert refusal.next_allowed_at > at
            assert refuses(given, rule(rule_id), refusal.next_allowed_at) is None
            assert refuses(given, rule(rule_id), refusal.next_allowed_at - dt.timedelta.resolution) is not None


@given(contacts())
@examples(50)
def test_the_earliest_moment_is_allowed_and_none_before_it_is(contact: tuple[Any, dt.datetime]):
    given, at = contact
    first = earliest(given, CN, at)
    horizon = min(first or at + dt.timedelta(days=2), at + dt.timedelta(days=2))
    assert first is None or check(given, CN, first) is None
    moment = at
    while moment < horizon:
        assert check(given, CN, moment) is not None
        moment += dt.timedelta(minutes=45)


@given(contacts())
@examples(50)
def test_a_budget_never_contradicts_the_gate(contact: tuple[Any, dt.datetime]):
    given, at = contact
    left = budget(given, CN, at)
    assert left.refusal == check(given, CN, at)
    assert (left.next_allowed_at == at) == (left.refusal is None)
    if left.refusal is None and given.channel is Channel.CALL:
        assert left.connected_left > 0 and left.unanswered_left > 0
    if left.refusal is None and given.channel is Channel.MESSAGE:
        assert given.medium and messages_left(given, CN, at)[given.medium] > 0
