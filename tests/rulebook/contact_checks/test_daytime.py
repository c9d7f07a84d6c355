"""HOUSE-DAYTIME-01: the hours in which the policy sends."""

import datetime as dt

import pytest

from rulebook.contact_checks.daytime import refuses
from rulebook.contact_rules import Purpose, Refusal
from tests.rulebook.contact_facts import NOON, moment, rule, sms

RULE = rule("HOUSE-DAYTIME-01")
WINDOW = (dt.time(9, 30), dt.time(20))
LONDON = "Europe/London"


@pytest.mark.parametrize("clock", ["09:30", "12:00", "19:59:59.999999"])
def test_within_the_hours_a_message_is_sent(clock: str):
    assert refuses(sms(daytime=WINDOW), RULE, moment(f"2026-10-31 {clock}")) is None


@pytest.mark.parametrize(
    ("closed", "opens"),
    [
        ("2026-10-31 00:00", "2026-10-31 09:30"),
        ("2026-10-31 09:29:59.999999", "2026-10-31 09:30"),
        ("2026-10-31 20:00", "2026-11-01 09:30"),
        ("2026-12-31 23:59:59.999999", "2027-01-01 09:30"),
    ],
)
def test_outside_them_it_waits_until_they_open(closed: str, opens: str):
    assert refuses(sms(daytime=WINDOW), RULE, moment(closed)) == Refusal(RULE, moment(opens))


@pytest.mark.parametrize("purpose", Purpose)
def test_the_hours_are_those_of_every_purpose(purpose: Purpose):
    assert refuses(sms(purpose=purpose, daytime=WINDOW), RULE, moment("2026-10-31 20:00"))
    assert refuses(sms(purpose=purpose, daytime=WINDOW), RULE, NOON) is None


def test_a_policy_without_hours_leaves_it_to_the_law():
    assert refuses(sms(), RULE, moment("2026-10-31 23:00")) is None
    assert refuses(sms(zone="Nowhere"), RULE, NOON) is None


@pytest.mark.parametrize(("evening", "hours"), [("2026-03-28", 12.5), ("2026-10-24", 14.5), ("2026-10-31", 13.5)])
def test_a_night_in_which_the_clocks_change_is_shorter_or_longer(evening: str, hours: float):
    closes = moment(f"{evening} 20:00", LONDON)
    opens = closes + dt.timedelta(hours=hours)
    given = sms(daytime=WINDOW, zone=LONDON)
    assert refuses(given, RULE, closes) == Refusal(RULE, opens)
    assert refuses(given, RULE, opens) is None


@pytest.mark.parametrize("hours", [(dt.time(10), dt.time(10)), (dt.time(20), dt.time(9))])
def test_hours_that_never_open_wait_for_a_person(hours: tuple[dt.time, dt.time]):
    assert refuses(sms(daytime=hours), RULE, NOON) == Refusal(RULE, None)


def test_without_a_known_time_zone_they_never_open():
    assert refuses(sms(daytime=WINDOW, zone="Nowhere"), RULE, NOON) == Refusal(RULE, None)
