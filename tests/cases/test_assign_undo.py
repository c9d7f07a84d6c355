"""A handover is undone within a day: what nobody has moved on since goes back, once."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from cases import assignment_services
from cases.assignment_services import AssignmentRefused, assign_one, undo_handover
from cases.models import Case, Handover, HandoverCase
from tests.cases.build import AT
from tests.cases.build_assignment import (
    ON,
    carried_out,
    collector,
    desk,
    owners,
    planned,
    previewed,
    some_cases,
    supervisor,
)

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(hours=24)


def given() -> tuple[list[Case], Handover]:
    """Three cases of Ann's that went to Ben."""
    ann = collector("ann")
    cases = some_cases(3, ann)
    collector("ben")
    desk(supervisor(), 0)
    return cases, carried_out(planned(previewed(giver=ann)))


def refused(code: str, handover: Handover, at: dt.datetime = AT) -> None:
    with pytest.raises(AssignmentRefused) as refusal:
        undo_handover(handover=handover, by=supervisor(), at=at)
    assert refusal.value.code == code


def test_until_a_day_has_passed_everything_goes_back_and_stays_in_the_history() -> None:
    cases, handover = given()
    assert owners(cases) == ["ben"] * 3
    undone = undo_handover(handover=handover, by=supervisor(), at=AT + DAY)
    assert (undone.state, undone.put_back, undone.undone_by_name) == ("undone", 3, supervisor().username)
    assert owners(cases) == ["ann"] * 3
    history = HandoverCase.objects.filter(case=cases[0]).order_by("pk")
    assert [(str(row), row.is_undo) for row in history] == [("Ann → Ben", False), ("Ben → Ann", True)]
    entry = AuditEntry.objects.get(action="cases.undo_handover")
    assert (entry.actor_name, entry.details) == (supervisor().username, {"put_back": 3, "of": 3})


def test_after_a_day_it_is_refused() -> None:
    cases, handover = given()
    refused("late", handover, AT + DAY + dt.timedelta(seconds=1))
    assert owners(cases) == ["ben"] * 3


def test_what_was_moved_on_or_closed_since_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment_services, "CHUNK", 2)
    cases, handover = given()
    assign_one(case=cases[0], owner=collector("cai"), reason="knows them", by=supervisor(), on=ON, at=AT)
    Case.objects.filter(pk=cases[1].pk).update(stage="closed", closed_on="2025-02-09", closed_as="cured")
    assert undo_handover(handover=handover, by=supervisor(), at=AT).put_back == 1
    assert owners(cases) == ["cai", "ben", "ann"]


def test_it_goes_back_to_the_pool_and_tells_an_open_page() -> None:
    collector("ann")
    [case] = some_cases(1)
    handover = carried_out(planned(previewed()))
    Case.objects.update(lease_by=supervisor(), lease_until=AT)
    undo_handover(handover=handover, by=supervisor(), at=AT)
    now = Case.objects.get(pk=case.pk)
    assert (now.owner, now.lease_by, now.revision) == (None, None, case.revision + 2)


def test_one_that_waits_for_a_worker_or_was_undone_is_refused() -> None:
    _cases, handover = given()
    undo_handover(handover=handover, by=supervisor(), at=AT)
    refused("not_now", handover)
    waiting = planned(previewed(giver=collector("ann")))
    refused("not_now", waiting)


def test_a_collector_and_a_supervisor_of_another_team_are_refused() -> None:
    cases, handover = given()
    for stranger in (collector("ann"), supervisor("South")):
        with pytest.raises(PermissionDenied):
            undo_handover(handover=handover, by=stranger, at=AT)
    assert owners(cases) == ["ben"] * 3
