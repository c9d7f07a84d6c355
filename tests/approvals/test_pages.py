"""The pages: what waits for whom, the facts then and now, the panel of a case, and a first page that says so."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from approvals.models import Approval
from cases.models import Case
from staff.roles import Role
from tests.approvals.build import AT, asked_for, gentle_terms, in_stage, settlement
from tests.cases.build import a_case, pay, person
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


def words(client: Client, name: str, *args: object, query: str = "", status: int = 200) -> str:
    response = client.get(reverse(f"approvals:{name}", args=args) + query)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def sent(role: Role, name: str, *args: object, **data: str) -> str:
    response = signed_in(role).post(reverse(f"approvals:{name}", args=args), data, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_list_has_what_waits_for_the_person_what_they_asked_and_all() -> None:
    supervisor, collector = signed_in(Role.SUPERVISOR), signed_in(Role.COLLECTOR)
    assert "Nothing waits for you" in words(supervisor, "list")
    assert "You have asked for nothing yet" in words(collector, "list")
    asked = asked_for(a_case(), "withdraw")
    asked_for(a_case(loan_no="L2"), "withdraw", by=person(Role.SUPERVISOR))
    assert str(asked) in words(supervisor, "list")
    assert "8,160.00" in words(collector, "list")
    assert "Nothing matches the filter" in words(supervisor, "list", query="?whose=all&state=declined")
    for client, whose, rows in (
        (supervisor, "me", 1),
        (supervisor, "mine", 1),
        (supervisor, "all", 2),
        (signed_in(Role.AUDITOR, None), "me", 0),
        (signed_in(Role.AUDITOR, None), "all", 2),
        (signed_in(Role.SUPERVISOR, "South"), "all", 0),
    ):
        assert words(client, "list", query=f"?whose={whose}").count(">Withdraw</td>") == rows


def test_a_case_asks_for_field_visits_with_address_and_wish_and_the_supervisor_agrees() -> None:
    gentle_terms()
    case = in_stage("phone")
    panel = words(signed_in(Role.COLLECTOR), "panel", case.pk)
    assert reverse("approvals:ask", args=[case.pk, "field"]) in panel
    assert "Ask to go to legal" not in panel
    form = words(signed_in(Role.COLLECTOR), "ask", case.pk, "field")
    assert "北京市****" in form
    address = case.borrower.addresses.get()
    said = {"address": str(address.pk), "wish": "after six", "reason": "she is never in"}
    assert "It is asked for" in sent(Role.COLLECTOR, "ask", case.pk, "field", **said)
    asked = Approval.objects.get()
    assert "waits for: Supervisor" in words(signed_in(Role.LEGAL_OFFICER), "panel", case.pk)
    page = words(signed_in(Role.SUPERVISOR), "approval", asked.pk)
    for text in ("she is never in", "after six", "Phone → Field visit", "Nothing stands in the way.", 'name="agree"'):
        assert text in page
    assert 'name="agree"' not in words(signed_in(Role.LEGAL_OFFICER), "approval", asked.pk)
    assert "It is noted: agreed and done." in sent(Role.SUPERVISOR, "decide", asked.pk, agree="1")
    assert Case.objects.get().stage == "field"
    assert "agreed and done" in words(signed_in(Role.COLLECTOR), "my_day")


def test_what_stands_in_the_way_is_on_the_panel_and_on_the_form() -> None:
    case = in_stage("phone")
    panel = words(signed_in(Role.COLLECTOR), "panel", case.pk)
    assert "disabled>Ask for field visits</button>" in panel
    assert "0 of 6 call attempts." in panel
    form = words(signed_in(Role.COLLECTOR), "ask", case.pk, "field")
    assert "Call again, at another time of the day." in form
    assert "<form method" not in form.split("<main")[1]
    address = str(case.borrower.addresses.get().pk)
    again = sent(Role.COLLECTOR, "ask", case.pk, "field", address=address, reason="so")
    assert "0 of 6 call attempts." in again
    assert not Approval.objects.exists()


def test_changed_facts_are_marked_and_a_refusal_stands_on_the_page() -> None:
    case = a_case()
    asked = asked_for(case, "settle", **settlement("6000.00"))
    pay(case.lead_loan, "1000.00", "02-09")
    page = words(signed_in(Role.SUPERVISOR), "approval", asked.pk)
    assert "<strong>7,160.00</strong>" in page
    assert "1,000.00 of the agreed 6,000.00 has come in." in page
    assert 'name="agree"' not in page
    assert "1,000.00 of the agreed 6,000.00 has come in." in sent(Role.SUPERVISOR, "decide", asked.pk, agree="1")
    assert "Say why." in sent(Role.SUPERVISOR, "decide", asked.pk, decline="1")
    assert "Say whether you agree." in sent(Role.SUPERVISOR, "decide", asked.pk, reason="hm")
    assert "It is noted: declined." in sent(Role.SUPERVISOR, "decide", asked.pk, decline="1", reason="too little")
    assert "This is decided already: declined." in sent(Role.SUPERVISOR, "decide", asked.pk, agree="1")


def test_ones_own_can_only_be_withdrawn_and_the_first_page_says_what_waits() -> None:
    asked = asked_for(a_case(), "withdraw", by=person(Role.SUPERVISOR))
    page = words(signed_in(Role.SUPERVISOR), "approval", asked.pk)
    assert "You asked for this yourself" in page
    assert 'name="agree"' not in page
    assert "another person has to decide" in sent(Role.SUPERVISOR, "decide", asked.pk, agree="1")
    assert "Nothing waits for you." in words(signed_in(Role.SUPERVISOR), "my_day")
    assert "1 waits for you" in words(signed_in(Role.LEGAL_OFFICER), "my_day")
    home = signed_in(Role.SUPERVISOR).get("/").content.decode()
    for room in ("visits", "approvals", "legal", "bureau"):
        assert home.count(reverse(f"{room}:my_day")) == 1
    assert "It is not asked for any more." in sent(Role.SUPERVISOR, "withdraw", asked.pk, reason="she paid")
    assert Approval.objects.get().state == "withdrawn"


def test_visits_are_waived_from_the_panel_and_the_legal_officer_reads_why() -> None:
    case = in_stage("field")
    waive = reverse("approvals:waive", args=[case.pk])
    assert waive in words(signed_in(Role.SUPERVISOR), "panel", case.pk)
    assert waive not in words(signed_in(Role.LEGAL_OFFICER), "panel", case.pk)
    sent(Role.SUPERVISOR, "waive", case.pk, reason="the house is gone")
    assert "the house is gone" in words(signed_in(Role.LEGAL_OFFICER), "panel", case.pk)
    assert "Take the waiver back" in words(signed_in(Role.SUPERVISOR), "waive", case.pk)


def test_another_teams_request_is_not_found() -> None:
    case = a_case(portfolio="cards", seen_by="South")
    asked = asked_for(case, "withdraw", by=person(Role.COLLECTOR, of="South"))
    for name, args in (
        ("approval", [asked.pk]),
        ("panel", [case.pk]),
        ("ask", [case.pk, "withdraw"]),
        ("waive", [case.pk]),
    ):
        words(signed_in(Role.SUPERVISOR), name, *args, status=404)
    assert signed_in(Role.SUPERVISOR).post(reverse("approvals:decide", args=[asked.pk])).status_code == 404
    words(signed_in(Role.SUPERVISOR, "South"), "ask", case.pk, "nonsense", status=404)
