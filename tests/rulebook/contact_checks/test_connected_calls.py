"""CN-FREQ-01: three connected calls a day and borrower."""

import pytest

from rulebook.contact_checks.connected_calls import left, refuses
from rulebook.contact_rules import PastCall, Refusal
from tests.rulebook.contact_facts import NOON, call, call_to_third_party, facts, moment, rule, third_party

RULE = rule("CN-FREQ-01")
TWO: tuple[PastCall, ...] = (
    call("2026-10-31 08:00", connected=True),
    call("2026-10-31 09:00", connected=True, number="another of their own"),
)
THREE = (*TWO, call("2026-10-31 11:59", connected=True))
MIDNIGHT = moment("2026-11-01 00:00")


def test_the_third_connected_call_of_a_day_is_the_last_over_all_numbers():
    assert (refuses(facts(calls=TWO), RULE, NOON), left(facts(calls=TWO), RULE, NOON)) == (None, 1)
    assert (refuses(facts(calls=THREE), RULE, NOON), left(facts(calls=THREE), RULE, NOON)) == (
        Refusal(RULE, MIDNIGHT),
        0,
    )


def test_the_next_day_brings_new_calls():
    assert refuses(facts(calls=THREE), RULE, moment("2026-10-31 23:59:59.999999")) == Refusal(RULE, MIDNIGHT)
    assert (refuses(facts(calls=THREE), RULE, MIDNIGHT), left(facts(calls=THREE), RULE, MIDNIGHT)) == (None, 3)


def test_more_calls_than_allowed_leave_none_not_less():
    assert left(facts(calls=THREE + THREE), RULE, NOON) == 0


def test_unanswered_calls_are_no_matter_of_this_rule():
    unanswered = tuple(call(f"2026-10-31 {hour}:00") for hour in ("08", "09", "10", "11"))
    assert left(facts(calls=unanswered), RULE, NOON) == 3


def test_yesterday_before_midnight_is_another_day_however_near():
    yesterday = tuple(call(f"2026-10-30 21:5{minute}", connected=True) for minute in range(3))
    assert left(facts(calls=yesterday), RULE, moment("2026-10-31 00:00")) == 3


def test_calls_to_third_parties_are_counted_among_themselves():
    theirs = tuple(call_to_third_party(f"2026-10-31 {hour}:00", connected=True, number=hour) for hour in ("08", "09"))
    assert (left(facts(calls=theirs), RULE, NOON), left(third_party(calls=theirs), RULE, NOON)) == (3, 1)
    assert (left(facts(calls=THREE), RULE, NOON), left(third_party(calls=THREE), RULE, NOON)) == (0, 3)


@pytest.mark.parametrize(
    ("zone", "day", "next_day"),
    [
        ("Europe/London", "2026-03-29", "2026-03-30"),
        ("Europe/London", "2026-10-25", "2026-10-26"),
        ("America/New_York", "2026-03-08", "2026-03-09"),
        ("America/New_York", "2026-11-01", "2026-11-02"),
    ],
)
def test_a_day_of_23_or_25_hours_is_one_day(zone: str, day: str, next_day: str):
    clocks = ("00:10", "12:00", "23:50")
    calls = tuple(call(f"{day} {clock}", connected=True, zone=zone) for clock in clocks)
    given = facts(calls=calls, zone=zone)
    assert refuses(given, RULE, moment(f"{day} 23:59", zone)) == Refusal(RULE, moment(f"{next_day} 00:00", zone))
    assert left(given, RULE, moment(f"{next_day} 00:00", zone)) == 3


def test_without_a_known_time_zone_nothing_is_left():
    assert refuses(facts(zone="Nowhere"), RULE, NOON) == Refusal(RULE, None)
    assert left(facts(zone="Nowhere"), RULE, NOON) == 0
