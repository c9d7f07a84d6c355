"""What the cases room does by itself."""

import datetime as dt
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from cases import assignment_services, desk_services, night_services
from cases.models import ClosedDay

# From when on a date that begins is to be closed; the schedule asks for it then.
CLOSES_AT = dt.time(0, 30)
# How many workers share a night.
WORKERS = 2
# A worker that was sent and has not begun by then, in seconds, is sent again by "carry the night on" instead.
NOT_LATER_THAN = 300


@shared_task
def close_day() -> None:
    """Open and move cases, so that the lists are right when people come to work; missed days come first."""
    days = night_services.days_to_close(timezone.localdate())
    if days:
        try:
            _send_workers(night_services.plan_day(on=days[0], at=timezone.now()))
        except night_services.DayRefused:
            return  # somebody else has come further meanwhile


def _send_workers(day: ClosedDay) -> None:
    # The plan must be there before whoever works by it.
    for _worker in range(WORKERS):
        transaction.on_commit(partial(work_on_night.apply_async, (day.pk,), expires=NOT_LATER_THAN))


@shared_task
def work_on_night(day_id: int) -> None:
    """Do chunks of a night until none is left; whoever finishes the day begins the next that was missed."""
    day = ClosedDay.objects.get(pk=day_id)
    while night_services.work_chunk(day=day, at=timezone.now()):
        pass
    if night_services.finish_day(day=day, at=timezone.now()):
        close_day()


@shared_task
def carry_the_night_on() -> None:
    """Send workers to a night that nobody works on, such as after a power cut, or begin a day that was missed.

    Today is missed as well once its hour has come: whoever should have begun it was away.
    """
    now = timezone.localtime()
    if left := night_services.begun_and_left():
        _send_workers(left)
    elif night_services.has_missed(now.date(), with_today=now.time() >= CLOSES_AT):
        close_day()


@shared_task
def hand_over(handover_id: int) -> None:
    """Carry out a handover that somebody agreed to."""
    assignment_services.run_handover(handover_id=handover_id, on=timezone.localdate(), at=timezone.now())


@shared_task
def wake_queue() -> int:
    """Place the cases anew whose moment has come, such as a call back; says how many."""
    return desk_services.wake(at=timezone.now())
