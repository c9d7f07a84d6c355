"""The days before: the portal wrote, borrowers answered, collectors called and logged; all through the services."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from borrowers.models import Medium
from cases.desk_services import DeskRefused, log, next_case
from cases.lifecycle import Stage
from cases.models import Case
from cases.night_services import close_day
from contacts.models import Attempt
from contacts.promise_services import PromiseRefused
from contacts.selectors import money_of
from contacts.services import ContactRefused, GateRefused
from reminders.lifecycle import State
from reminders.models import Language, OutboxMessage
from reminders.plan_services import plan_day
from reminders.receipt_services import record_reply
from reminders.send_services import send_due
from staff.models import User

# Called with the day that ends, before its night.
Evening = Callable[[dt.date], None]
A_DAY = dt.timedelta(days=1)
# Nights so many days before the day: in the first cases open, with the second calls begin, in the third some are cured.
FIRST_NIGHTS, LATER_NIGHT = (35, 34), 20
DAYS = 2
AFTER_MIDNIGHT = dt.time(0, 30)
CALLS_A_DAY = 4
ON_THE_PHONE = (Stage.REMINDER, Stage.PHONE)
COLLECTORS = ("collector", "collector2")
MESSAGES_AT, START = dt.time(9, 1), dt.time(9, 5)
ANSWERS = ("已还款", "下周五发工资后还，可以吗？", "退订")
# What a call comes to, and how often.
OUTCOMES = {"RNR": 5, "BUSY": 2, "OFF": 1, "VM": 1, "PTP": 4, "CB": 2, "WILL": 2, "CANT": 1, "WONT": 1, "PAID": 1}
REFUSED = (DeskRefused, ContactRefused, PromiseRefused, GateRefused)


def first_days(*, on: dt.date, zone: ZoneInfo, evening: Evening) -> None:
    """The night in which the portal began, its first messages, and the night after. Raises DayRefused."""
    first, second = (dt.datetime.combine(on - dt.timedelta(days=back), AFTER_MIDNIGHT, zone) for back in FIRST_NIGHTS)
    evening(first.date() - A_DAY)
    begin_day(on=first.date(), at=first)
    send_messages(at=dt.datetime.combine(first.date(), MESSAGES_AT, zone))
    close_day(on=second.date(), at=second)


def weeks(*, on: dt.date, zone: ZoneInfo, evening: Evening) -> None:
    """The weeks after that, of which the demo closes one day only. Raises DayRefused."""
    at = dt.datetime.combine(on - dt.timedelta(days=LATER_NIGHT), AFTER_MIDNIGHT, zone)
    evening(at.date() - A_DAY)
    close_day(on=at.date(), at=at)


def work(*, on: dt.date, seed: int, zone: ZoneInfo, evening: Evening) -> int:
    """Close the days before a date, send their messages and let collectors work; says how many calls.

    Raises DayRefused.
    """
    calls = 0
    evening(on - dt.timedelta(days=DAYS + 1))
    for back in range(DAYS, 0, -1):
        day = on - dt.timedelta(days=back)
        begin_day(on=day, at=dt.datetime.combine(day, AFTER_MIDNIGHT, zone))
        send_messages(at=dt.datetime.combine(day, MESSAGES_AT, zone))
        for username in COLLECTORS:
            by = User.objects.get(username=username)
            dice = random.Random(f"{seed}:{day}:{username}")  # noqa: S311 (a demo needs the same dice again, not secrets)
            calls += sum(1 for _attempt in _a_day(by, dt.datetime.combine(day, START, zone), dice))
        evening(day)
    return calls


def begin_day(*, on: dt.date, at: dt.datetime) -> None:
    """What happens by itself after midnight. Raises DayRefused."""
    close_day(on=on, at=at)
    plan_day(on=on, at=at)


def send_messages(*, at: dt.datetime) -> None:
    """Send what is due as files; where the portal has gateways of its own, people who do not exist get nothing."""
    if settings.SMS_URL or settings.SMTP_URL:
        return
    for medium in Medium.values:
        send_due(medium=medium, clock=lambda: at, until=at + dt.timedelta(minutes=1))


def receive_answers(*, at: dt.datetime) -> int:
    """Some borrowers answer the latest text messages they got; says how many."""
    got = OutboxMessage.objects.filter(medium=Medium.SMS, state=State.DELIVERED, language=Language.ZH)
    latest = got.filter(case__isnull=False).order_by("-pk")[: len(ANSWERS)]
    for message, text in zip(latest, ANSWERS, strict=False):
        record_reply(to=message, event=f"demo-{message.key}", text=text, at=at)
    return min(len(ANSWERS), len(latest))


def _a_day(by: User, at: dt.datetime, dice: random.Random) -> Iterator[Attempt]:
    calls = 0
    while calls < CALLS_A_DAY and (case := next_case(by=by, at=at)):
        if case.stage not in ON_THE_PHONE:
            continue  # left to the visitors; nobody offers it again soon
        calls += 1
        at += dt.timedelta(minutes=dice.randint(4, 11))
        point = case.borrower.phones.order_by("pk")[0]
        outcome = dice.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        try:
            yield log(case=case, point=point, outcome=outcome, said=_said(case, outcome, at, dice), by=by, at=at)
        except REFUSED:
            continue  # as on any day: a promise beyond the limits, a call too many


def _said(case: Case, outcome: str, at: dt.datetime, dice: random.Random) -> dict[str, Any]:
    day = at.date()
    said: dict[str, Any] = {}
    if outcome == "PTP":
        pair = (case.borrower_id, case.portfolio_id)
        share = Decimal(dice.choice(["0.25", "0.5", "1"]))
        said = {
            "date": day + dt.timedelta(days=dice.randint(1, 5)),
            "method": dice.choice(["wechat", "alipay", "transfer"]),
        }
        said["amount"] = max(Decimal(10), (money_of([pair])[pair].overdue(day) * share).quantize(Decimal(10)))
    elif outcome == "CB":
        said = {"at": at + dt.timedelta(hours=dice.choice([3, 20, 26]))}
    elif outcome == "PAID":
        said = {"date": day, "method": "wechat"}
    elif outcome in ("CANT", "WONT"):
        said = {"reason": dice.choice(["job_loss", "income_drop", "illness", "unwilling"])}
    if outcome in ("PTP", "CB", "PAID", "WILL", "CANT", "WONT"):
        said |= {"willingness": dice.randint(0, 3), "ability": dice.randint(0, 3), "explained": dice.random() < 0.8}
    return said
