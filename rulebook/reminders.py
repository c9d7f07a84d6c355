"""Which reminder is due today, and how long it is worth sending.

A step is sent once for each day it is counted from. After days without a run only the latest of the missed steps
goes out: nobody gets three reminders on one morning, and never a mild one after a firm one.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from rulebook.local_time import day_after_starts_at, zone_named
from rulebook.terms import Medium, ReminderStep, ReminderTerms

FROM_THE_DAY_ON = "overdue"  # every other kind of step comes before the day it is counted from


class UnknownZone(ValueError):
    """There is no time zone of that name, so nobody can say when it is day there."""


def due_step(steps: Sequence[ReminderStep], anchor: str, days: int, done: Collection[str]) -> ReminderStep | None:
    """The step to send today; None when there is none yet, or it or a later one was sent already.

    `days` is how many days today is after the day that is counted from, negative before it; for "overdue" these are
    the days past due. `done` has the codes of the steps that were sent or tried for that same day. A reminder that
    comes before a day is never due on that day or later.
    """
    if anchor != FROM_THE_DAY_ON and days >= 0:
        return None
    ours = [step for step in steps if step.anchor == anchor]
    latest = max((step for step in ours if step.days <= days), key=_days, default=None)
    if latest is None or any(step.code in done for step in ours if step.days >= latest.days):
        return None
    return latest


def order_of_media(step: ReminderStep, worked_last: str | None) -> tuple[Medium, ...]:
    """By what to try it, in order: while a case is watched what worked last comes first, else as the policy says."""
    if step.anchor != "watch":
        return step.media
    return tuple(sorted(step.media, key=lambda medium: medium != worked_last))


def send_after(on: dt.date, terms: ReminderTerms, zone: str) -> dt.datetime:
    """The moment, in UTC, from which a message planned for that local day may go out; UnknownZone without a zone."""
    place = zone_named(zone)
    if place is None:
        raise UnknownZone(zone)
    return dt.datetime.combine(on, terms.send_from, place).astimezone(dt.UTC)


def expires_at(planned_on: dt.date, terms: ReminderTerms, zone: str) -> dt.datetime:
    """The moment, in UTC, from which the message is no longer worth sending; UnknownZone without a zone."""
    end = day_after_starts_at(planned_on + dt.timedelta(days=terms.expires_days), zone)
    if end is None:
        raise UnknownZone(zone)
    return end


def _days(step: ReminderStep) -> int:
    return step.days
