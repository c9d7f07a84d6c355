"""The place of a case in the queue, from its facts; and the order in which the queue is read."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from cases.lifecycle import BACK_TO_WORK, CHASED
from cases.models import Case, CaseMove
from cases.selectors import Found
from contacts.models import FollowUpKind
from contacts.selectors import local_day
from rulebook.local_time import zone_named
from rulebook.priority import Line, Place, QueueFacts, place

ORDER = ("line", "-points", "pk")
# Where no call is allowed before a moment, by the row of the borrower.
LawfulFrom = Mapping[int, dt.datetime]


def in_queue(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases that somebody can do something about or is waiting with, in the order of the queue."""
    return cases.filter(line__isnull=False).order_by(*ORDER)


def offered(cases: QuerySet[Case], at: dt.datetime) -> QuerySet[Case]:
    """What "Next case" may hand out: nothing that waits, and nothing that somebody is on."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    return in_queue(cases).filter(free, line__lt=Line.WAITING)


def due_to_wake(cases: QuerySet[Case], at: dt.datetime) -> QuerySet[Case]:
    """The cases whose moment has come: a call back, the end of a rest, the day a promise is due."""
    return cases.filter(wakes_at__lte=at).order_by("wakes_at", "pk")


def relapsed(cases: Collection[Case]) -> dict[int, dt.date]:
    """Which of these cases were cured once and are late again, and since when: the last time of each."""
    back = CaseMove.objects.filter(case__in=cases, move__in=BACK_TO_WORK).order_by("pk")
    return dict(back.values_list("case_id", "on"))


def put_in_line(
    case: Case, found: Found, *, at: dt.datetime, relapsed_on: dt.date | None, lawful_from: LawfulFrom
) -> Place | None:
    """Give a case its place; what is not chased has none."""
    if case.stage not in CHASED:
        case.line, case.points, case.why, case.wakes_at = None, 0, [], None
        return None
    facts = _facts(case, found, at, relapsed_on, lawful_from.get(case.borrower_id))
    its = place(facts, found.terms.terms.priority)
    case.line, case.points, case.wakes_at = its.line.value, its.points, its.wakes_at
    case.why = [[reason.code, reason.have, reason.points] for reason in its.why]
    return its


def _facts(
    case: Case, found: Found, at: dt.datetime, relapsed_on: dt.date | None, lawful_from: dt.datetime | None
) -> QueueFacts:
    work = found.work
    # A zone nobody knows is no reason not to close a day; the gate lets nobody call there.
    zone = found.lead.portfolio.timezone if zone_named(found.lead.portfolio.timezone) else "UTC"
    moment = _moment(found.facts.on, at, zone)
    rest = _rest(found, moment, zone, lawful_from)
    was_worked_since = relapsed_on and work.last and work.last.on >= relapsed_on
    broken_on = None if work.was_worked_since_broken or not work.broken else work.broken.settled_on
    return QueueFacts(
        at=moment,
        zone=zone,
        overdue_amount=found.facts.overdue_amount,
        days_past_due=found.facts.days_past_due,
        opened_on=case.opened_on,
        is_touched=work.last is not None,
        has_relapsed=relapsed_on is not None,
        relapsed_on=None if was_worked_since else relapsed_on,
        last_contact_on=work.last_reached.on if work.last_reached else None,
        willingness=work.said.willingness if work.said else None,
        ability=work.said.ability if work.said else None,
        callback_at=work.due(FollowUpKind.CALLBACK),
        courtesy_at=work.due(FollowUpKind.COURTESY),
        promise_due_on=work.open_promise.due_on if work.open_promise else None,
        promise_broken_on=broken_on,
        unanswered_since=work.unanswered_since,
        **rest,
    )


def _moment(on: dt.date, at: dt.datetime, zone: str) -> dt.datetime:
    """The moment on the business date; its beginning, when another day than today is closed."""
    return at if local_day(at, zone) == on else dt.datetime.combine(on, dt.time(), ZoneInfo(zone))


def _rest(found: Found, at: dt.datetime, zone: str, lawful_from: dt.datetime | None) -> dict[str, Any]:
    """Until when nobody needs to try, and why: what the law or a hold says goes before our own timing."""
    calls_stopped = [hold for hold in found.holds.active if hold.stops_calls]
    if calls_stopped:
        ends = [hold.ends_on for hold in calls_stopped]
        last = None if None in ends else max(end for end in ends if end)
        until = dt.datetime.combine(last, dt.time(), ZoneInfo(zone)) if last else None
        return {"rest_why": "hold", "rest_until": until}
    if lawful_from and lawful_from > at:
        return {"rest_why": "lawful", "rest_until": lawful_from}
    verifying = found.work.verifying_until
    if verifying and verifying > at:
        return {"rest_why": "verify", "rest_until": verifying}
    last_try = found.work.last
    # A message that came after it is heard at once; one that was there before has been tried to be answered.
    if last_try and last_try.next_at and last_try.next_at > at and not found.work.has_written_since:
        return {"rest_why": "next_action", "rest_until": last_try.next_at}
    return {}
