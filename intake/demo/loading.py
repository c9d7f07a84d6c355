"""Loading the demo the way a lender's tape is loaded: read, checked row by row, all or nothing."""

import datetime as dt
from contextlib import suppress
from zoneinfo import ZoneInfo

from django.db import transaction

from cases.night_services import DayRefused
from intake.columns import Kind
from intake.demo import escalated, record
from intake.demo.diary import Diary
from intake.demo.escalated import Setting
from intake.demo.files import files_of
from intake.demo.tape import CARDS, CONSUMER, make_tape
from intake.demo.working_days import FIRST_NIGHTS, begin_day, first_days, receive_answers, weeks, work
from intake.services import TapeRefused, import_tape
from intake.verdicts import Verdict
from loans.models import Portfolio
from loans.services import show_portfolio
from reminders.template_services import describe_lender
from staff.models import Team
from staff.services import DEMO_TEAMS, add_demo_people

# The first team sees both portfolios, the second only the cards.
SHOWN = ((CONSUMER, DEMO_TEAMS[0]), (CARDS, DEMO_TEAMS[0]), (CARDS, DEMO_TEAMS[1]))

# The clock of the demo's portfolios, and when the tape came by it.
ZONE, CAME_AT = ZoneInfo("Asia/Shanghai"), dt.time(20)

# What messages say of the lender: nobody answers at this number, and the app does not exist.
LENDER = {
    "lender": "Demo Finance",
    "lender_zh": "演示金融",
    "how_to_pay": "Pay in the Demo Finance app under Repay.",
    "how_to_pay_zh": "请在“演示金融”App的“还款”页面支付。",
    "hotline": "400-000-0000",
}


class DemoClashes(Exception):
    """What is on file under the demo's references is not this demo."""


@transaction.atomic
def load_demo(*, loans: int, seed: int, on: dt.date, at: dt.datetime) -> Verdict:
    """Add the demo's people, and what its tape brings anew. Raises DemoClashes, or DemoRefused outside of DEBUG."""
    add_demo_people(at=at)
    team = Team.objects.get(name=DEMO_TEAMS[0])
    files = files_of(make_tape(loans=loans, seed=seed, on=on))
    try:
        # As if the tape had come before the days on which people worked with it.
        came_at = dt.datetime.combine(on - dt.timedelta(days=FIRST_NIGHTS[0] + 1), CAME_AT, ZONE)
        verdict = import_tape(files=files, partial=False, by=None, team=team, at=came_at, on=on, progress=_silent)
    except TapeRefused as refused:
        raise DemoClashes(f"{len(refused.verdict.findings)} rows are on file with other content") from refused
    there = set(Portfolio.objects.values_list("code", flat=True))
    for code, name in SHOWN:
        # A demo of one loan may have made one portfolio only.
        if code in there:
            show_portfolio(code=code, team=Team.objects.get(name=name), by=None, at=at)
    with suppress(DayRefused):  # the same demo again, after later days were closed
        if verdict.counts[Kind.LOANS].new:
            _introduce_lenders(came_at)
            _live(on, seed)
            receive_answers(at=at)
        begin_day(on=on, at=at)
    return verdict


def _live(on: dt.date, seed: int) -> None:
    """What happened before the day, in the order of time. Raises DayRefused."""
    diary = Diary()
    first_days(on=on, zone=ZONE)
    setting = Setting.of(on=on, zone=ZONE, seed=seed)
    escalated.begin(diary, setting)
    record.begin(diary, setting)
    weeks(on=on, zone=ZONE, diary=diary)
    work(on=on, seed=seed, zone=ZONE, diary=diary)


def _introduce_lenders(at: dt.datetime) -> None:
    for portfolio in Portfolio.objects.filter(code__in=[code for code, _team in SHOWN]):
        describe_lender(portfolio=portfolio, said=LENDER, by=None, at=at)


def _silent(done: int, total: int) -> None:
    """A terminal shows no progress bar."""
