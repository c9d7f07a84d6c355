"""Finding a borrower without seeing them, their page, and revealing one value."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from staff.roles import Role
from tests.loans.build import a_loan
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db

PHONE = "15800000001"


def find(client: Client, text: str) -> str:
    response = client.post(reverse("loans:borrowers"), {"q": text})
    assert response.status_code == 200
    return response.content.decode()


def test_a_borrower_is_found_by_phone_and_shown_masked() -> None:
    a_loan()
    page = find(signed_in(Role.COLLECTOR), PHONE)
    assert "BL1" in page
    assert "158****0001" in page
    assert "李顺华" not in page
    assert page.count(PHONE) == 1, "only in the search box, where the person typed it"


def test_a_borrower_of_a_portfolio_one_does_not_see_is_not_found() -> None:
    a_loan()
    assert "BL1" not in find(signed_in(Role.COLLECTOR, "South"), PHONE)
    assert "Nobody matches" in find(signed_in(Role.COLLECTOR, "South"), PHONE)


def test_a_search_is_written_down_without_what_was_searched() -> None:
    a_loan()
    find(signed_in(Role.COLLECTOR), PHONE)
    entry = AuditEntry.objects.get(action="borrowers.search")
    assert entry.details == {"found": 1}
    assert entry.actor_name == "collector-north"


def test_the_borrower_page_shows_loans_of_visible_portfolios_only() -> None:
    a_loan()
    a_loan(loan_no="L2", portfolio="cards", seen_by="South", borrower_no="BL1")
    page = signed_in(Role.COLLECTOR).get(reverse("loans:borrower", args=["BL1"])).content.decode()
    assert reverse("loans:loan", args=["L1"]) in page
    assert reverse("loans:loan", args=["L2"]) not in page
    assert PHONE not in page


def test_a_stranger_gets_404_and_a_wrong_role_403() -> None:
    a_loan()
    url = reverse("loans:borrower", args=["BL1"])
    assert signed_in(Role.COLLECTOR, "South").get(url).status_code == 404
    assert signed_in(Role.POLICY_ADMIN).get(url).status_code == 403


def test_a_value_is_revealed_with_a_reason_and_not_without() -> None:
    a_loan()
    url = reverse("loans:reveal", args=["BL1"])
    client = signed_in(Role.COLLECTOR)
    assert "李顺华" not in client.post(url, {"field": "name", "reason": ""}).content.decode()
    assert "李顺华" in client.post(url, {"field": "name", "reason": "verify the caller"}).content.decode()
    assert AuditEntry.objects.filter(action="borrowers.reveal").count() == 1


def test_an_auditor_or_another_team_reveals_nothing() -> None:
    a_loan()
    url = reverse("loans:reveal", args=["BL1"])
    data = {"field": "name", "reason": "verify the caller"}
    assert signed_in(Role.AUDITOR).post(url, data).status_code == 403
    assert signed_in(Role.COLLECTOR, "South").post(url, data).status_code == 404
