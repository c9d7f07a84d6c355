"""The relapse rate: which cures count, which are still running, and the cases behind each number."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reports.follow_up_selectors import Rate, cures_visible_to, relapse_rates
from staff.roles import Role
from tests.cases.build import RUNNING, a_loan, close, day, pay, person, undo
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db
PAGE = reverse("reports:follow_up")


@pytest.fixture(autouse=True)
def in_may() -> Iterator[None]:
    """The 90 days of a cure on 1 February end with 2 May."""
    with time_machine.travel("2025-05-03T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def cures() -> None:
    """Kept, late again after 40 and after 91 days, and a mistake, all of 1 February; one that is cured a day later."""
    late = {"BACK": ("03-12", "5000.00", "0.00"), "LATER": ("05-02", "5000.00", "0.00")}
    loans = {
        name: a_loan(*(RUNNING[0], *([late[name]] if name in late else []), RUNNING[1]), loan_no=name)
        for name in ("KEPT", "BACK", "LATER", "WRONG", "RUNS")
    }
    close("01-20")
    for name in ("KEPT", "BACK", "LATER"):
        pay(loans[name], "9000.00", "02-01", on="02-01", reference=name)
    undo(pay(loans["WRONG"], "9000.00", "02-01", on="02-01", reference="WRONG"), on="02-01")
    pay(loans["RUNS"], "9000.00", "02-02", on="02-02", reference="RUNS")
    for on in ("03-13", "05-03"):
        close(on)


def rates(role: Role = Role.SUPERVISOR, of: str | None = "North") -> tuple[list[Rate], Rate]:
    months, total = relapse_rates(cures_visible_to(person(role, of=of)), day("05-03"))
    return list(months), total


def numbers(rate: Rate) -> tuple[int, ...]:
    return rate.cured, rate.over, rate.relapsed, rate.running, rate.running_back


def words(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_a_relapse_counts_within_90_days_and_a_cure_whose_days_are_not_over_is_counted_apart(cures: None) -> None:
    months, total = rates()
    assert [(month.month_on, numbers(month)) for month in months] == [(day("02-01"), (4, 3, 1, 1, 0))]
    assert (numbers(total), f"{total.rate:.2f}") == ((4, 3, 1, 1, 0), "0.33")


def test_where_no_days_are_over_there_is_no_rate() -> None:
    assert Rate(None, 1, 0, 0, 1, 1).rate is None


def test_another_case_of_the_borrower_soon_after_the_first_was_paid_off_is_a_relapse_too() -> None:
    loan = a_loan()
    close("01-20")
    pay(loan, "9000.00", "02-01", on="02-01")
    a_loan(("03-01", "100.00", "0.00"), loan_no="L2", borrower_no=loan.borrower.borrower_no)
    close("03-02")
    _months, total = rates()
    assert numbers(total) == (1, 1, 1, 0, 0)


def test_each_number_leads_to_as_many_cases(cures: None) -> None:
    client = signed_in(Role.SUPERVISOR)
    page = words(client, PAGE)
    assert ">2025-02<" in page.replace("> ", ">").replace(" <", "<")
    assert "33 %" in page
    for figure, count in (("cured", 4), ("over", 3), ("relapsed", 1), ("running", 1)):
        for month in ("2025-02", "all"):
            url = reverse("reports:follow_up_cases", args=[month, figure])
            assert f'<a href="{url}">{count}</a>' in page
            assert len(client.get(url).context["table"].data.data) == count
    relapsed = words(client, reverse("reports:follow_up_cases", args=["all", "relapsed"]))
    assert "2025-03-13" in relapsed
    assert '<td class="amount">40</td>' in relapsed
    empty = words(client, reverse("reports:follow_up_cases", args=["2025-03", "cured"]))
    assert "No case is behind this number" in empty
    for month, figure in (("2025-02", "luck"), ("2025-13", "cured"), ("ever", "cured")):
        assert client.get(reverse("reports:follow_up_cases", args=[month, figure])).status_code == 404


def test_only_ones_own_portfolios_count_and_a_role_without_permission_is_refused(cures: None) -> None:
    a_loan(*RUNNING, loan_no="SOUTH", portfolio="cards", seen_by="South")
    assert rates(of="South")[1].cured == 0
    assert "Nobody was cured in the last twelve months" in words(signed_in(Role.SUPERVISOR, "South"), PAGE)
    assert rates(Role.AUDITOR, None)[1].cured == 4
    assert "4</a>" in words(signed_in(Role.AUDITOR, None), PAGE)
    for url in (PAGE, reverse("reports:follow_up_cases", args=["all", "cured"])):
        assert signed_in(Role.COLLECTOR).get(url).status_code == 403


def test_the_filter_keeps_one_portfolio_and_goes_along_to_the_cases(cures: None) -> None:
    mine = a_loan(*RUNNING, loan_no="CARD", portfolio="cards").portfolio
    client = signed_in(Role.SUPERVISOR)
    assert "Nothing matches the filter" in words(client, f"{PAGE}?portfolio={mine.pk}")
    other = a_loan(*RUNNING, loan_no="L9").portfolio
    url = reverse("reports:follow_up_cases", args=["all", "cured"])
    assert f'href="{url}?portfolio={other.pk}"' in words(client, f"{PAGE}?portfolio={other.pk}")
    assert len(client.get(f"{url}?portfolio={mine.pk}").context["table"].data.data) == 0
