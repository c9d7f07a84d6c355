"""The page of a loan, its derivations, and who may open them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loans.models import ClosedAs
from staff.roles import Role
from tests.loans.build import a_loan, pay, person, undo
from tests.loans.test_accelerate import make_due
from tests.loans.test_close_loans import shut

pytestmark = pytest.mark.django_db


def signed_in(role: Role, of: str | None = "North") -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


def text_of(client: Client, url: str, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_collector_of_the_team_sees_the_loan_and_one_of_another_team_finds_nothing() -> None:
    a_loan()
    url = reverse("loans:loan", args=["L1"])
    assert signed_in(Role.COLLECTOR).get(url).status_code == 200
    assert signed_in(Role.COLLECTOR, "South").get(url).status_code == 404
    assert signed_in(Role.COLLECTOR, None).get(url).status_code == 404


def test_the_auditor_sees_every_portfolio_and_a_system_admin_none() -> None:
    a_loan()
    url = reverse("loans:loan", args=["L1"])
    assert signed_in(Role.AUDITOR, None).get(url).status_code == 200
    assert signed_in(Role.SYSTEM_ADMIN).get(url).status_code == 403


def test_the_page_shows_what_is_owed_on_the_chosen_date() -> None:
    a_loan()
    page = text_of(signed_in(Role.COLLECTOR), reverse("loans:loan", args=["L1"]) + "?on=2025-02-09")
    assert ">160.00</a>" in page
    assert '<strong id="number-dpd">30</strong>' in page
    assert "8,160.00" in page


def test_the_page_tells_who_made_it_due_and_closed_it_why_and_what_was_recovered() -> None:
    loan = a_loan(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "59.00"))
    make_due(loan, "01-20")
    shut(loan, ClosedAs.WRITTEN_OFF, "02-08", reason="hopeless")
    pay(loan, "50.00", "02-09")
    url = reverse("loans:loan", args=["L1"])
    page = text_of(signed_in(Role.COLLECTOR), f"{url}?on=2025-02-09")
    for words in ("made due as a whole", "three months late", "hopeless", "recovery", "by contract 2025-03-10"):
        assert words in page
    assert '<span id="closed" class="badge text-bg-secondary">written off on 2025-02-08</span>' in page
    before = text_of(signed_in(Role.COLLECTOR), f"{url}?on=2025-01-19")
    assert 'id="closed"' not in before
    assert "by contract" not in before
    explained = reverse("loans:explain", args=["L1", "overdue_interest"]) + "?on=2025-02-08"
    assert "which falls away" in text_of(signed_in(Role.COLLECTOR), explained)


def test_a_date_that_is_none_shows_today() -> None:
    a_loan()
    page = text_of(signed_in(Role.COLLECTOR), reverse("loans:loan", args=["L1"]) + "?on=2025-02-30")
    assert "What is owed on 20" in page


def test_the_penalty_opens_its_derivation_by_the_night() -> None:
    a_loan()
    url = reverse("loans:explain", args=["L1", "penalty"]) + "?on=2025-02-09"
    page = text_of(signed_in(Role.COLLECTOR), url)
    assert "8,000.00 × 24 % / 360 × 30 days" in page
    assert "<!DOCTYPE html>" in page
    part = text_of(signed_in(Role.COLLECTOR), url, HX_Request="true")
    assert "8,000.00 × 24 % / 360 × 30 days" in part
    assert "<!DOCTYPE html>" not in part


def test_a_derivation_of_one_instalment_leaves_the_others_out() -> None:
    a_loan(("01-10", "1000.00", "0.00"), ("01-20", "2000.00", "0.00"))
    url = reverse("loans:explain", args=["L1", "overdue_principal"]) + "?on=2025-02-09&instalment=2"
    page = text_of(signed_in(Role.COLLECTOR), url)
    assert "2,000.00" in page
    assert "1,000.00" not in page


def test_the_overdue_amount_is_explained_by_its_parts() -> None:
    a_loan()
    url = reverse("loans:explain", args=["L1", "overdue_amount"]) + "?on=2025-02-09"
    page = text_of(signed_in(Role.COLLECTOR), url)
    assert "On 2025-02-09 the overdue amount is 8,160.00" in page


def test_a_number_that_does_not_exist_is_not_found() -> None:
    a_loan()
    assert signed_in(Role.COLLECTOR).get(reverse("loans:explain", args=["L1", "luck"])).status_code == 404


def test_a_reversed_payment_stays_on_the_page_marked_as_reversed() -> None:
    loan = a_loan()
    undo(pay(loan, "2000", "01-25", reference="BANK-1"), reason="typed twice")
    page = text_of(signed_in(Role.AUDITOR), reverse("loans:loan", args=["L1"]) + "?on=2025-02-09")
    assert "BANK-1" in page
    assert "typed twice" in page
    assert '<span class="badge text-bg-secondary">reversed</span>' in page


def test_credit_applied_on_a_due_date_stands_among_what_happened() -> None:
    loan = a_loan(("01-10", "1000.00", "0.00"))
    pay(loan, "1000", "01-02")
    page = text_of(signed_in(Role.COLLECTOR), reverse("loans:loan", args=["L1"]) + "?on=2025-01-10")
    assert "waiting credit applied" in page


def test_a_page_costs_the_same_queries_however_much_happened(
    django_assert_max_num_queries: Any,
) -> None:
    loan = a_loan(*((f"01-{n:02}", "100.00", "1.00") for n in range(1, 21)))
    for n in range(1, 11):
        pay(loan, "50", f"01-{n:02}", reference=f"R{n}")
    client = signed_in(Role.OPERATIONS)
    with django_assert_max_num_queries(16):
        client.get(reverse("loans:loan", args=["L1"]) + "?on=2025-02-09")
