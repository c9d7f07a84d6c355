"""The lines of the queue and the reasons for a place, in sentences."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from rulebook.priority import Line
from ui.formats import money

LINES: dict[int, Words] = {
    Line.CALLBACK: _("Call back now"),
    Line.BROKEN: _("Promise broken"),
    Line.DUE_TODAY: _("Promise due"),
    Line.INBOUND: _("Waits for an answer"),
    Line.NEW: _("New and untouched"),
    Line.SCORE: _("By points"),
    Line.REST: _("The rest"),
    Line.WAITING: _("Waiting"),
}
# %(have)s is a moment, a day, a step that was reached, or nothing, as `rulebook.priority` gives it.
REASONS: dict[str, Words] = {
    "callback": _("call back agreed for %(have)s"),
    "callback_later": _("call back agreed for %(have)s"),
    "promise_broken": _("promise broken on %(have)s"),
    "promise_due": _("promise due on %(have)s"),
    "promise_open": _("promise open until %(have)s"),
    "unanswered": _("a message waits since %(have)s"),
    "relapsed": _("late again after a cure since %(have)s and not called since"),
    "courtesy": _("a courtesy call is due since %(have)s"),
    "untouched": _("open since %(have)s and never called"),
    "score": _("nothing fixed; the points decide"),
    "nothing_urgent": _("nothing presses"),
    "hold": _("a hold stops calls until %(have)s"),
    "lawful": _("no lawful call before %(have)s"),
    "verify": _("a payment is being looked for until %(have)s"),
    "next_action": _("tried just now; again from %(have)s"),
    "overdue": _("overdue %(have)s or more"),
    "days_past_due": _("%(have)s or more days past due"),
    "bucket": _("comes to %(have)s days past due soon"),
    "willing_and_able": _("willing and able to pay"),
    "since_contact": _("not reached for %(have)s or more days"),
    "never_reached": _("never reached, for %(have)s or more days"),
    "relapse": _("late again after a cure"),
}
UNTIL_LIFTED = _("it is lifted")
AMOUNTS = {"overdue"}


def said(code: str, have: str, zone: str) -> str:
    """One reason in the reader's language, moments by the clock of the portfolio."""
    return str(REASONS[code]) % {"have": _shown(code, have, zone)}


def reasons(why: Sequence[Sequence[object]], zone: str) -> list[tuple[str, int]]:
    """Every reason of a place with its points, the line's own first."""
    return [(said(str(code), str(have), zone), int(str(points))) for code, have, points in why]


def _shown(code: str, have: str, zone: str) -> str:
    if not have:
        return str(UNTIL_LIFTED)
    if code in AMOUNTS:
        return money(Decimal(have))
    with suppress(ValueError, ZoneInfoNotFoundError):
        if "T" in have:
            return dt.datetime.fromisoformat(have).astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")
    return have
