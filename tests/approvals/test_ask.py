"""Asking: what stands in the way is named, and what is asked is kept with its facts and the difference it makes."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from approvals.models import Approval
from approvals.services import ApprovalRefused, tidy
from audit.models import AuditEntry
from cases.agreed_services import agreed_blockers, waive_visits
from cases.models import Case
from cases.services import MoveRefused
from staff.roles import Role
from tests.approvals.build import AT, asked_for, in_stage, settlement
from tests.cases.build import a_case, day, pay, person

pytestmark = pytest.mark.django_db


def codes(case: Case, kind: str, **asked: Any) -> list[str]:
    with pytest.raises(MoveRefused) as refused:
        asked_for(case, kind, **asked)
    assert not Approval.objects.exists()
    return [blocker.code for blocker in refused.value.blockers]


def test_a_settlement_is_asked_for_with_its_facts_its_difference_and_a_deadline() -> None:
    case = a_case()
    asked = asked_for(case, "settle", **settlement("6000.00"))
    assert (asked.state, asked.asked_by_name, asked.facts["overdue_amount"]) == ("asked", "collector-north", "8160.00")
    assert asked.difference["stage"] == ["reminder", "closed"]
    assert asked.difference["waived"] == {"penalty": "160.00", "principal": "8000.00"}
    assert (asked.difference["still_to_come"], asked.difference["given_up"]) == ("6000.00", "2160.00")
    assert asked.deadline_at == AT + dt.timedelta(days=3)
    assert asked.policy_version.number == 1
    assert [change.target for change in asked.changes.all()] == ["asked"]
    assert AuditEntry.objects.get(action="approvals.ask").reason == "nothing else helped"


def test_beyond_a_share_of_what_is_overdue_it_takes_two() -> None:
    case = a_case()
    assert [seat["role"] for seat in asked_for(case, "settle", **settlement("5800.00")).seats] == [""]
    assert [seat["role"] for seat in asked_for(a_case(loan_no="L2"), "settle", **settlement("5700.00")).seats] == [
        "supervisor",
        "legal_officer",
    ]


def test_what_stands_in_the_way_is_named() -> None:
    case = in_stage("phone")
    address = case.borrower.addresses.get()
    assert codes(case, "field", address=address) == ["call_attempts", "call_days"]
    assert codes(case, "legal") == ["stage"]
    assert codes(case, "write_off") == ["dpd"]
    assert codes(case, "settle") == ["agreed_sum"]
    assert codes(in_stage("field", loan_no="L2"), "legal") == ["dpd", "visits", "letter"]


def test_who_cannot_say_where_or_how_much_is_told() -> None:
    case = a_case()
    stranger = a_case(loan_no="L2").borrower.addresses.get()
    for kind, asked, code in (
        ("field", {}, "address"),
        ("field", {"address": stranger}, "address"),
        ("settle", settlement("8160.00"), "agreed_sum_high"),
        ("settle", settlement("100.00", "02-10"), "counts_from"),
    ):
        with pytest.raises(ApprovalRefused) as refused:
            asked_for(case, kind, **asked)
        assert refused.value.code == code


def test_the_same_is_not_asked_twice_and_not_by_everybody() -> None:
    case = a_case()
    asked_for(case, "withdraw")
    with pytest.raises(ApprovalRefused, match="asked for already"):
        asked_for(case, "withdraw", by=person(Role.SUPERVISOR))
    for role in (Role.OPERATIONS, Role.FIELD_AGENT, Role.AUDITOR):
        with pytest.raises(PermissionDenied):
            asked_for(case, "settle", by=person(role), **settlement("6000.00"))


def test_a_supervisor_waives_the_visits_of_a_case_and_takes_that_back() -> None:
    case, supervisor = in_stage("field", on="02-09"), person(Role.SUPERVISOR)
    given: dict[str, Any] = {"case": case, "by": supervisor, "on": day("02-09"), "at": AT}

    def codes_now() -> list[str]:
        return [blocker.code for blocker in agreed_blockers(case, "escalate_to_legal", day("02-09"))]

    assert "visits" in codes_now()
    waive_visits(reason="the house is gone", **given)
    assert "visits" not in codes_now()
    waive_visits(reason="there is another", take_back=True, **given)
    assert "visits" in codes_now()
    with pytest.raises(MoveRefused, match="stage"):
        waive_visits(reason="again", take_back=True, **given)
    with pytest.raises(PermissionDenied):
        waive_visits(reason="so", **{**given, "by": person(Role.COLLECTOR)})
    assert case.visits_waived.count() == 2


def test_what_nobody_decides_expires_and_what_no_longer_fits_falls_away() -> None:
    late, moved, open_still = (a_case(loan_no=f"L{n}") for n in range(3))
    for case in (late, moved):
        asked_for(case, "withdraw")
    pay(moved.lead_loan, "8160.00", "02-09", reference="R9")
    Case.objects.filter(pk=moved.pk).update(stage="closed", closed_as="settled", closed_on=day("02-09"))
    assert tidy(at=AT) == 1
    waits = asked_for(open_still, "settle", **settlement("6000.00"))
    Approval.objects.filter(pk=waits.pk).update(deadline_at=AT + dt.timedelta(days=9))
    assert tidy(at=AT + dt.timedelta(days=3)) == 1
    assert [its.state for its in Approval.objects.order_by("pk")] == ["expired", "moot", "asked"]
    assert tidy(at=AT + dt.timedelta(days=3)) == 0
