"""Loading the demo the way a lender's tape is loaded: read, checked row by row, all or nothing."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from zoneinfo import ZoneInfo

from django.db import transaction

from cases.models import ClosedDay
from cases.night_services import DayRefused
from intake.columns import Kind
from intake.demo import escalated, record
from intake.demo.diary import Diary
from intake.demo.escalated import Setting
from intake.demo.lender import Lender
from intake.demo.tape import DemoTape, make_tape
from intake.demo.working_days import FIRST_NIGHTS, begin_day, first_days, receive_answers, weeks, work
from intake.services import TapeRefused
from intake.verdicts import Counts
from staff.services import add_demo_people

# The clock of the demo's portfolios; when a part of the tape comes in the evening, and when the last one does.
ZONE, EVENING, LAST = ZoneInfo("Asia/Shanghai"), dt.time(20), dt.time(0, 20)


class DemoClashes(Exception):
    """What is on file under the demo's references is not this demo."""


@transaction.atomic
def load_demo(*, loans: int, seed: int, on: dt.date, at: dt.datetime) -> Mapping[Kind, Counts]:
    """Add the demo's people, and what its tape brings anew. Raises DemoClashes, or DemoRefused outside of DEBUG.

    Where a day was closed already that the demo would have to live through, only its tape comes in.
    """
    add_demo_people(at=at)
    tape = make_tape(loans=loans, seed=seed, on=on)
    lender = Lender(tape)
    try:
        if not ClosedDay.objects.filter(on__gt=on - dt.timedelta(days=FIRST_NIGHTS[0])).exists():
            _live(lender, tape, Setting(on, ZONE, seed))
            receive_answers(at=at)
        lender.send(until=on, at=min(at, dt.datetime.combine(on, LAST, ZONE)))
    except TapeRefused as refused:
        raise DemoClashes(f"{len(refused.verdict.findings)} rows are on file with other content") from refused
    with suppress(DayRefused):  # the same demo again, after later days were closed
        begin_day(on=on, at=at)
    return lender.counts


def _live(lender: Lender, tape: DemoTape, setting: Setting) -> None:
    """What happened before the day, in the order of time. Raises TapeRefused."""
    diary, last = Diary(), setting.day(1)  # what came in on the last day comes with the day itself

    def evening(day: dt.date) -> None:
        """What had still to happen on a day, and then what the lender sends of it."""
        at = dt.datetime.combine(day, EVENING, ZONE)
        diary.live_until(at)
        if day < last:
            lender.send(until=day, at=at)

    first_days(on=setting.on, zone=ZONE, evening=evening)
    escalated.begin(diary, setting, tape)
    record.begin(diary, setting, tape)
    weeks(on=setting.on, zone=ZONE, evening=evening)
    work(on=setting.on, seed=setting.seed, zone=ZONE, evening=evening)
