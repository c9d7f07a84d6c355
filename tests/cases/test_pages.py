"""The pages of cases: who sees which, what blocks the next move before the click, and sending one back."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.models import Case
from staff.roles import Role
from tests.cases.build import a_case
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> object:
    with time_machine.travel("2025-02-09T10:00:00+08:00", tick=False):
        yield


def page(client: Client, case: Case) -> str:
    response = client.get(reverse("cases:case", args=[case.pk]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_list_shows_the_open_cases_of_ones_own_team() -> None:
    mine, other = a_case(), a_case(loan_no="L2", portfolio="cards", seen_by="South")
    shown = signed_in(Role.COLLECTOR).get(reverse("cases:list")).content.decode()
    assert str(mine) in shown
    assert str(other) not in shown
    assert '<td class="amount">8,160.00</td>' in shown
    assert '<td class="amount">30</td>' in shown


def test_the_list_costs_the_same_queries_for_few_cases_and_for_many(django_assert_max_num_queries) -> None:
    client = signed_in(Role.COLLECTOR)
    a_case()
    with django_assert_max_num_queries(28) as few:
        client.get(reverse("cases:list"))
    for n in range(9):
        a_case(loan_no=f"M{n}")
    with django_assert_max_num_queries(28) as many:
        client.get(reverse("cases:list"))
    assert len(few) == len(many)


def test_a_case_of_another_team_is_not_found_and_a_role_without_permission_is_refused() -> None:
    case = a_case(portfolio="cards", seen_by="South")
    url = reverse("cases:case", args=[case.pk])
    assert signed_in(Role.COLLECTOR).get(url).status_code == 404
    assert signed_in(Role.POLICY_ADMIN).get(url).status_code == 403
    assert signed_in(Role.SUPERVISOR).post(reverse("cases:step_back", args=[case.pk])).status_code == 404


def test_somebody_without_cases_is_told_when_one_opens() -> None:
    assert "A case opens at close of day" in signed_in(Role.COLLECTOR).get(reverse("cases:list")).content.decode()


def test_closed_cases_are_found_by_the_filter_only() -> None:
    case = a_case()
    Case.objects.filter(pk=case.pk).update(stage="closed", closed_as="settled", closed_on=case.opened_on)
    client = signed_in(Role.COLLECTOR)
    assert str(case) not in client.get(reverse("cases:list")).content.decode()
    assert str(case) in client.get(reverse("cases:list"), {"stage": "closed"}).content.decode()


def test_the_page_says_what_the_next_stage_needs_what_there_is_and_how_to_mend_it() -> None:
    shown = page(signed_in(Role.COLLECTOR), a_case())
    assert "8,000.00 is still in arrears." in shown
    assert "0 of 2 reminders delivered. <span" in shown
    assert "Send a reminder." in shown
    assert "8,160.00" in shown
    assert "30 days past due, 8,000.00 in arrears, lead loan L1" in shown


def test_a_blocker_that_time_mends_names_the_day() -> None:
    case = a_case(("01-20", "8000.00", "0.00"))
    Case.objects.filter(pk=case.pk).update(stage="phone")
    shown = page(signed_in(Role.COLLECTOR), case)
    assert "20 of 30 days past due. <span" in shown
    assert "Earliest 2025-02-19" in shown
    assert "Call again, at another time of the day." in shown


def test_a_supervisor_sends_a_case_back_and_a_collector_has_no_button() -> None:
    case = a_case()
    Case.objects.filter(pk=case.pk).update(stage="field")
    assert "step-back" not in page(signed_in(Role.COLLECTOR), case)
    supervisor = signed_in(Role.SUPERVISOR)
    assert "step-back" in page(supervisor, case)
    url = reverse("cases:step_back", args=[case.pk])
    answer = supervisor.post(url, {"move": "back_to_phone", "reason": "pays by phone"}, follow=True).content.decode()
    assert "The case is back in the stage before." in answer
    assert "pays by phone" in answer
    again = supervisor.post(url, {"move": "back_to_phone", "reason": "pays by phone"}).content.decode()
    assert "The case is in another stage now." in again


def test_without_a_reason_the_form_says_so() -> None:
    case = a_case()
    Case.objects.filter(pk=case.pk).update(stage="field")
    answer = signed_in(Role.SUPERVISOR).post(reverse("cases:step_back", args=[case.pk]), {"move": "back_to_phone"})
    assert "This field is required." in answer.content.decode()
    assert Case.objects.get().stage == "field"


def test_the_page_costs_the_same_queries_for_one_loan_and_for_many(django_assert_max_num_queries) -> None:
    few, many = a_case(), a_case(loan_no="M0")
    for n in range(1, 9):
        a_case(loan_no=f"M{n}", borrower_no=many.borrower.borrower_no)
    client = signed_in(Role.COLLECTOR)
    with django_assert_max_num_queries(55) as short:
        page(client, few)
    with django_assert_max_num_queries(55) as long:
        page(client, many)
    assert len(short) == len(long)
