"""What a clock on the wall shows where the borrower is; without a known time zone there is no answer, never a guess."""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ONE_DAY = dt.timedelta(days=1)


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of that name (IANA, as "Asia/Shanghai"); None when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # an unknown name, no name, the name of a folder
        return None


def local(moment: dt.datetime, zone: str) -> dt.datetime | None:
    """The moment as the wall clock shows it; ValueError for a moment that does not say its offset."""
    if moment.utcoffset() is None:
        raise ValueError("a moment needs its offset")
    place = zone_named(zone)
    return moment.astimezone(place) if place else None


def starts_at(day: dt.date, zone: str) -> dt.datetime | None:
    """The first moment of a local day, in UTC; where the clock jumps over midnight, the moment of the jump."""
    place = zone_named(zone)
    return dt.datetime.combine(day, dt.time(), place).astimezone(dt.UTC) if place else None


def day_after_starts_at(day: dt.date | None, zone: str) -> dt.datetime | None:
    """The first moment after a local day, in UTC: that day is over."""
    return starts_at(day + ONE_DAY, zone) if day else None
