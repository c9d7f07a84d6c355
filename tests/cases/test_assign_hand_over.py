"""A handover does what its preview showed, once, however often a worker dies; what has changed since is skipped."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from cases import assignment_services
from cases.assignment_services import AssignmentRefused, hand_over, run_chunk
from cases.models import Case, Handover, HandoverCase
from rulebook.assignment import Move
from staff.roles import Role
from tests.cases.build import AT, person
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


@pytest.fixture
def chunks_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment_services, "CHUNK", 2)


def test_what_is_done_is_what_was_previewed(chunks_of_two: None) -> None:
    ann, ben = collector("ann"), collector("ben")
    desk(ann, 3), desk(ben, 4), desk(supervisor(), 0)
    some_cases(2, ann), some_cases(7, first=3)
    seen = previewed()
    handover = carried_out(planned(seen))
    assert (handover.state, handover.total, handover.moved, handover.skipped) == ("done", 5, 5, 0)
    rows = handover.cases.order_by("pk").values_list("case", "from_owner", "to_owner")
    assert tuple(Move(*row) for row in rows) == seen.moves
    assert {Case.objects.filter(owner=share.desk.person).count() == share.after for share in seen.shares} == {True}
    assert (Case.objects.filter(owner=ann).count(), Case.objects.filter(owner=None).count()) == (3, 2)


def test_a_moved_case_tells_an_open_page_and_nobody_holds_it_any_more() -> None:
    collector("ann")
    [case] = some_cases(1)
    Case.objects.update(lease_by=supervisor(), lease_until=AT, revision=4)
    carried_out(planned(previewed()))
    case = Case.objects.get(pk=case.pk)
    assert (case.revision, case.lease_by, case.lease_until) == (5, None, None)


def test_who_asked_why_and_what_came_of_it_is_in_the_audit_log() -> None:
    collector("ann")
    some_cases(2)
    handover = carried_out(planned(previewed()))
    asked, done = AuditEntry.objects.filter(action__in=["cases.hand_over", "cases.handed_over"]).order_by("pk")
    assert (asked.actor_name, asked.reason, asked.details) == (
        supervisor().username,
        "Ann is ill",
        {"strategy": "load", "cases": 2},
    )
    assert (done.actor_name, done.subject, done.details) == ("", f"handover {handover}", {"moved": 2, "skipped": 0})


def test_a_worker_that_died_is_followed_by_one_that_goes_on_and_nothing_is_doubled(chunks_of_two: None) -> None:
    collector("ann")
    cases = some_cases(5)
    handover = planned(previewed())
    assert run_chunk(handover_id=handover.pk, on=ON, at=AT)
    half = Handover.objects.get()
    assert (half.state, half.done, HandoverCase.objects.count()) == ("running", 2, 2)
    assert carried_out(handover).moved == 5
    assert not run_chunk(handover_id=handover.pk, on=ON, at=AT)  # the task is delivered once more
    assert HandoverCase.objects.count() == 5
    assert set(Case.objects.values_list("revision", flat=True)) == {cases[0].revision + 1}


def test_what_failed_halfway_through_a_chunk_is_undone_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    collector("ann")
    cases = some_cases(2)
    handover = planned(previewed())

    def fails(*_facts: object, **_more: object) -> int:
        raise RuntimeError("the worker was killed")

    with monkeypatch.context() as broken:
        broken.setattr(assignment_services, "_finish", fails)
        with pytest.raises(RuntimeError):
            carried_out(handover)
    assert owners(cases) == [None, None]
    assert Handover.objects.get().state == "planned"
    assert carried_out(handover).moved == 2


def test_the_second_of_two_supervisors_skips_what_the_first_has_moved() -> None:
    ann, ben = collector("ann"), collector("ben")
    desk(supervisor(), 0)
    cases = some_cases(4)
    seen = previewed()
    desk(ben, 0)
    first, second = planned(previewed()), planned(seen)
    assert carried_out(first).moved == 4
    late = carried_out(second)
    assert (late.state, late.moved, late.skipped) == ("done", 0, 4)
    assert owners(cases) == [ann.username] * 4


def test_what_was_closed_and_who_went_away_left_or_filled_up_since_is_skipped() -> None:
    for name in ("ann", "ben", "cai", "dai"):
        collector(name)
    desk(supervisor(), 0)
    cases = some_cases(8)
    handover = planned(previewed("round_robin"))
    Case.objects.filter(pk=cases[0].pk).update(stage="closed", closed_on="2025-02-09", closed_as="cured")
    desk(collector("ben"), 150, away="02-09"), desk(collector("cai"), 1)
    gone = collector("dai")
    gone.is_active = False
    gone.save()
    done = carried_out(handover)
    assert (done.moved, done.skipped) == (2, 6)
    assert owners(cases) == [None, None, "cai", None, "ann", None, None, None]


def test_somebody_who_gives_cases_away_while_away_gets_none_for_them() -> None:
    ann = collector("ann")
    desk(supervisor(), 0)
    [own], [other] = some_cases(1, ann), some_cases(1, first=2)
    ben = collector("ben")
    moves = [Move(own.pk, ann.pk, ben.pk), Move(other.pk, None, ann.pk)]
    handover = hand_over(moves=moves, strategy="load", reason="swap", by=supervisor(), at=AT)
    desk(ann, 150, away="02-09")
    assert carried_out(handover).moved == 1
    assert owners([own, other]) == ["ben", None]


def refused(code: str, **changed: Any) -> None:
    asked: dict[str, Any] = {"strategy": "load", "reason": "ill", "by": supervisor(), "at": AT, **changed}
    with pytest.raises(AssignmentRefused) as refusal:
        hand_over(**asked)
    assert (refusal.value.code, Handover.objects.count()) == (code, 0)


def test_what_makes_no_sense_or_is_not_the_teams_is_refused() -> None:
    ann, [case], [foreign] = collector("ann"), some_cases(1), some_cases(1, seen_by="South", first=2)
    move = Move(case.pk, None, ann.pk)
    refused("reason", moves=[move], reason="  ")
    refused("strategy", moves=[move], strategy="")
    refused("nothing", moves=[])
    refused("case", moves=[move, move])
    refused("case", moves=[Move(foreign.pk, None, ann.pk)])
    for stranger in (collector("ben", of="South"), person(Role.LEGAL_OFFICER), collector("cai", is_active=False)):
        refused("owner", moves=[Move(case.pk, None, stranger.pk)])
    refused("owner", moves=[Move(case.pk, None, None)])
    with pytest.raises(PermissionDenied):
        hand_over(moves=[move], strategy="load", reason="ill", by=ann, at=AT)
    assert hand_over(moves=[move], strategy="load", reason="ill", by=supervisor(), at=AT).total == 1


def test_the_database_refuses_to_change_who_owned_a_case() -> None:
    collector("ann")
    some_cases(1)
    carried_out(planned(previewed()))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        HandoverCase.objects.update(at=AT + dt.timedelta(days=1))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        HandoverCase.objects.all().delete()
