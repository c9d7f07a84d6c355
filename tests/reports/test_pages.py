"""The pages of the brief: who sees which, the sums, and the cases behind each figure."""

import re
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from loans.models import Portfolio
from reports.models import Brief
from staff.roles import Role
from tests.cases.build import a_case, a_loan, close, day, pay
from tests.loans.test_loan_page import signed_in
from tests.reports.build import brief, morning

pytestmark = pytest.mark.django_db
ROW = re.compile(
    r'<th scope="row">\s*(.*?)\s*<small.*?</th>\s*<td class="amount">(\d+)</td>\s*'
    r'<td class="amount">\s*(?:<a href="(.*?)">)?([-+\d,.]+)',
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> object:
    with time_machine.travel("2025-02-09T10:00:00+08:00", tick=False):
        yield


def shown(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def rows(page: str) -> dict[str, tuple[int, Decimal, str]]:
    """The rows of the brief: number of cases, amount, and where the figure leads."""
    return {
        label: (int(cases), Decimal(amount.replace(",", "")), url) for label, cases, url, amount in ROW.findall(page)
    }


def two_days() -> Brief:
    """One case grows, one pays in part, and two are new."""
    a_loan(loan_no="GROWS")
    part = a_loan(loan_no="PART")
    morning("02-08")
    pay(part, "500.00", "02-08", on="02-08", reference="R-PART")
    for name in ("NEW-1", "NEW-2"):
        a_loan(("02-08", "300.00", "0.00"), loan_no=name)
    return morning("02-09")


def test_the_page_shows_the_totals_and_why_one_became_the_other() -> None:
    two_days()
    page = shown(signed_in(Role.SUPERVISOR), reverse("reports:brief"))
    figures = {label: row[:2] for label, row in rows(page).items()}
    assert figures == {
        "Overdue on 2025-02-08": (2, Decimal("16309.34")),
        "New": (2, Decimal("600.40")),
        "Reversed": (0, Decimal("0.00")),
        "Grown": (1, Decimal("5.33")),
        "Paid in part": (1, Decimal("-494.90")),
        "Cured": (0, Decimal("0.00")),
        "Settled, written off or withdrawn": (0, Decimal("0.00")),
        "Closed": (0, Decimal("0.00")),
        "Unchanged": (0, Decimal("0.00")),
        "Overdue on 2025-02-09": (4, Decimal("16420.17")),
    }
    assert "penalty interest, new instalments and costs" in page
    assert "consumer · CNY" in page
    assert "Compared with the brief of 2025-02-08" in " ".join(page.split())


def test_the_cases_behind_each_figure_add_up_to_it() -> None:
    two_days()
    client = signed_in(Role.SUPERVISOR)
    linked = {label: row for label, row in rows(shown(client, reverse("reports:brief"))).items() if row[2]}
    assert len(linked) == 5
    for cases, amount, url in linked.values():
        table = client.get(url).context["table"]
        assert len(table.data.data) == cases
        column = {"before": "before", "after": "after"}.get(url.split("/")[-2], "difference")
        footer = table.columns[column].footer
        assert Decimal(footer.replace(",", "")) == amount
        assert sum((getattr(line, column) for line in table.data.data), Decimal(0)) == amount
        assert f'<td class="amount">{footer}</td>' in shown(client, url)


def test_a_list_says_which_figure_it_is_and_leads_on_to_the_cases_with_names_masked() -> None:
    two_days()
    url = reverse("reports:brief_lines", args=[Brief.objects.get(on=day("02-09")).pk, "paid"])
    page = shown(signed_in(Role.SUPERVISOR), url)
    assert "Paid in part · consumer" in page
    assert "Brief of 2025-02-09, in CNY: payments that left something open" in page
    assert "李*" in page
    assert "李顺华" not in page
    assert re.search(r'href="/cases/\d+/"', page)
    assert "-494.90" in page
    assert f"{reverse('reports:brief')}?on=2025-02-09" in page


def test_a_list_is_sorted_by_the_size_of_the_change_and_by_what_is_asked() -> None:
    case = two_days().lines.get(kind="paid").case
    client = signed_in(Role.SUPERVISOR)
    url = reverse("reports:brief_lines", args=[Brief.objects.get(on=day("02-09")).pk, "after"])
    assert client.get(url).context["table"].data.data[0].case == case
    descending = client.get(url, {"sort": "-difference"}).context["table"].data.data
    assert [line.difference for line in descending] == sorted((line.difference for line in descending), reverse=True)


def test_the_sum_below_a_list_is_that_of_all_its_pages() -> None:
    for n in range(30):
        a_loan(loan_no=f"L{n}")
    its = morning("02-09")
    page = shown(signed_in(Role.SUPERVISOR), reverse("reports:brief_lines", args=[its.pk, "new"]))
    assert page.count("/cases/") - page.count('href="/cases/"') == 25
    assert "+244,800.00" in page


def test_a_case_that_is_late_again_says_so() -> None:
    loan = a_loan(("01-10", "100.00", "0.00"), ("02-08", "200.00", "0.00"))
    close("01-11")
    pay(loan, "101.00", "01-11", on="01-11")
    morning("02-08")
    page = shown(signed_in(Role.SUPERVISOR), reverse("reports:brief_lines", args=[morning("02-09").pk, "new"]))
    assert "New · late again" in page


def test_a_brief_of_another_team_is_not_found_and_a_role_without_permission_is_refused() -> None:
    a_case(portfolio="cards", seen_by="South", on="02-09")
    its = brief("02-09", "cards")
    url = reverse("reports:brief_lines", args=[its.pk, "new"])
    assert signed_in(Role.SUPERVISOR, "South").get(url).status_code == 200
    assert signed_in(Role.AUDITOR, None).get(url).status_code == 200
    assert signed_in(Role.SUPERVISOR).get(url).status_code == 404
    assert "cards" not in shown(signed_in(Role.SUPERVISOR), reverse("reports:brief"))
    assert signed_in(Role.COLLECTOR, "South").get(url).status_code == 403
    assert signed_in(Role.COLLECTOR, "South").get(reverse("reports:brief")).status_code == 403


def test_a_figure_that_does_not_exist_is_not_found_and_an_empty_one_says_so() -> None:
    its = two_days()
    client = signed_in(Role.SUPERVISOR)
    assert client.get(reverse("reports:brief_lines", args=[its.pk, "luck"])).status_code == 404
    assert "No case is behind this figure" in shown(client, reverse("reports:brief_lines", args=[its.pk, "closed"]))


def test_portfolios_stand_side_by_side_and_their_currencies_are_never_added() -> None:
    a_case(on="02-09")
    a_case(loan_no="L2", portfolio="cards", on="02-09")
    Portfolio.objects.filter(code="cards").update(currency="USD")
    brief("02-09")
    brief("02-09", "cards")
    page = shown(signed_in(Role.SUPERVISOR), reverse("reports:brief"))
    assert "consumer · CNY" in page
    assert "cards · USD" in page
    assert page.count("8,160.00") == 4
    assert "16,320.00" not in page


def test_a_past_day_is_shown_when_asked_for_and_a_day_without_brief_leads_to_the_newest() -> None:
    two_days()
    client = signed_in(Role.SUPERVISOR)
    past = shown(client, reverse("reports:brief") + "?on=2025-02-08")
    assert "The first brief of this portfolio" in past
    assert rows(past)["Overdue on 2025-02-08"][1] == Decimal("16309.34")
    assert 'href="?on=2025-02-09"' in past
    without = shown(client, reverse("reports:brief") + "?on=2025-02-01")
    assert "No brief was written for this day" in without


def test_before_the_first_brief_the_page_says_what_to_do_to_who_may() -> None:
    a_case(on="02-09")
    supervisor = shown(signed_in(Role.SUPERVISOR), reverse("reports:brief"))
    assert "Bring it up to date to have the first one now." in supervisor
    assert reverse("reports:make_brief") in supervisor
    auditor = shown(signed_in(Role.AUDITOR), reverse("reports:brief"))
    assert "No brief yet" in auditor
    assert reverse("reports:make_brief") not in auditor


def test_a_supervisor_brings_the_brief_up_to_date_and_an_auditor_may_not() -> None:
    case = a_case(on="02-09")
    url = reverse("reports:make_brief")
    assert signed_in(Role.AUDITOR).post(url).status_code == 403
    client = signed_in(Role.SUPERVISOR)
    first = client.post(url, follow=True).content.decode()
    assert "brief is being written" in first
    assert rows(first)["New"][:2] == (1, Decimal("8160.00"))
    pay(case.lead_loan, "160.00", "02-09")
    assert rows(client.post(url, follow=True).content.decode())["New"][:2] == (1, Decimal("8000.00"))


def test_the_brief_stands_in_the_navigation_of_those_who_read_it() -> None:
    link = f'href="{reverse("reports:brief")}"'
    assert link in shown(signed_in(Role.SUPERVISOR), reverse("staff:home"))
    assert link not in shown(signed_in(Role.COLLECTOR), reverse("staff:home"))


def test_a_list_costs_the_same_queries_for_few_cases_and_for_many(django_assert_max_num_queries) -> None:
    client = signed_in(Role.SUPERVISOR)
    a_case(on="02-09")
    url = reverse("reports:brief_lines", args=[brief("02-09").pk, "new"])
    with django_assert_max_num_queries(14) as few:
        client.get(url)
    for n in range(9):
        a_loan(loan_no=f"M{n}")
    morning("02-09")
    with django_assert_max_num_queries(14) as many:
        client.get(url)
    assert len(few) == len(many)
