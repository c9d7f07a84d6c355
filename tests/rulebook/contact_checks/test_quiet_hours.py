"""CN-TIME-01: the night, by the clock where the person is."""

import datetime as dt
from dataclasses import replace

import pytest

from rulebook.contact_checks.quiet_hours import refuses
from rulebook.contact_rules import Purpose, Refusal
from tests.rulebook.contact_facts import NOON, facts, moment, rule

RULE = rule("CN-TIME-01")


@pytest.mark.parametrize("clock", ["08:00", "08:01", "12:00", "21:59", "21:59:59.999999"])
def test_by_day_a_call_is_allowed(clock: str):
    assert refuses(facts(), RULE, moment(f"2026-10-31 {clock}")) is None


@pytest.mark.parametrize(
    ("asleep", "awake"),
    [
        ("2026-10-31 22:00", "2026-11-01 08:00"),
        ("2026-10-31 23:59:59.999999", "2026-11-01 08:00"),
        ("2026-11-01 00:00", "2026-11-01 08:00"),
        ("2026-11-01 07:59:59.999999", "2026-11-01 08:00"),
        ("2026-12-31 22:30", "2027-01-01 08:00"),
    ],
)
def test_at_night_a_call_waits_for_the_morning(asleep: str, awake: str):
    assert refuses(facts(), RULE, moment(asleep)) == Refusal(RULE, moment(awake))


@pytest.mark.parametrize("purpose", Purpose)
def test_the_night_is_quiet_for_every_purpose(purpose: Purpose):
    assert refuses(facts(purpose=purpose), RULE, moment("2026-10-31 22:00"))
    assert refuses(facts(purpose=purpose), RULE, NOON) is None


def test_the_clock_is_that_of_the_person_not_of_the_lender():
    assert refuses(facts(zone="America/New_York"), RULE, NOON) == Refusal(
        RULE, moment("2026-10-31 08:00", "America/New_York")
    )
    assert refuses(facts(zone="Europe/London"), RULE, moment("2026-10-31 23:00")) is None


@pytest.mark.parametrize(
    ("zone", "evening", "hours"),
    [
        ("Europe/London", "2026-03-28", 9),
        ("Europe/London", "2026-10-24", 11),
        ("America/New_York", "2026-03-07", 9),
        ("America/New_York", "2026-10-31", 11),
        ("Asia/Shanghai", "2026-10-31", 10),
    ],
)
def test_a_night_in_which_the_clocks_change_is_shorter_or_longer(zone: str, evening: str, hours: int):
    begins = moment(f"{evening} 22:00", zone)
    refusal = refuses(facts(zone=zone), RULE, begins)
    assert refusal == Refusal(RULE, begins + dt.timedelta(hours=hours))
    assert refuses(facts(zone=zone), RULE, begins + dt.timedelta(hours=hours)) is None


def test_in_the_hour_that_comes_twice_it_is_still_the_same_night():
    first, second = (moment("2026-10-25 01:30", "Europe/London", fold) for fold in (0, 1))
    assert second - first == dt.timedelta(hours=1)
    morning = moment("2026-10-25 08:00", "Europe/London")
    assert [refuses(facts(zone="Europe/London"), RULE, at) for at in (first, second)] == [Refusal(RULE, morning)] * 2


def test_a_quiet_time_may_also_lie_within_one_day():
    siesta = replace(RULE, values={"quiet_from": dt.time(12), "quiet_until": dt.time(14)})
    assert refuses(facts(), siesta, NOON) == Refusal(siesta, moment("2026-10-31 14:00"))
    assert refuses(facts(), siesta, moment("2026-10-31 11:59")) is None
    assert refuses(facts(), siesta, moment("2026-10-31 14:00")) is None


@pytest.mark.parametrize("zone", ["", "Asia", "Asia/Atlantis"])
def test_without_a_known_time_zone_it_is_always_night(zone: str):
    assert refuses(facts(zone=zone), RULE, NOON) == Refusal(RULE, None)
