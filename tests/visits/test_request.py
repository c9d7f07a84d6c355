"""Asking for a visit, agreeing to it or not: allowed and refused side by side."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from borrowers.models import Address, Status
from cases.models import Case
from cases.services import place_hold
from staff.roles import Role
from tests.loans.build import day, person
from tests.visits.build import a_field_case, approved, at, moves, requested
from visits.models import Visit, VisitChange
from visits.services import VisitRefused, approve, cancel, decline, first_visit, request

pytestmark = pytest.mark.django_db


def code_of(case: Case, address: Address | None = None) -> str:
    where = address or Address.objects.get(borrower=case.borrower)
    by = person(Role.COLLECTOR)
    with pytest.raises(VisitRefused) as refused:
        request(case=case, address=where, wish="", by=by, on=day("02-10"), at=at("10:00", "02-10"))
    return refused.value.code


def test_a_case_in_field_visits_is_visited_and_has_one_open_visit() -> None:
    visit = requested()
    assert (visit.state, visit.district, visit.requested_by_name) == ("requested", "北京市", "collector-north")
    assert code_of(visit.case) == "open"


def test_a_case_on_the_phone_a_wrong_address_and_a_held_case_are_not_visited() -> None:
    case = a_field_case()
    Case.objects.filter(pk=case.pk).update(stage="phone")
    assert code_of(case) == "stage"
    Case.objects.filter(pk=case.pk).update(stage="field")
    Address.objects.update(status=Status.INVALID)
    assert code_of(case) == "address"
    Address.objects.update(status=Status.OK)
    hold: dict[str, Any] = {
        "kind": "dispute",
        "from_on": day("02-09"),
        "until_on": None,
        "reason": "paid",
        "evidence": "",
    }
    by = person(Role.SUPERVISOR)
    place_hold(case=case, **hold, stops_penalty=False, stops_clock=False, by=by, on=day("02-09"), at=at("09:00"))
    assert code_of(case) == "hold"


def test_another_agrees_and_nobody_to_their_own_request_also_says_the_database() -> None:
    boss, other = person(Role.SUPERVISOR), person(Role.SUPERVISOR, of="South")
    case = a_field_case()
    where = Address.objects.get()
    own = request(case=case, address=where, wish="", by=boss, on=day("02-10"), at=at("10:00", "02-10"))
    with pytest.raises(PermissionDenied):
        approve(visit=own, by=boss, at=at("11:00", "02-10"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(approved_by_id_then=boss.pk)
    assert approve(visit=own, by=other, at=at("11:00", "02-10")).approved_by_name == other.username
    with pytest.raises(VisitRefused, match="approved"):
        decline(visit=own, reason="too far", by=other, at=at("11:01", "02-10"))


def test_a_request_is_declined_with_a_reason_and_the_case_may_ask_again() -> None:
    visit = requested()
    boss = person(Role.SUPERVISOR)
    with pytest.raises(VisitRefused, match="Say why"):
        decline(visit=visit, reason=" ", by=boss, at=at("11:00", "02-10"))
    assert decline(visit=visit, reason="call first", by=boss, at=at("11:00", "02-10")).state == "cancelled"
    assert requested(visit.case).state == "requested"
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitChange.objects.update(reason="")


def test_the_first_visit_comes_approved_with_the_agreement_to_field_visits() -> None:
    case, who = a_field_case(), person(Role.COLLECTOR)
    asked: dict[str, Any] = {"case": case, "address": Address.objects.get(), "wish": "", "at": at("10:00", "02-10")}
    visit = first_visit(
        **asked, requested_by_id=who.pk, requested_by_name=who.username, approved_by=person(Role.SUPERVISOR)
    )
    assert (visit.state, moves(visit)) == ("approved", ["request", "approve"])
    with pytest.raises(PermissionDenied):
        first_visit(**asked, requested_by_id=who.pk, requested_by_name=who.username, approved_by=who)


def test_a_visit_is_called_off_by_a_supervisor_with_a_reason() -> None:
    visit = approved()
    with pytest.raises(PermissionDenied):
        cancel(visit=visit, reason="paid", by=person(Role.COLLECTOR), at=at("11:00"))
    assert cancel(visit=visit, reason="they moved", by=person(Role.SUPERVISOR), at=at("11:00")).state == "cancelled"
