"""A promise beyond a collector's limits: a second person agrees or declines, with a reason, never who took it."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from cases import desk_services
from cases.models import Case
from contacts.models import Promise
from contacts.promise_services import PromiseRefused
from rulebook.priority import Line
from staff.roles import Role
from tests.cases.build import a_case, day, person
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2025-02-09T10:00:00+08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def case() -> Case:
    return a_case()


@pytest.fixture
def asked(case: Case) -> Promise:
    return promise(case, "1632.00", "02-20")


def promise(
    case: Case, amount: str, due: str, by: Role = Role.COLLECTOR, *, of: str = "North", is_inbound: bool = False
) -> Promise:
    attempt = desk_services.log(
        case=case,
        point=case.borrower.phones.get(),
        outcome="PTP",
        said={"amount": Decimal(amount), "date": day(due)},
        by=person(by, of=of),
        at=timezone.now(),
        is_inbound=is_inbound,
    )
    return attempt.promises.get()


def url(its: Promise) -> str:
    return reverse("desk:decide_promise", args=[its.pk])


def words(client: Client, its: Promise) -> str:
    response = client.get(url(its))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def post(its: Promise, *, role: Role = Role.SUPERVISOR, **sent: str) -> str:
    response = signed_in(role).post(url(its), sent, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def state(its: Promise) -> str:
    return str(Promise.objects.get(pk=its.pk).state)


def test_agreed_the_promise_stands_with_who_agreed_and_the_case_waits(case: Case, asked: Promise) -> None:
    assert Case.objects.get(pk=case.pk).line != Line.WAITING
    assert "The promise stands." in post(asked, agree="1", reason="has a new job")
    its = Promise.objects.get()
    assert (its.state, its.decided_by_name) == ("open", person(Role.SUPERVISOR).username)
    assert its.changes.latest("pk").reason == "has a new job"
    assert AuditEntry.objects.filter(action="contacts.decide_promise").count() == 1
    assert Case.objects.get(pk=case.pk).line == Line.WAITING


def test_declined_it_does_not_stand_and_the_case_is_chased_on(case: Case, asked: Promise) -> None:
    line = Case.objects.get(pk=case.pk).line
    assert "The promise is declined." in post(asked, decline="1", reason="too far off")
    its = Promise.objects.get()
    assert (its.state, its.decided_by_name) == ("declined", person(Role.SUPERVISOR).username)
    assert Case.objects.get(pk=case.pk).line == line


def test_without_a_reason_nothing_is_decided(asked: Promise) -> None:
    assert "This field is required." in post(asked, agree="1", reason="  ")
    assert state(asked) == "asked"
    with pytest.raises(PromiseRefused, match="reason"):
        desk_services.decide_promise(
            promise=asked, agreed=True, reason=" ", by=person(Role.SUPERVISOR), at=timezone.now()
        )


def test_without_an_answer_nothing_is_declined_by_accident(asked: Promise) -> None:
    assert "Say whether you agree." in post(asked, reason="has a new job")
    assert "Say whether you agree." in post(asked, reason="has a new job", agree="1", decline="1")
    assert state(asked) == "asked"


def test_the_page_has_the_facts_the_limits_and_what_agreeing_changes(asked: Promise) -> None:
    shown = words(signed_in(Role.SUPERVISOR), asked)
    assert "1,632.00 · 2025-02-20" in shown
    assert "11 days ahead; 7 at most." in shown
    assert "8,160.00 is overdue; once agreed, the borrower is not called about it before 2025-02-20." in shown
    assert 'name="agree"' in shown


def test_agreed_it_takes_the_place_of_the_open_promise_and_the_page_says_so_before() -> None:
    case = a_case()
    first = promise(case, "8160.00", "02-12", by=Role.SUPERVISOR)
    # While a promise is open nobody calls; the borrower calls us.
    second = promise(case, "1632.00", "02-20", is_inbound=True)
    assert (state(first), state(second)) == ("open", "asked")
    assert "it replaces the open promise of 8,160.00 by 2025-02-12." in words(signed_in(Role.SUPERVISOR), second)
    post(second, agree="1", reason="has a new job")
    assert (state(first), state(second)) == ("superseded", "open")


def test_ones_own_promise_takes_another_person_on_the_page_in_the_service_and_in_the_database(asked: Promise) -> None:
    supervisor = person(Role.SUPERVISOR)
    Promise.objects.update(made_by_id_then=supervisor.pk)
    client = signed_in(Role.SUPERVISOR)
    shown = words(client, asked)
    assert "another person has to decide" in shown
    assert 'name="agree"' not in shown
    assert client.post(url(asked), {"agree": "1", "reason": "I say so"}).status_code == 403
    assert client.post(url(asked), {}).status_code == 403
    with pytest.raises(PermissionDenied):
        desk_services.decide_promise(promise=asked, agreed=True, reason="so", by=supervisor, at=timezone.now())
    with pytest.raises(IntegrityError, match="contacts_promise_four_eyes"), transaction.atomic():
        Promise.objects.update(decided_by_id_then=supervisor.pk)
    assert state(asked) == "asked"


def test_a_supervisor_has_limits_too(asked: Promise) -> None:
    Promise.objects.update(due_on=day("03-12"))
    shown = words(signed_in(Role.SUPERVISOR), asked)
    assert "Nobody may agree to it" in shown
    assert "31 days ahead; 30 at most." in shown
    assert 'name="agree"' not in shown
    assert "31 days ahead; 30 at most." in post(asked, agree="1", reason="has a new job")
    assert state(asked) == "asked"
    assert "The promise is declined." in post(asked, decline="1", reason="too far off")


def test_on_the_last_day_of_their_limits_a_supervisor_may_agree(asked: Promise) -> None:
    Promise.objects.update(due_on=day("03-11"))
    assert "The promise stands." in post(asked, agree="1", reason="has a new job")


def test_what_is_decided_already_is_said_and_not_decided_again(asked: Promise) -> None:
    post(asked, decline="1", reason="too far off")
    shown = words(signed_in(Role.SUPERVISOR), asked)
    assert "This promise is decided already." in shown
    assert 'name="agree"' not in shown
    assert "This promise is decided already." in post(asked, agree="1", reason="has a new job")
    assert state(asked) == "declined"


def test_another_teams_promise_is_not_found_and_who_may_not_decide_is_refused() -> None:
    south = a_case(portfolio="cards", seen_by="South")
    its = promise(south, "1632.00", "02-20", of="South")
    sent = {"agree": "1", "reason": "has a new job"}
    assert signed_in(Role.SUPERVISOR).get(url(its)).status_code == 404
    assert signed_in(Role.SUPERVISOR).post(url(its), sent).status_code == 404
    for role, of in ((Role.AUDITOR, None), (Role.COLLECTOR, "South")):
        assert signed_in(role, of).get(url(its)).status_code == 403
        assert signed_in(role, of).post(url(its), sent).status_code == 403
    assert state(its) == "asked"
    assert signed_in(Role.SUPERVISOR, "South").post(url(its), sent).status_code == 302
    assert state(its) == "open"
