"""Giving a visit a day, a window and two people: every conflict by its name, and the order of a day."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F

from borrowers.models import Address
from cases.models import Desk
from cases.services import place_hold
from rulebook.terms import VisitTerms
from staff.roles import Role
from tests.loans.build import day, person
from tests.visits.build import a_field_case, agent, approved, at, moves, plan, requested, scheduled
from visits.models import Visit
from visits.plan_selectors import conflicts
from visits.plan_services import PlanRefused, accept, move_stop, schedule, unschedule
from visits.services import VisitRefused

pytestmark = pytest.mark.django_db
NOW = at("12:00", "02-10")


def codes(visit: Visit, **when: str) -> list[str]:
    return [conflict.code for conflict in conflicts(visit, plan(**when), NOW)]


def another(number: int) -> Visit:
    return approved(a_field_case(loan_no=f"L{number}"))


def test_a_visit_gets_a_day_a_window_and_two_people_also_in_place_of_others() -> None:
    visit = scheduled()
    assert (visit.state, visit.day, visit.lead and visit.lead.username) == ("scheduled", day("02-12"), "agent-an")
    accept(visit=visit, by=agent("bo"), at=at("13:00", "02-10"))
    again = scheduled(visit, on="02-13", names="bo cai")
    assert (again.state, again.companion and again.companion.username) == ("scheduled", "agent-cai")
    assert [change.details.get("day") for change in again.changes.filter(move="schedule")] == [
        "2025-02-12",
        "2025-02-13",
    ]


def test_what_cannot_be_is_said_before_anything_else() -> None:
    visit = approved()
    assert codes(visit, window="12:00-09:00") == ["window"]
    assert codes(visit, on="02-09") == ["past"]
    assert codes(visit, names="an an") == ["two"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(lead=agent(), companion=F("lead"))
        Visit.objects.update(companion=agent())


def test_whoever_is_away_or_makes_no_visits_here_cannot_be_sent() -> None:
    visit = approved()
    agent("bo", of="South")
    Desk.objects.create(person=agent("an"), away_from_on=day("02-12"), back_on=day("02-13"))
    assert codes(visit) == ["away", "agent"]
    assert codes(visit, on="02-13", names="an cai") == []


def test_an_agent_makes_as_many_visits_in_a_day_as_the_policy_allows() -> None:
    most = VisitTerms().capacity_a_day
    for number in range(most):
        scheduled(another(number))
    assert codes(another(99), names="an cai") == ["full", "overlap", *["overlap"] * (most - 1)]
    assert codes(Visit.objects.latest("pk")) == ["full", "full"]


def test_one_pair_goes_from_stop_to_stop_and_nobody_is_in_two_pairs_at_once() -> None:
    scheduled(another(1))
    visit = another(2)
    assert codes(visit) == []
    assert codes(visit, names="an cai", window="11:00-13:00") == ["overlap"]
    assert codes(visit, names="an cai", window="12:00-13:00") == []


def test_the_gate_is_asked_for_both_ends_of_the_window_and_names_its_rule() -> None:
    visit = approved()
    found = conflicts(visit, plan(window="18:00-23:00"), NOW)
    assert [conflict.code for conflict in found] == ["gate"]
    assert found[0].rule and found[0].until
    by = person(Role.SUPERVISOR)
    hold: dict[str, Any] = {"kind": "complaint", "from_on": day("02-09"), "until_on": day("02-13"), "evidence": ""}
    place_hold(
        case=visit.case, **hold, reason="rude", stops_penalty=False, stops_clock=False, by=by, on=day("02-10"), at=NOW
    )
    assert (codes(visit), codes(visit, on="02-13")) == (["gate"], [])


def test_a_plan_with_conflicts_is_refused_and_so_is_one_without_agreement() -> None:
    by = person(Role.SUPERVISOR)
    with pytest.raises(PlanRefused, match="past"):
        schedule(visit=approved(), plan=plan(on="02-09"), by=by, at=NOW)
    with pytest.raises(VisitRefused, match="requested"):
        schedule(visit=requested(a_field_case(loan_no="L2")), plan=plan(), by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        schedule(visit=Visit.objects.get(state="approved"), plan=plan(), by=agent(), at=NOW)


def test_a_visit_is_taken_off_its_day_with_a_reason() -> None:
    visit, by = scheduled(), person(Role.SUPERVISOR)
    with pytest.raises(VisitRefused, match="Say why"):
        unschedule(visit=visit, reason="", by=by, at=NOW)
    off = unschedule(visit=visit, reason="car broke down", by=by, at=NOW)
    assert (off.state, off.day, off.lead, moves(off)[-1]) == ("approved", None, None, "unschedule")


def test_stops_go_by_window_district_and_street_and_are_put_in_order_by_hand() -> None:
    late, first, second = another(1), another(2), another(3)
    for visit, street in ((late, "a street 1"), (first, "b street 1"), (second, "c street 1")):
        Address.objects.filter(pk=visit.address_id).update(street=street)
    scheduled(late, window="14:00-16:00")
    scheduled(Visit.objects.get(pk=second.pk))
    scheduled(Visit.objects.get(pk=first.pk))

    def in_order() -> list[int]:
        return list(Visit.objects.order_by("stop").values_list("pk", flat=True))

    assert in_order() == [first.pk, second.pk, late.pk]
    by = person(Role.SUPERVISOR)
    move_stop(visit=Visit.objects.get(pk=late.pk), earlier=True, by=by, at=NOW)
    assert in_order() == [first.pk, late.pk, second.pk]
    move_stop(visit=Visit.objects.get(pk=first.pk), earlier=True, by=by, at=NOW)
    assert in_order() == [first.pk, late.pk, second.pk]
    with pytest.raises(VisitRefused):
        move_stop(visit=another(4), earlier=True, by=by, at=NOW + dt.timedelta(minutes=1))
