"""The pages of visits: the board and its plan, the telephone page from door to log, and who sees what."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import AuditEntry
from loans.models import Portfolio
from staff.models import User
from staff.roles import Role
from tests.cast import SignedIn
from tests.loans.build import person
from tests.visits.build import PNG, a_field_case, agent, approved, arrived, done, requested, scheduled
from visits.models import Visit

pytestmark = pytest.mark.django_db
STREET, NAME = "中关村大街2号", "李顺华"


@pytest.fixture(autouse=True)
def the_twelfth_of_february() -> object:
    with time_machine.travel("2025-02-12T10:00:00+08:00", tick=False):
        yield


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_board_shows_districts_masked_people_and_how_full_a_day_is(signed_in: SignedIn) -> None:
    scheduled()
    requested(a_field_case(loan_no="L2"))
    page = text(signed_in(person(Role.SUPERVISOR)).get(reverse("visits:board")))
    assert "李*" in page and "北京市" in page and "1/6" in page and "Agent-An" not in page
    assert NAME not in page and STREET not in page
    other = text(signed_in(person(Role.SUPERVISOR, of="South")).get(reverse("visits:board")))
    assert "李*" not in other


def test_a_plan_names_its_conflicts_before_and_refuses_them_on_saving(signed_in: SignedIn) -> None:
    visit, client = approved(), signed_in(person(Role.SUPERVISOR))
    url = reverse("visits:plan", args=[visit.pk])
    asked = {"day": "2025-02-13", "from_time": "09:00", "until_time": "12:00", "lead": str(agent().pk)}
    night = {**asked, "companion": str(agent("bo").pk), "until_time": "23:30"}
    shown = text(client.get(url, night, headers={"hx-request": "true", "hx-target": "conflicts"}))
    assert "CN-" in shown and "<form" not in shown
    assert client.post(url, night).status_code == 422
    saved = client.post(url, {**night, "until_time": "12:00"})
    assert (saved.status_code, Visit.objects.get().state) == (302, "scheduled")
    assert "Nothing speaks against" not in text(client.get(url))


def test_a_supervisor_decides_and_a_stranger_finds_nothing(signed_in: SignedIn) -> None:
    visit = requested()
    url = reverse("visits:decide", args=[visit.pk])
    assert signed_in(person(Role.SUPERVISOR, of="South")).post(url, {"step": "approve"}).status_code == 404
    signed_in(person(Role.SUPERVISOR)).post(url, {"step": "approve"})
    assert Visit.objects.get().state == "approved"


def test_the_telephone_page_leads_from_the_address_to_the_log(signed_in: SignedIn) -> None:
    visit, client = scheduled(), signed_in(agent())
    page = text(client.get(reverse("visits:today")))
    assert "李*" in page and NAME not in page and STREET not in page
    door = text(client.post(reverse("visits:address", args=[visit.pk])))
    assert NAME in door and STREET in door
    assert AuditEntry.objects.filter(action="borrowers.address", actor_name="agent-an").count() == 1
    client.post(reverse("visits:accept", args=[visit.pk]))
    refused = client.post(reverse("visits:arrive", args=[visit.pk]), {})
    assert (refused.status_code, "Say why" in text(refused)) == (422, True)
    client.post(reverse("visits:arrive", args=[visit.pk]), {"explanation": "not allowed to say"})
    photo = SimpleUploadedFile("me.jpg", PNG)
    client.post(reverse("visits:add_photo", args=[visit.pk]), {"photo": photo})
    finish = reverse("visits:finish", args=[visit.pk])
    only = text(client.post(finish, {"met": "nobody"}, headers={"hx-target": "report-fields"}))
    assert "NOTHOME" in only and "PTP" not in only and "willingness" not in only
    asked = {"met": "debtor", "outcome": "PTP"}
    fields = text(client.post(finish, asked, headers={"hx-target": "report-fields"}))
    # What a borrower said has no place in an address.
    assert "hx-get" not in text(client.get(finish)) and Visit.objects.get().state == "arrived"
    assert "willingness" in fields and 'name="amount"' in fields and "receipt" not in fields
    late = client.post(finish, {**asked, "amount": "2000", "date": "2026-02-14"})
    assert (late.status_code, "days ahead" in text(late)) == (422, True)
    answer = client.post(finish, {**asked, "amount": "2000", "date": "2025-02-14", "willingness": "2", "ability": "1"})
    assert (answer.status_code, Visit.objects.get().state) == (302, "done")


def test_on_another_day_the_address_stays_hidden(signed_in: SignedIn) -> None:
    visit = scheduled(on="02-13")
    page = text(signed_in(agent()).post(reverse("visits:address", args=[visit.pk])))
    assert STREET not in page
    assert not AuditEntry.objects.filter(action="borrowers.address").exists()


def test_evidence_is_for_the_visitors_and_who_judges_them(signed_in: SignedIn) -> None:
    visit = done()
    photo = reverse("visits:photo", args=[visit.pk, 1])
    shown = signed_in(person(Role.SUPERVISOR)).get(photo)
    assert (shown.content, shown["Content-Type"], shown["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    assert signed_in(agent("bo")).get(photo).status_code == 200
    assert signed_in(agent("cai")).get(photo).status_code == 403
    assert signed_in(person(Role.COLLECTOR)).get(photo).status_code == 403
    assert AuditEntry.objects.filter(action="visits.see_photo").count() == 2
    page = reverse("visits:visit", args=[visit.pk])
    assert "39.983424" in text(signed_in(person(Role.SUPERVISOR)).get(page))
    assert "39.983424" not in text(signed_in(person(Role.COLLECTOR)).get(page))


def test_a_review_returns_a_visit_and_its_visitors_hand_it_in_again(signed_in: SignedIn) -> None:
    visit = done()
    review = reverse("visits:review", args=[visit.pk])
    boss, client = signed_in(person(Role.SUPERVISOR)), signed_in(agent())
    assert boss.post(review, {"accepted": "no"}).status_code == 422
    boss.post(review, {"accepted": "no", "reason": "which house is it?"})
    assert "which house is it?" in text(client.get(reverse("visits:visit", args=[visit.pk])))
    client.post(reverse("visits:answer", args=[visit.pk]), {"answer": "number 2, on the left"})
    boss.post(review, {"accepted": "yes"})
    assert Visit.objects.get().state == "reviewed"


def test_a_cases_page_shows_its_visits_and_asks_for_one(signed_in: SignedIn) -> None:
    case, client = a_field_case(), signed_in(person(Role.COLLECTOR))
    panel = reverse("visits:panel", args=[case.pk])
    assert "Ask for a visit" in text(client.get(panel))
    address = case.borrower.addresses.get()
    client.post(reverse("visits:request", args=[case.pk]), {"address": address.pk, "wish": "hand over the demand"})
    page = text(client.get(panel))
    assert "V0" in page and "Ask for a visit" not in page
    assert text(signed_in(agent("cai")).get(reverse("visits:my_day"))).count("No visit today") == 1


def test_my_day_has_the_route_and_what_is_left_of_days_before(signed_in: SignedIn) -> None:
    arrived()
    with time_machine.travel("2025-02-13T09:00:00+08:00", tick=False):
        page = text(signed_in(agent("bo")).get(reverse("visits:my_day")))
        assert "1 visit of another day waits for you." in page
        assert "Not written down yet" in text(signed_in(agent("bo")).get(reverse("visits:today")))
    assert "0 requests wait" in text(signed_in(person(Role.SUPERVISOR)).get(reverse("visits:my_day")))


def test_the_list_is_filtered_and_says_what_to_do_when_empty(signed_in: SignedIn) -> None:
    client = signed_in(person(Role.SUPERVISOR))
    assert "Ask for one" in text(client.get(reverse("visits:list")))
    visit = scheduled()
    url = reverse("visits:list")
    assert str(visit) in text(
        client.get(url, {"agent": str(agent().pk), "from_on": "2025-02-12", "until_on": "2025-02-12"})
    )
    assert str(visit) not in text(client.get(url, {"state": "done"}))


@pytest.mark.parametrize("clock", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_telephone_with_an_impossible_clock_says_no_time(signed_in: SignedIn, clock: str) -> None:
    visit, client = scheduled(), signed_in(agent())
    client.post(reverse("visits:arrive", args=[visit.pk]), {"explanation": "no sky", "device_at": clock})
    assert (Visit.objects.get().state, Visit.objects.get().device_arrived_at) == ("arrived", None)


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_the_board_shows_any_week_that_somebody_asks_for(signed_in: SignedIn, on: str) -> None:
    assert signed_in(person(Role.SUPERVISOR)).get(reverse("visits:board"), {"on": on}).status_code == 200


def test_whoever_left_stays_on_the_board_until_somebody_else_is_sent(signed_in: SignedIn) -> None:
    scheduled()
    User.objects.filter(username="agent-an").update(is_active=False)
    boss = signed_in(person(Role.SUPERVISOR))
    assert "V0" in text(boss.get(reverse("visits:board"))).split("Week of")[1]


def test_what_is_today_is_asked_where_the_borrower_is(signed_in: SignedIn) -> None:
    Portfolio.objects.filter(pk=scheduled().portfolio_id).update(timezone="America/Los_Angeles")
    assert "No visit today" in text(signed_in(agent()).get(reverse("visits:today")))
    with time_machine.travel("2025-02-13T10:00:00+08:00", tick=False):
        assert "李*" in text(signed_in(agent()).get(reverse("visits:today")))
