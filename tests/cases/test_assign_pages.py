"""The pages of assignment: preview, agree, watch, undo; desks; one case from its page."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.assignment_services import run_chunk
from cases.models import Case, Desk, Handover
from staff.roles import Role
from tests.cases.build import AT
from tests.cases.build_assignment import (
    ON,
    collector,
    desk,
    owners,
    planned,
    previewed,
    some_cases,
    supervisor,
)
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db

LIST = reverse("assignment:list")
ASKED: dict[str, Any] = {
    "source": "pool",
    "stage": "",
    "strategy": "load",
    "keep_promises": "on",
    "reason": "new people",
}


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def client() -> Client:
    return signed_in(Role.SUPERVISOR)


def words(client: Client, url: str, status: int = 200, **posted: Any) -> str:
    response = client.post(url, posted, follow=True) if posted else client.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def shown(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    return found[1]


def test_desks_pool_and_whoever_left_with_cases_are_listed_and_a_person_is_preselected(client: Client) -> None:
    ann, gone = collector("ann"), collector("gone", is_active=False)
    desk(ann, 20, "沈阳市", away="02-01", back="02-11")
    some_cases(2, ann), some_cases(1, gone, first=3), some_cases(3, first=4)
    page = words(client, f"{LIST}?of={ann.pk}")
    assert f'<option value="{ann.pk}" selected>Cases of Ann (2)' in page
    assert "away until 2025-02-11" in page
    assert "Cases of Gone (1)" in page
    assert f'href="?of={gone.pk}"' in page
    assert re.search(r"The pool</th> <td class=\"amount\">3</td>", page)
    assert "Nothing was given away yet." in page


def test_a_preview_is_agreed_to_done_and_undone(client: Client) -> None:
    collector("ann")
    desk(supervisor(), 0)
    cases = some_cases(2)
    seen = words(client, reverse("assignment:preview"), **ASKED)
    assert "2 cases move, 2 of them from the pool; 0 stay with their owner, 0 find nobody." in seen
    assert owners(cases) == [None, None]
    done = words(client, reverse("assignment:hand_over"), shown=shown(seen))
    assert "2 of 2 cases moved; 0 had changed since the preview." in done
    assert "possible until 2025-02-10" in done
    assert "hx-get" not in done
    assert owners(cases) == ["ann", "ann"]
    handover = Handover.objects.get()
    assert str(handover) in words(client, LIST)
    undone = words(client, reverse("assignment:undo", args=[handover.pk]), agreed="1")
    assert "The handover is undone." in undone
    assert "2 cases put back" in undone
    assert owners(cases) == [None, None]
    assert "cannot be undone" in words(client, reverse("assignment:undo", args=[handover.pk]), agreed="1")


def test_what_nobody_takes_is_named_with_its_reason_and_nothing_to_do_has_no_button(client: Client) -> None:
    [case] = some_cases(1)
    seen = words(client, reverse("assignment:preview"), **{**ASKED, "strategy": "district"})
    assert str(case) in seen
    assert "北京市 · nobody who is there covers the city" in seen
    assert "Nothing would move." in seen
    assert 'name="shown"' not in seen


def test_a_form_without_a_reason_comes_back_with_what_was_chosen(client: Client) -> None:
    page = words(
        client, reverse("assignment:preview"), status=422, **{**ASKED, "strategy": "round_robin", "reason": ""}
    )
    assert '<option value="round_robin" selected>' in page
    assert "This field is required." in page


def test_a_preview_that_is_an_hour_old_somebody_elses_or_made_up_is_not_carried_out(
    client: Client, the_ninth_of_february: time_machine.Traveller
) -> None:
    collector("ann")
    cases = some_cases(1)
    seen = shown(words(client, reverse("assignment:preview"), **ASKED))
    url = reverse("assignment:hand_over")
    assert "This preview is too old" in words(client, url, shown="made:up")
    assert "This preview is too old" in words(signed_in(Role.SUPERVISOR, "South"), url, shown=seen)
    the_ninth_of_february.shift(dt.timedelta(hours=1, seconds=1))
    assert "This preview is too old" in words(client, url, shown=seen)
    assert (owners(cases), Handover.objects.count()) == ([None], 0)


def test_somebody_who_left_between_preview_and_agreement_is_said(client: Client) -> None:
    ann = collector("ann")
    desk(supervisor(), 0)
    some_cases(1)
    seen = shown(words(client, reverse("assignment:preview"), **ASKED))
    ann.is_active = False
    ann.save()
    assert "Only collectors and supervisors of your team" in words(client, reverse("assignment:hand_over"), shown=seen)


def test_a_handover_under_way_shows_how_far_it_is_and_one_without_worker_goes_on_at_a_click(
    client: Client, the_ninth_of_february: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.assignment_services.CHUNK", 2)
    collector("ann")
    some_cases(3)
    handover = planned(previewed())
    run_chunk(handover_id=handover.pk, on=ON, at=AT)
    url = reverse("assignment:progress", args=[handover.pk])
    page = words(client, url)
    assert f'hx-get="{url}" hx-trigger="every 1s"' in page
    assert "2 of 3 cases" in page
    assert "Go on" not in page
    the_ninth_of_february.shift(dt.timedelta(minutes=2))
    assert "Go on" in words(client, url)
    resume = reverse("assignment:resume", args=[handover.pk])
    assert "3 of 3 cases moved" in words(client, resume, agreed="1")
    assert "3 of 3 cases moved" in words(client, resume, agreed="1")
    the_ninth_of_february.shift(dt.timedelta(hours=25))
    page = words(signed_in(Role.SUPERVISOR), reverse("assignment:handover", args=[handover.pk]))
    assert reverse("assignment:undo", args=[handover.pk]) not in page


def test_another_teams_handover_and_desk_are_not_found() -> None:
    ann = collector("ann")
    some_cases(1)
    handover = planned(previewed())
    stranger = signed_in(Role.SUPERVISOR, "South")
    for name in ("assignment:handover", "assignment:progress"):
        assert stranger.get(reverse(name, args=[handover.pk])).status_code == 404
    for name in ("assignment:undo", "assignment:resume"):
        assert stranger.post(reverse(name, args=[handover.pk])).status_code == 404
    assert stranger.get(reverse("assignment:desk", args=[ann.pk])).status_code == 404
    assert str(handover) not in words(stranger, LIST)


def test_without_a_team_the_page_says_that_nobody_is_there() -> None:
    client = signed_in(Role.SUPERVISOR, None)
    assert "Nobody can own cases here" in words(client, LIST)
    refused = words(client, reverse("assignment:preview"), status=422, **ASKED)
    assert "You belong to no team" in refused


def test_a_desk_is_filled_in_and_what_is_wrong_with_it_is_said(client: Client) -> None:
    ann = collector("ann")
    url = reverse("assignment:desk", args=[ann.pk])
    assert 'value="150"' in words(client, url)
    filled: dict[str, Any] = {
        "capacity": "60",
        "cities": "沈阳市、大连市\n锦州市",
        "away_from_on": "2025-02-10",
        "back_on": "2025-02-09",
    }
    assert "must have been away before" in words(client, url, status=422, **filled)
    assert "40 characters at most" in words(client, url, status=422, **{**filled, "cities": "市" * 41})
    assert "The desk is saved." in words(client, url, **{**filled, "back_on": ""})
    its = Desk.objects.get(person=ann)
    assert (its.capacity, its.cities, its.back_on) == (60, ["大连市", "沈阳市", "锦州市"], None)
    assert 'value="60"' in words(client, url)


def test_one_case_is_given_from_its_page(client: Client) -> None:
    ann, [case] = collector("ann"), some_cases(1)
    collector("ben"), desk(collector("ben"), 10, away="02-01")
    url = reverse("cases:assign", args=[case.pk])
    page = words(client, reverse("cases:case", args=[case.pk]))
    assert f'action="{url}"' in page
    assert "Ann · 0 of 150 cases" in page
    assert "Ben · away" in page
    assert "The case has a new owner." in words(client, url, owner=str(ann.pk), reason="knows them")
    assert Case.objects.get().owner == ann
    assert "That is who has it already." in words(client, url, owner=str(ann.pk), reason="knows them")
    assert "This field is required." in words(client, url, owner="")
    assert "The case has a new owner." in words(client, url, owner="", reason="wrong one")
    assert Case.objects.get().owner is None


def test_another_teams_case_is_not_found_and_a_collector_sees_no_form(client: Client) -> None:
    [case], [foreign] = some_cases(1), some_cases(1, seen_by="South", first=2)
    assert client.post(reverse("cases:assign", args=[foreign.pk]), {"reason": "x"}).status_code == 404
    page = words(signed_in(Role.COLLECTOR), reverse("cases:case", args=[case.pk]))
    assert reverse("cases:assign", args=[case.pk]) not in page
