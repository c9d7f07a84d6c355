"""Holds on a case: what they block shows before the click, and the pages that place and lift them."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cases.models import Case
from cases.selectors import found_of
from cases.services import offers, place_hold
from holds.models import Hold
from staff.roles import Role
from tests.cases.build import AT, a_case, close, day, person
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> object:
    with time_machine.travel("2025-02-09T10:00:00+08:00", tick=False):
        yield


def held_case(kind: str = "dispute", until_on: str | None = None) -> Case:
    case = a_case()
    place_hold(
        case=case,
        kind=kind,
        from_on=day("02-09"),
        until_on=day(until_on) if until_on else None,
        stops_penalty=False,
        stops_clock=False,
        reason="says it is paid",
        evidence="",
        by=person(Role.SUPERVISOR),
        on=day("02-09"),
        at=AT,
    )
    return Case.objects.get(pk=case.pk)


def codes(case: Case, move: str, on: str) -> list[str]:
    found = found_of(case, day(on))
    offer = next(offer for offer in offers(case, found, person(Role.SUPERVISOR)) if offer.move == move)
    return [blocker.code for blocker in offer.blockers]


def test_a_hold_blocks_escalation_while_it_stands_and_the_case_is_reviewed_when_it_ends() -> None:
    case = held_case(until_on="02-20")
    assert "hold" in codes(case, "start_phoning", "02-19")
    assert "hold" not in codes(case, "start_phoning", "02-20")
    assert (case.review_on and case.review_on <= day("02-20"), case.why[0][0]) == (True, "hold")
    close("02-20")
    assert Case.objects.get(pk=case.pk).why[0][0] != "hold"


def test_a_dispute_blocks_the_court_by_its_own_name() -> None:
    case = held_case()
    Case.objects.filter(pk=case.pk).update(stage="field")
    case = Case.objects.get(pk=case.pk)
    assert {"hold", "dispute"} <= set(codes(case, "escalate_to_legal", "02-10"))


def test_the_page_shows_holds_and_says_where_there_are_none() -> None:
    client = signed_in(Role.COLLECTOR)
    free = client.get(reverse("cases:case", args=[a_case(loan_no="L2").pk])).content.decode()
    assert "Nothing stops work on this case." in free
    case = held_case()
    shown = " ".join(client.get(reverse("cases:case", args=[case.pk])).content.decode().split())
    assert "holds today" in shown
    assert "calls · messages · visits · escalation" in shown
    assert "A hold stops it." in shown
    assert reverse("cases:lift_hold", args=[case.pk, Hold.objects.get().pk]) not in shown


FILLED: dict[str, Any] = {"kind": "hardship", "from_on": "2025-02-09", "reason": "lost his job"}


def test_a_collector_places_a_hold_but_cannot_stop_money() -> None:
    case = a_case()
    url = reverse("cases:place_hold", args=[case.pk])
    client = signed_in(Role.COLLECTOR)
    assert "Stop penalty interest" not in client.get(url).content.decode()
    answer = client.post(url, {**FILLED, "stops_penalty": "on"}, follow=True).content.decode()
    assert "The hold is placed." in answer
    hold = Hold.objects.get()
    assert (hold.kind, hold.stops_penalty, hold.stops_messages) == ("hardship", False, False)


def test_a_supervisor_stops_money_and_lifts_it_again() -> None:
    case = a_case()
    client = signed_in(Role.SUPERVISOR)
    client.post(reverse("cases:place_hold", args=[case.pk]), {**FILLED, "stops_penalty": "on", "stops_clock": "on"})
    hold = Hold.objects.get()
    assert hold.pauses.count() == 1
    url = reverse("cases:lift_hold", args=[case.pk, hold.pk])
    assert "lost his job" in client.get(url).content.decode()
    answer = client.post(url, {"reason": "found work", "mistaken": "on"}, follow=True).content.decode()
    assert "The hold is lifted." in answer
    assert "never held" in answer
    again = client.post(url, {"reason": "found work"}).content.decode()
    assert "This hold was lifted already." in again


def test_what_cannot_be_placed_is_said_on_the_form_and_what_was_typed_stays() -> None:
    case = a_case()
    url = reverse("cases:place_hold", args=[case.pk])
    answer = signed_in(Role.SUPERVISOR).post(url, {**FILLED, "kind": "deceased"}).content.decode()
    assert "This kind of hold takes evidence: name the document." in answer
    assert "lost his job" in answer
    assert not Hold.objects.exists()


def test_a_hold_of_another_case_or_another_team_is_not_found_and_a_legal_one_not_lifted_by_a_supervisor() -> None:
    case, other = held_case(), a_case(loan_no="L2")
    hold = Hold.objects.get()
    client = signed_in(Role.SUPERVISOR)
    assert client.get(reverse("cases:lift_hold", args=[other.pk, hold.pk])).status_code == 404
    south = a_case(loan_no="L3", portfolio="cards", seen_by="South")
    assert client.get(reverse("cases:place_hold", args=[south.pk])).status_code == 404
    Hold.objects.update(kind="deceased")
    url = reverse("cases:lift_hold", args=[case.pk, hold.pk])
    assert client.get(url).status_code == 403
    assert signed_in(Role.LEGAL_OFFICER).get(url).status_code == 200
