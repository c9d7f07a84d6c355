"""The days before: the demo's collectors have called, logged and taken promises, all through the desk itself."""

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from cases.desk_services import DeskRefused, log, next_case
from cases.models import Case
from cases.night_services import close_day
from contacts.models import Attempt
from contacts.promise_services import PromiseRefused
from contacts.selectors import money_of
from contacts.services import ContactRefused, GateRefused
from staff.models import User

DAYS = 3
CALLS_A_DAY = 4
COLLECTORS = ("collector", "collector2")
START = dt.time(9, 5)
# What a call comes to, and how often.
OUTCOMES = {"RNR": 5, "BUSY": 2, "OFF": 1, "VM": 1, "PTP": 4, "CB": 2, "WILL": 2, "CANT": 1, "WONT": 1, "PAID": 1}
REFUSED = (DeskRefused, ContactRefused, PromiseRefused, GateRefused)


def work(*, on: dt.date, seed: int, zone: ZoneInfo) -> int:
    """Close the days before a date and let collectors work on them; says how many calls. Raises DayRefused."""
    calls = 0
    for back in range(DAYS, 0, -1):
        day = on - dt.timedelta(days=back)
        close_day(on=day, at=dt.datetime.combine(day, dt.time(0, 30), zone))
        for username in COLLECTORS:
            by = User.objects.get(username=username)
            dice = random.Random(f"{seed}:{day}:{username}")  # noqa: S311 (a demo needs the same dice again, not secrets)
            calls += sum(1 for _attempt in _a_day(by, dt.datetime.combine(day, START, zone), dice))
    return calls


def _a_day(by: User, at: dt.datetime, dice: random.Random) -> Iterator[Attempt]:
    for _call in range(CALLS_A_DAY):
        at += dt.timedelta(minutes=dice.randint(4, 11))
        case = next_case(by=by, at=at)
        if case is None:
            return
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
