"""The pages of the nights: what changed and why down to the case, what failed, and who sees which of it."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.models import Case, ClosedDay, SetAside
from cases.night_services import plan_day
from loans.models import Portfolio
from staff.roles import Role
from tests.cases.build import AT, a_case, a_loan, close, day, pay
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db

LIST = reverse("nights:list")
NIGHT = reverse("nights:night", args=[day("02-09")])


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def words(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def moves(name: str, on: str = "02-09") -> str:
    return reverse("nights:moves", args=[day(on), name])


def failed(portfolio: str = "consumer") -> SetAside:
    """A night in which a loan of a portfolio without a policy could not be opened."""
    a_loan(loan_no=portfolio, portfolio=portfolio)
    Portfolio.objects.filter(code=portfolio).update(policy_line="lost")
    close("02-09")
    return SetAside.objects.get()


def test_before_the_first_night_the_page_says_when_it_comes() -> None:
    assert "No day has been closed yet" in words(signed_in(Role.SUPERVISOR), LIST)


def test_the_list_has_every_night_the_newest_first_with_what_it_changed() -> None:
    a_loan()
    close("02-08"), close("02-09")
    page = words(signed_in(Role.SUPERVISOR), LIST)
    assert page.index("2025-02-09</a>") < page.index("2025-02-08</a>")
    assert f'href="{NIGHT}"' in page
    assert "finished" in page
    assert ">0.0</td>" in page


def test_a_night_says_what_moved_and_why_and_each_number_opens_its_cases() -> None:
    case = a_case()
    pay(case.lead_loan, "9000.00", "02-09")
    client = signed_in(Role.SUPERVISOR)
    page = words(client, NIGHT)
    for name in ("open", "cure"):
        assert f'<a href="{moves(name)}">1</a>' in page
    assert moves("relapse") not in page
    assert "late again during the watch" in page
    assert "hx-get" not in page
    assert "Nothing was set aside." in page


def test_the_list_of_a_move_has_the_facts_it_was_decided_on_and_leads_to_the_case() -> None:
    case = a_case()
    page = words(signed_in(Role.AUDITOR, None), moves("open"))
    assert reverse("cases:case", args=[case.pk]) in page
    assert "Opened · 2025-02-09" in page
    assert "Why: late after the days of grace" in page
    for fact in (str(case), ">30</td>", ">8,000.00</td>", "default v1", "Reminder"):
        assert fact in page


def test_what_a_person_moved_is_no_move_of_the_night() -> None:
    case = a_case()
    case.moves.model.objects.create(
        case=case, move="cure", target="watch", on=day("02-09"), at=AT, by_name="ann", policy_version_id=1, facts={}
    )
    client = signed_in(Role.SUPERVISOR)
    assert moves("cure") not in words(client, NIGHT)
    assert "No case made this move on this date" in words(client, moves("cure"))


def test_a_night_under_way_shows_how_far_it_is_and_asks_again() -> None:
    a_loan()
    plan_day(on=day("02-09"), at=AT)
    client = signed_in(Role.OPERATIONS)
    url = reverse("nights:progress", args=[day("02-09")])
    for page in (words(client, NIGHT), words(client, url)):
        assert f'hx-get="{url}?" hx-trigger="every 2s"' in page
        assert 'max="1" value="0"' in page
        assert "0 of 1 borrowers and cases looked at" in page
    assert "under way" in words(client, LIST)
    close("02-09")
    assert "hx-get" not in words(client, url)


def test_a_day_that_was_begun_before_nights_had_chunks_is_no_error() -> None:
    ClosedDay.objects.create(on=day("02-09"))
    assert "the portal goes on by itself" in words(signed_in(Role.OPERATIONS), NIGHT)


def test_what_was_set_aside_shows_its_error_and_is_tried_again_by_who_may() -> None:
    row = failed()
    again = reverse("nights:try_again", args=[row.pk])
    client = signed_in(Role.SUPERVISOR)
    page = words(client, NIGHT)
    assert "ValueError" in page
    assert row.message in page
    assert "to be opened" in page
    assert f'action="{again}"' in page
    assert '<td class="amount">1</td>' in words(client, LIST)
    assert "It failed again" in client.post(again, follow=True).content.decode()
    Portfolio.objects.update(policy_line="default")
    assert "It worked this time." in client.post(again, follow=True).content.decode()
    page = words(client, NIGHT)
    assert "tried again by supervisor-north" in page
    assert again not in page
    assert Case.objects.get().opened_on == day("02-09")


def test_what_a_later_night_settled_says_so() -> None:
    failed()
    Portfolio.objects.update(policy_line="default")
    close("02-10")
    assert "settled by the portal, 2025-02-09" in words(signed_in(Role.SUPERVISOR), NIGHT)


def test_an_auditor_sees_what_was_set_aside_and_may_not_try_it_again() -> None:
    row = failed()
    again = reverse("nights:try_again", args=[row.pk])
    auditor = signed_in(Role.AUDITOR, None)
    page = words(auditor, NIGHT)
    assert "waits for the next night" in page
    assert again not in page
    assert auditor.post(again).status_code == 403
    assert SetAside.objects.get().resolved_at is None


def test_another_teams_cases_are_not_counted_not_listed_and_not_tried_again() -> None:
    a_loan(loan_no="THEIRS")
    row = failed("cards")
    stranger = signed_in(Role.SUPERVISOR, "South")
    page = words(stranger, NIGHT)
    assert moves("open") not in page
    assert "Nothing was set aside." in page
    assert "No case made this move on this date" in words(stranger, moves("open"))
    assert stranger.post(reverse("nights:try_again", args=[row.pk])).status_code == 404
    assert '<td class="amount">0</td>' in words(stranger, LIST)


def test_a_day_that_is_none_was_not_closed_or_a_move_that_is_none_is_not_found() -> None:
    close("02-09")
    client = signed_in(Role.SUPERVISOR)
    for url in ("/nights/2025-02-30/", "/nights/2025-02-10/", moves("open", "02-10"), moves("nonsense")):
        assert client.get(url).status_code == 404
    assert signed_in(Role.COLLECTOR).get(LIST).status_code == 403


def test_a_night_costs_the_same_queries_however_much_moved(django_assert_max_num_queries) -> None:
    for n in range(30):
        a_loan(loan_no=f"L{n}")
    close("02-09")
    client = signed_in(Role.SUPERVISOR)
    with django_assert_max_num_queries(14):
        client.get(NIGHT)
    with django_assert_max_num_queries(14):
        client.get(moves("open"))
    with django_assert_max_num_queries(12):
        client.get(LIST)
    assert ClosedDay.objects.get().took == dt.timedelta(0)
