"""Desks: capacity, cities, and the days somebody is away."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from cases.assignment_selectors import desks_of
from cases.assignment_services import AssignmentRefused, set_desk
from cases.models import Desk
from staff.models import User
from staff.roles import Role
from tests.cases.build import AT, day, person
from tests.cases.build_assignment import ON, collector, some_cases, supervisor

pytestmark = pytest.mark.django_db


def put(who: User, **changed: Any) -> Desk:
    values = {"capacity": 80, "cities": ["沈阳市"], "away_from_on": None, "back_on": None}
    return set_desk(**{"person": who, **values, "by": supervisor(), "at": AT, **changed})


def test_whoever_has_no_desk_yet_takes_150_cases_and_is_there() -> None:
    ann = collector("ann")
    some_cases(2, ann)
    [its] = desks_of(ann.team_id, ON)
    assert (its.person, its.load, its.desk.capacity, its.is_away) == (ann, 2, 150, False)
    assert desks_of(None, ON) == []


def test_somebody_is_away_from_the_first_day_until_the_day_they_are_back() -> None:
    ann = collector("ann")
    its = put(ann, away_from_on=day("02-10"), back_on=day("02-12"))
    assert [its.is_away(day(on)) for on in ("02-09", "02-10", "02-11", "02-12")] == [False, True, True, False]
    assert put(ann, away_from_on=day("02-10")).is_away(day("12-31"))


def test_a_desk_is_kept_once_with_its_cities_in_order_and_every_change_is_written_down() -> None:
    ann = collector("ann")
    put(ann)
    put(ann, capacity=0, cities=[" 沈阳市", "大连市", "", "沈阳市"])
    assert (Desk.objects.get().capacity, Desk.objects.get().cities) == (0, ["大连市", "沈阳市"])
    entry = AuditEntry.objects.filter(action="cases.set_desk").latest("pk")
    assert (entry.subject, entry.details["capacity"]) == ("desk of ann", 0)


def test_nobody_comes_back_who_was_not_away_before() -> None:
    ann = collector("ann")
    for away in (None, day("02-12")):
        with pytest.raises(AssignmentRefused, match="must have been away"):
            put(ann, away_from_on=away, back_on=day("02-12"))
    desk = put(ann, away_from_on=day("02-11"), back_on=day("02-12"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Desk.objects.filter(pk=desk.pk).update(back_on=day("02-11"))


def test_strangers_have_no_desk_here_and_a_collector_sets_none() -> None:
    for stranger in (collector("ben", of="South"), person(Role.OPERATIONS)):
        with pytest.raises(AssignmentRefused, match="of your team"):
            put(stranger)
    with pytest.raises(PermissionDenied):
        put(collector("ann"), by=collector("ann"))
    assert not Desk.objects.exists()
