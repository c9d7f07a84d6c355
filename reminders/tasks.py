"""What the reminders room does by itself; each is a sweep: what one that did not run left, the next one finds."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from reminders import plan_services, send_services
from reminders.plan_selectors import day_to_plan

# How long one sweep sends before it makes room for other tasks; the next one goes on a minute after it began.
SENDS_FOR = dt.timedelta(seconds=40)


@shared_task
def plan_day() -> int:
    """Plan the messages of the last day that was closed, unless that is done or the day is over; says how many."""
    on = day_to_plan(timezone.localdate())
    return plan_services.plan_day(on=on, at=timezone.now()).planned if on else 0


@shared_task
def send_due(medium: str) -> int:
    """Send what is due by a medium; says how many messages a gateway was given."""
    return send_services.send_due(medium=medium, clock=timezone.now, until=timezone.now() + SENDS_FOR)


@shared_task
def tidy_outbox() -> int:
    """Call what a killed worker left in doubt by its name, and let go what is too late; says how many."""
    now = timezone.now()
    return send_services.doubt_the_unmarked(at=now) + send_services.expire_the_late(at=now)
