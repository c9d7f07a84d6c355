"""The desk: call, log in one breath or field by field, take it back; an open page follows what happens elsewhere."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from borrowers.models import Phone
from cases.models import Case
from contacts.models import Attempt, Clearance, FollowUp, Promise
from staff.roles import Role
from tests.cases.build import RUNNING, a_case, pay
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2025-02-10T10:00:00+08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def case() -> Case:
    return a_case(*RUNNING)


@pytest.fixture
def client() -> Client:
    return signed_in(Role.COLLECTOR)


def words(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def call(client: Client, case: Case, point: str = "") -> str:
    phone = case.borrower.phones.get()
    return words(client.post(reverse("desk:call", args=[case.pk]), {"point": point or f"phone:{phone.pk}"}))


def log(client: Client, case: Case, line: str, status: int = 302) -> str:
    response = client.post(reverse("desk:log", args=[case.pk]), {"line": line})
    assert response.status_code == status, words(response)
    return words(client.get(response["location"])) if status == 302 else words(response)


def page(client: Client, case: Case) -> str:
    return words(client.get(reverse("cases:case", args=[case.pk])))


def test_the_first_page_has_what_is_needed_to_dial_and_no_number_in_clear(client: Client, case: Case) -> None:
    shown = page(client, case)
    assert "158****0001" in shown
    assert "15800000001" not in shown
    assert "Left today: 3 conversations, 6 unanswered calls to this number" in shown


def test_an_allowed_call_shows_the_number_and_writes_down_who_saw_it(client: Client, case: Case) -> None:
    assert "15800000001" in call(client, case)
    assert Clearance.objects.get().allowed
    assert AuditEntry.objects.get(action="borrowers.dial").details["purpose"] == "collect"


def test_at_night_a_call_is_refused_with_rule_source_and_end(
    case: Case, ten_in_the_morning: time_machine.Traveller
) -> None:
    ten_in_the_morning.move_to("2025-02-10T22:00:00+08:00")
    shown = call(signed_in(Role.COLLECTOR), case)
    assert "15800000001" not in shown
    assert "CN-TIME-01" in shown
    assert "GB/T 45251-2025" in shown
    assert "Allowed again: 02-11 08:00" in shown
    assert not Attempt.objects.exists()


def test_somebody_who_may_not_log_sees_the_case_without_a_desk_and_cannot_call(case: Case) -> None:
    auditor = signed_in(Role.LEGAL_OFFICER)
    assert 'id="desk"' not in page(auditor, case)
    for name, data in {"call": {"point": "phone:1"}, "log": {"line": "RNR"}, "read": {"line": "RNR"}}.items():
        assert auditor.post(reverse(f"desk:{name}", args=[case.pk]), data).status_code == 403


def test_a_number_of_another_borrower_is_not_there(client: Client, case: Case) -> None:
    stranger = a_case(loan_no="L2").borrower.phones.get()
    url = reverse("desk:call", args=[case.pk])
    assert client.post(url, {"point": f"phone:{stranger.pk}"}).status_code == 404
    assert client.post(url, {"point": "nonsense"}).status_code == 404


def test_a_stranger_gets_404_everywhere(case: Case) -> None:
    stranger = signed_in(Role.COLLECTOR, of="Elsewhere")
    for name in ("call", "log", "read"):
        assert stranger.post(reverse(f"desk:{name}", args=[case.pk])).status_code == 404
    assert stranger.get(reverse("desk:pulse", args=[case.pk])).status_code == 404


def test_a_line_is_read_while_it_is_typed_and_nothing_is_written(client: Client, case: Case) -> None:
    url = reverse("desk:read", args=[case.pk])
    shown = words(client.post(url, {"line": "ptp 2000 fri wehcat"}))
    assert "<mark>wehcat</mark>" in shown
    assert "meant wechat?" in shown
    shown = words(client.post(url, {"line": "PTP 2000 fri wechat w2 a1 x"}))
    assert "2,000.00" in shown
    assert "2025-02-14" in shown
    assert "Enter logs it." in shown
    assert "Still needed: Day" in words(client.post(url, {"line": "PTP 2000"}))
    assert not Attempt.objects.exists()


def test_a_promise_beyond_the_limits_says_so_before_enter(client: Client, case: Case) -> None:
    url = reverse("desk:read", args=[case.pk])
    assert "another person has to agree: 1,000.00 is little" in words(client.post(url, {"line": "PTP 1000 fri"}))
    assert "Nobody may agree to it, because 100.00 is little" in words(client.post(url, {"line": "PTP 100 fri"}))
    assert "Enter logs it." in words(client.post(url, {"line": "PTP 2000 fri"}))


def test_a_log_by_line_and_one_by_form_write_the_same_row(client: Client, case: Case) -> None:
    log(client, case, "CANT 失业 w1 a0 x")
    form = {
        "point": f"phone:{case.borrower.phones.get().pk}",
        "outcome": "CANT",
        "reason": "job_loss",
        "willingness": "1",
        "ability": "0",
        "explained": "on",
    }
    assert client.post(reverse("desk:log", args=[case.pk]), form).status_code == 302
    fields = ("outcome_id", "reason", "willingness", "ability", "explained", "said", "note", "who", "phone_id")
    first, second = Attempt.objects.order_by("pk").values(*fields)
    assert first == second
    assert (first["reason"], first["willingness"], first["ability"], first["explained"]) == ("job_loss", 1, 0, True)


def test_what_is_not_understood_is_kept_and_pointed_at(client: Client, case: Case) -> None:
    shown = log(client, case, "PTP 2000 someday", status=422)
    assert 'value="PTP 2000 someday"' in shown
    assert "<mark>someday</mark>" in shown
    assert not Attempt.objects.exists()


def test_a_form_that_lacks_a_field_is_shown_again(client: Client, case: Case) -> None:
    form = {"point": f"phone:{case.borrower.phones.get().pk}", "outcome": "CANT"}
    response = client.post(reverse("desk:log", args=[case.pk]), form)
    assert response.status_code == 422
    assert "This outcome also takes" in words(response)


def test_an_outcome_asks_for_its_own_fields(client: Client, case: Case) -> None:
    shown = words(client.post(reverse("desk:read", args=[case.pk]), {"outcome": "PTP"}))
    assert 'name="amount"' in shown
    assert 'name="willingness"' in shown
    assert 'name="relation"' not in shown


def test_after_a_log_the_next_case_is_offered_and_the_log_can_be_taken_back(client: Client, case: Case) -> None:
    shown = log(client, case, "WRONG")
    assert "Logged: WRONG" in shown
    assert Phone.objects.get().status == "wrong"
    attempt = Attempt.objects.get()
    undo = reverse("desk:undo", args=[case.pk, attempt.pk])
    assert undo in shown
    assert "It is taken back" in words(client.post(undo, follow=True))
    assert Phone.objects.get().status == "ok"
    assert "taken back" in page(client, case)


def test_ten_seconds_later_it_cannot_be_taken_back(
    client: Client, case: Case, ten_in_the_morning: time_machine.Traveller
) -> None:
    log(client, case, "RNR")
    ten_in_the_morning.shift(dt.timedelta(seconds=13))
    undo = reverse("desk:undo", args=[case.pk, Attempt.objects.get().pk])
    assert "The ten seconds are over" in words(client.post(undo, follow=True))
    assert client.post(reverse("desk:undo", args=[case.pk, 0])).status_code == 404


def test_a_fourth_conversation_is_refused_with_its_reason_and_end(client: Client, case: Case) -> None:
    for _time in range(3):
        log(client, case, "WILL w2 a1")
    shown = log(client, case, "WILL w2 a1", status=422)
    assert "CN-FREQ-01" in shown
    assert "Allowed again: 02-11 08:00" in shown
    assert Attempt.objects.count() == 3
    assert Clearance.objects.filter(allowed=False).count() == 1


def test_the_borrower_who_calls_us_is_logged_whatever_the_caps(client: Client, case: Case) -> None:
    for _time in range(3):
        log(client, case, "WILL w2 a1")
    log(client, case, "PTP 2000 fri in")
    assert Attempt.objects.latest("pk").is_inbound
    assert Promise.objects.get().state == "open"


def test_an_open_page_hears_of_a_payment_and_only_then(client: Client, case: Case) -> None:
    seen = Case.objects.get(pk=case.pk).revision
    url = reverse("desk:pulse", args=[case.pk])
    assert client.get(url, {"seen": seen}).status_code == 204
    pay(case.lead_loan, "9000.00", "02-10", on="02-10")
    answer = client.get(url, {"seen": seen})
    assert answer.status_code == 200
    assert "the case is watched" in words(answer)


def test_a_colleague_on_the_case_is_named_and_keeps_it(case: Case) -> None:
    first, second = signed_in(Role.COLLECTOR), signed_in(Role.SUPERVISOR)
    call(first, case)
    assert "is working on this case until 02-10 10:15" in page(second, case)


def test_a_follow_up_is_done_with_a_note_and_not_without(client: Client, case: Case) -> None:
    log(client, case, "PAID today wechat")
    task = FollowUp.objects.get()
    url = reverse("desk:finish", args=[case.pk, task.pk])
    assert "Verify a payment" in words(client.get(url))
    assert client.post(url, {"note": ""}).status_code == 200
    assert client.post(url, {"note": "found on the statement"}).status_code == 302
    assert "This is done already" in words(client.post(url, {"note": "again"}))


def test_a_complaint_is_closed_by_a_supervisor_only(client: Client, case: Case) -> None:
    log(client, case, "COMPL // called at dinner")
    url = reverse("desk:finish", args=[case.pk, FollowUp.objects.get().pk])
    assert client.post(url, {"note": "apologised"}).status_code == 403
    assert signed_in(Role.SUPERVISOR).post(url, {"note": "apologised"}).status_code == 302


def test_the_script_says_what_it_costs_today_on_friday_and_at_the_months_end(client: Client, case: Case) -> None:
    shown = page(client, case)
    # 8,000.00 at 24 % / 360 from 2025-01-10: 31, 35 and 49 nights.
    for amount in ("8,165.33", "8,186.67", "8,261.33"):
        assert amount in shown
    assert "2025-02-14" in shown
    assert "2025-02-28" in shown
