"""What the wall clock shows, on the days on which somebody moves it as well."""

import datetime as dt

import pytest

from rulebook.local_time import day_after_starts_at, local, starts_at, zone_named
from tests.rulebook.contact_facts import moment


def test_a_zone_is_known_by_its_name():
    assert str(zone_named("Asia/Shanghai")) == "Asia/Shanghai"
    assert [zone_named(name) for name in ("", "Asia", "Asia/Atlantis", "../../etc/passwd", "x" * 300)] == [None] * 5


def test_without_a_known_zone_there_is_no_local_time():
    at = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
    assert str(local(at, "Asia/Shanghai")) == "2026-10-31 20:00:00+08:00"
    assert (local(at, ""), starts_at(at.date(), ""), day_after_starts_at(at.date(), "")) == (None, None, None)


def test_a_moment_that_does_not_say_its_offset_is_a_mistake():
    with pytest.raises(ValueError, match="offset"):
        local(dt.datetime(2026, 10, 31, 12), "Asia/Shanghai")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Shanghai", "2026-03-29", 24),
        ("Europe/London", "2026-03-29", 23),
        ("Europe/London", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
    ],
)
def test_a_day_has_as_many_hours_as_the_clock_gives_it(zone: str, day: str, hours: int):
    on = dt.date.fromisoformat(day)
    begins, ends = starts_at(on, zone), day_after_starts_at(on, zone)
    assert begins and ends and ends - begins == dt.timedelta(hours=hours)
    wakes, sleeps = local(begins, zone), local(ends - dt.timedelta.resolution, zone)
    assert wakes and sleeps and (wakes.date(), sleeps.date()) == (on, on)


def test_a_day_without_midnight_starts_when_the_clock_has_jumped():
    assert starts_at(dt.date(2018, 11, 4), "America/Sao_Paulo") == moment("2018-11-04 01:00", "America/Sao_Paulo")


def test_after_no_day_nothing_starts():
    assert day_after_starts_at(None, "Asia/Shanghai") is None
