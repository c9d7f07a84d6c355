"""Days and times of the one-breath line; what is impossible is None, never a guess."""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Sequence

from rulebook.one_breath_words import (
    DAY_PARTS,
    DELAY_UNITS,
    MONTH_END,
    NEAR_DAYS,
    WEEK_SHIFTS,
    WEEK_WORDS,
    WEEKDAY_SIGNS,
    WEEKDAYS,
)

YEARS = range(2000, 2100)  # any other is a slip of the finger
_HOURS = range(24)
_WAKING_HOURS = range(8, 24)  # 3点 without a part of the day is three in the afternoon: nobody is called at night


def day(word: str, today: dt.date) -> dt.date | None:
    """The date a word names, seen from today."""
    if word in NEAR_DAYS:
        return today + dt.timedelta(days=NEAR_DAYS[word])
    if word in WEEKDAYS:
        return _next_weekday(today, WEEKDAYS[word])
    if word in MONTH_END:
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    return next((read(found, today) for shape, read in _DAYS if (found := shape.fullmatch(word))), None)


def clock(word: str) -> dt.time | dt.timedelta | None:
    """The time of day a word names, or how long from now."""
    if found := _DELAYS[0].fullmatch(word) or _DELAYS[1].fullmatch(word):
        return int(found["number"]) * DELAY_UNITS[found["unit"]]
    if found := _COLON.fullmatch(word):
        part = found["part"] or found["half"]
        return _time(int(found["hour"]), int(found["minute"]), DAY_PARTS[part] if part else _HOURS)
    if found := _ENGLISH.fullmatch(word):
        return _time(int(found["hour"]), 0, DAY_PARTS[found["half"]])
    if found := _CHINESE.fullmatch(word):
        minute = 30 if found["half"] else int(found["minute"] or 0)
        return _time(int(found["hour"]), minute, DAY_PARTS[found["part"]] if found["part"] else _WAKING_HOURS)
    return None


def moment(said: dt.time | dt.timedelta, on: dt.date | None, now: dt.datetime) -> dt.datetime | None:
    """When that is: on the date, else today if still to come, else tomorrow; None where the two contradict."""
    if isinstance(said, dt.timedelta):
        at = (now.astimezone(dt.UTC) + said).astimezone(now.tzinfo).replace(second=0, microsecond=0)
        return at if on in (None, at.date()) else None
    at = dt.datetime.combine(on or now.date(), said, now.tzinfo)
    if on is None and at <= now:
        at = dt.datetime.combine(now.date() + dt.timedelta(days=1), said, now.tzinfo)
    # An hour that the clocks skip does not survive the way to UTC and back.
    back = at.astimezone(dt.UTC).astimezone(now.tzinfo)
    return at if back.replace(tzinfo=None) == at.replace(tzinfo=None) else None


def _time(hour: int, minute: int, hours: range) -> dt.time | None:
    later = hour + 12 if 1 <= hour <= 11 else hour
    meant = next((each for each in (hour, later) if each in hours), None)
    return None if meant is None or minute > 59 else dt.time(meant, minute)


def _date(year: int, month: int, number: int) -> dt.date | None:
    try:
        return dt.date(year, month, number) if year in YEARS else None
    except ValueError:
        return None


def _next_weekday(today: dt.date, number: int) -> dt.date:
    return today + dt.timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _weekday_sign(found: re.Match[str], today: dt.date) -> dt.date:
    number = WEEKDAY_SIGNS[found["sign"]]
    if not found["shift"]:
        return _next_weekday(today, number)
    return today + dt.timedelta(days=number - today.weekday(), weeks=WEEK_SHIFTS[found["shift"]])


def _ahead(found: re.Match[str], today: dt.date) -> dt.date:
    return today + dt.timedelta(days=int(found["days"]))


def _ago(found: re.Match[str], today: dt.date) -> dt.date:
    return today - dt.timedelta(days=int(found["days"]))


def _full_date(found: re.Match[str], _: dt.date) -> dt.date | None:
    return _date(int(found["year"]), int(found["month"]), int(found["day"]))


def _month_and_day(found: re.Match[str], today: dt.date) -> dt.date | None:
    """The nearest such date, before or after: money is promised in weeks to come and was paid in weeks gone by."""
    years = (today.year - 1, today.year, today.year + 1)
    dates = [date for year in years if (date := _date(year, int(found["month"]), int(found["day"])))]
    return min(dates, key=lambda date: (abs(date - today), -date.toordinal()), default=None)


def _day_of_month(found: re.Match[str], today: dt.date) -> dt.date | None:
    coming = (today + dt.timedelta(days=ahead) for ahead in range(1, 63))  # a 31st is at most two months away
    return next((date for date in coming if date.day == int(found["day"])), None)


_WEEKS, _SIGNS, _SHIFTS = "|".join(WEEK_WORDS), "".join(WEEKDAY_SIGNS), "".join(WEEK_SHIFTS)
_DAYS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date], dt.date | None]]] = (
    (re.compile(rf"(?:(?P<shift>[{_SHIFTS}])个?)?(?:{_WEEKS})(?P<sign>[{_SIGNS}])"), _weekday_sign),
    (re.compile(r"\+(?P<days>[0-9]{1,3})d?"), _ahead),
    (re.compile(r"(?P<days>[0-9]{1,3})[天日]后"), _ahead),
    (re.compile(r"-(?P<days>[0-9]{1,3})d"), _ago),
    (re.compile(r"(?P<days>[0-9]{1,3})[天日]前"), _ago),
    (re.compile(r"(?P<year>[0-9]{4})([-/])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})"), _full_date),
    (re.compile(r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})[日号]"), _full_date),
    (re.compile(r"(?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})"), _month_and_day),
    (re.compile(r"(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})[日号]"), _month_and_day),
    (re.compile(r"(?P<day>[0-9]{1,2})[日号]"), _day_of_month),
)
_PART = f"(?P<part>{'|'.join(part for part in DAY_PARTS if not part.isascii())})?"
_DELAYS = (
    re.compile(r"\+(?P<number>[0-9]{1,3})(?P<unit>[hm])"),
    re.compile(r"(?P<number>[0-9]{1,3})(?P<unit>小时|个小时|分钟)后"),
)
_COLON = re.compile(rf"{_PART}(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}})(?P<half>am|pm)?")
_ENGLISH = re.compile(r"(?P<hour>[0-9]{1,2})(?P<half>am|pm)")
_CHINESE = re.compile(rf"{_PART}(?P<hour>[0-9]{{1,2}})点(?:(?P<half>半)|(?P<minute>[0-9]{{1,2}})分?)?")
