"""Giving a visit a day, a window and two people; taking it off again; the order of a day; and who accepts."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.models import User
from visits.lifecycle import ON_A_DAY
from visits.models import Visit
from visits.plan_selectors import Conflict, Plan, conflicts
from visits.services import (
    MAY_ASSIGN,
    VisitRefused,
    locked_visit,
    locked_visits,
    move,
    needed,
    note,
    off_the_day,
)


class PlanRefused(Exception):
    """A plan does not hold; `conflicts` say why, each by its name."""

    def __init__(self, found: Sequence[Conflict]) -> None:
        super().__init__(", ".join(conflict.code for conflict in found))
        self.conflicts = found


@transaction.atomic
def schedule(*, visit: Visit, plan: Plan, by: User, at: dt.datetime) -> Visit:
    """Send two people on a visit, also in place of a day it had. Raises PlanRefused, or VisitRefused by its state.

    Of two supervisors who give one agent the last place of a day at once, the second is refused.
    """
    if not by.has_perm(MAY_ASSIGN):
        raise PermissionDenied(MAY_ASSIGN)
    # Whoever plans with the same people waits here, and then counts this visit.
    _lock_people([agent.pk for agent in plan.agents])
    locked, stops = _locked_day(visit, plan.lead.pk, plan.day)
    if found := conflicts(locked, plan, at):
        raise PlanRefused(found)
    locked.day, locked.from_time, locked.until_time = plan.day, plan.from_time, plan.until_time
    locked.lead, locked.companion = plan.lead, plan.companion
    _put_in_order(locked, stops)
    return move(locked, "schedule", by=by, at=at, details=plan.as_json())


def _lock_people(pks: Sequence[int]) -> None:
    """Always before visits."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))


def _locked_day(visit: Visit, lead_id: int | None, day: dt.date | None) -> tuple[Visit, list[Visit]]:
    """A visit, and the other stops of somebody's day in their order: all locked at once, in the order of their rows."""
    of_the_day = Q(day=day, lead=lead_id, state__in=ON_A_DAY) if day else Q(pk=visit.pk)
    rows = {row.pk: row for row in locked_visits(Visit.objects.filter(Q(pk=visit.pk) | of_the_day))}
    locked = rows.pop(visit.pk)
    return locked, sorted(rows.values(), key=lambda stop: (stop.stop, stop.pk))


def _put_in_order(visit: Visit, stops: list[Visit]) -> None:
    """Its place among the stops of its lead: by window, then district, then street; what was put in order stays so."""
    place = next((i for i, other in enumerate(stops) if _on_the_way(visit) < _on_the_way(other)), len(stops))
    visit.stop = place + 1
    _number([*stops[:place], visit, *stops[place:]])


def _on_the_way(visit: Visit) -> tuple[dt.time, str, str]:
    return visit.from_time or dt.time(), visit.district, visit.address.street


def _number(stops: Sequence[Visit]) -> None:
    """Number stops from one on."""
    for number, stop in enumerate(stops, start=1):
        if stop.stop != number:
            stop.stop = number
            stop.save(update_fields=["stop"])


@transaction.atomic
def unschedule(*, visit: Visit, reason: str, by: User, at: dt.datetime) -> Visit:
    """Take a visit off its day; it waits for another. Raises VisitRefused."""
    if not by.has_perm(MAY_ASSIGN):
        raise PermissionDenied(MAY_ASSIGN)
    locked = locked_visit(visit.pk)
    off_the_day(locked)
    return move(locked, "unschedule", by=by, at=at, reason=needed(reason))


@transaction.atomic
def move_stop(*, visit: Visit, earlier: bool, by: User, at: dt.datetime) -> Visit:
    """Put a visit one stop earlier or later in its lead's day; the first and the last stay where they are.

    Raises VisitRefused for a visit that is on no day.
    """
    if not by.has_perm(MAY_ASSIGN):
        raise PermissionDenied(MAY_ASSIGN)
    _lock_people([visit.lead_id] if visit.lead_id else [])
    locked, others = _locked_day(visit, visit.lead_id, visit.day)
    if locked.state not in ON_A_DAY or locked.day != visit.day:
        raise VisitRefused("state", _("This visit is on no day, or on another one by now."))
    stops = sorted([*others, locked], key=lambda stop: (stop.stop, stop.pk))
    here = stops.index(locked)
    there = here - 1 if earlier else here + 1
    if 0 <= there < len(stops):
        stops[here], stops[there] = stops[there], stops[here]
        _number(stops)
        note(locked, "reorder", locked.state, by=by, at=at, details={"stop": locked.stop})
    return locked


@transaction.atomic
def accept(*, visit: Visit, by: User, at: dt.datetime) -> Visit:
    """One of the two who are sent says that they will go. Raises VisitRefused."""
    locked = locked_visit(visit.pk)
    refuse_others(locked, by)
    return move(locked, "accept", by=by, at=at)


def refuse_others(visit: Visit, by: User) -> None:
    """Raise PermissionDenied for whoever is not one of the two visitors."""
    if not visit.is_made_by(by):
        raise PermissionDenied("visits.make")
