"""What borrowers write in the queue and on the case: heard at once, answered by a note or by a call."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from borrowers.models import OptOut
from borrowers.reach_services import opt_out
from cases import desk_services
from cases.desk_queues import waiting_in_lines
from cases.message_wording import step_name
from cases.models import Case
from cases.services import place_hold
from contacts.message_models import InboundMessage
from contacts.message_services import add_receipt, receive
from contacts.models import Attempt, Clearance, FollowUp
from rulebook.priority import Line
from staff.roles import Role
from tests.cases.build import RUNNING, a_case, close, day, pay, person
from tests.contacts.test_messages import sent
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime.fromisoformat("2025-02-10T10:00:00+08:00")


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def case() -> Case:
    return a_case(on="02-10")


def log(case: Case, outcome: str, **said: Any) -> Attempt:
    by, phone = person(Role.COLLECTOR), case.borrower.phones.get()
    return desk_services.log(case=case, point=phone, outcome=outcome, said=said, by=by, at=timezone.now())


def wrote(case: Case, text: str = "已还款", *, is_stop: bool = False) -> InboundMessage:
    """A message of the borrower's as the portal takes it: on file, and the case in its place."""
    at = timezone.now()
    its: dict[str, Any] = {"borrower": case.borrower, "portfolio": case.portfolio}
    inbound = receive(**its, medium="sms", text=text, at=at, answers=None, is_stop=is_stop)
    desk_services.place_anew(borrower_id=case.borrower_id, on=at.date(), at=at)
    return inbound


def place(case: Case) -> tuple[int | None, str]:
    found = Case.objects.get(pk=case.pk)
    return found.line, found.why[0][0]


def answer(client: Client, case: Case, inbound: InboundMessage, note: str = "told them it has come") -> int:
    url = reverse("desk:answer", args=[case.pk, inbound.pk])
    return int(client.post(url, {"note": note}, follow=True).status_code)


def page(client: Client, case: Case) -> str:
    return " ".join(client.get(reverse("cases:case", args=[case.pk])).content.decode().split())


def test_a_message_brings_a_resting_case_to_its_line_and_answering_takes_it_away(
    case: Case, ten_in_the_morning: time_machine.Traveller
) -> None:
    log(case, "RNR")
    assert place(case) == (Line.WAITING, "next_action")
    ten_in_the_morning.shift(dt.timedelta(minutes=5))
    inbound = wrote(case)
    assert place(case) == (Line.INBOUND, "unanswered")
    desk_services.answer_message(inbound=inbound, note="done", by=person(Role.COLLECTOR), at=timezone.now())
    assert place(case) == (Line.WAITING, "next_action")


def test_speaking_with_them_answers_it_and_taking_the_log_back_brings_it_back(case: Case) -> None:
    wrote(case)
    attempt = log(case, "WILL")
    assert place(case)[0] != Line.INBOUND
    desk_services.take_back(attempt=attempt, by=person(Role.COLLECTOR), at=timezone.now())
    assert place(case) == (Line.INBOUND, "unanswered")


def test_who_was_called_about_a_message_and_did_not_answer_is_left_alone_for_a_while(
    case: Case, ten_in_the_morning: time_machine.Traveller
) -> None:
    wrote(case)
    ten_in_the_morning.shift(dt.timedelta(minutes=5))
    log(case, "RNR")
    assert place(case) == (Line.WAITING, "next_action")
    ten_in_the_morning.shift(dt.timedelta(hours=4))
    desk_services.wake(at=timezone.now())
    assert place(case) == (Line.INBOUND, "unanswered")


def test_neither_a_search_for_money_nor_a_hold_gives_way_to_a_message(case: Case) -> None:
    log(case, "PAID", date=day("02-10"), method="wechat")
    wrote(case)
    assert place(case) == (Line.WAITING, "verify")
    hold = {"kind": "dispute", "from_on": day("02-10"), "until_on": None, "reason": "the sum", "evidence": ""}
    by = person(Role.SUPERVISOR)
    place_hold(case=case, **hold, stops_penalty=False, stops_clock=False, by=by, on=day("02-10"), at=NOW)
    assert place(case) == (Line.WAITING, "hold")


def test_a_message_waits_while_the_calls_of_the_day_are_used_up(
    case: Case, ten_in_the_morning: time_machine.Traveller
) -> None:
    for _each in range(3):
        log(case, "WILL")
        ten_in_the_morning.shift(dt.timedelta(minutes=10))
    wrote(case)
    assert place(case) == (Line.WAITING, "lawful")


def test_a_courtesy_call_that_is_due_brings_a_case_up_until_somebody_has_called(case: Case) -> None:
    its = {"borrower": case.borrower, "portfolio": case.portfolio, "kind": "courtesy"}
    FollowUp.objects.create(**its, due_at=NOW)
    desk_services.place_anew(borrower_id=case.borrower_id, on=day("02-10"), at=NOW)
    assert place(case) == (Line.NEW, "courtesy")
    log(case, "WILL")
    assert place(case)[1] != "courtesy"


def test_my_day_and_the_filters_of_the_queue_have_the_line_of_messages(case: Case) -> None:
    wrote(case)
    assert dict(waiting_in_lines(person(Role.COLLECTOR)))[Line.INBOUND] == 1
    shown = signed_in(Role.COLLECTOR).get(reverse("desk:queue"), {"line": "inbound"}).content.decode()
    assert str(case) in shown
    assert "a message waits since 02-10 10:00" in shown


def test_the_page_shows_what_waits_in_their_own_words_and_takes_the_answer(case: Case) -> None:
    client, inbound = signed_in(Role.COLLECTOR), wrote(case, "已还款，电话13800001234")
    shown = page(client, case)
    assert "Waiting for an answer" in shown
    assert "已还款，电话138****1234" in shown
    assert answer(client, case, inbound) == 200
    shown = page(client, case)
    assert "Waiting for an answer" not in shown
    assert "told them it has come" in shown
    assert "已还款" in shown


def test_an_answer_without_a_word_or_a_second_one_changes_nothing(case: Case) -> None:
    client, inbound = signed_in(Role.COLLECTOR), wrote(case)
    answer(client, case, inbound, "")
    assert InboundMessage.objects.get().answered_at is None
    answer(client, case, inbound)
    answer(client, case, inbound, "another")
    assert InboundMessage.objects.get().answer == "told them it has come"


def test_who_only_looks_on_sees_it_without_a_form_and_a_stranger_nothing(case: Case) -> None:
    inbound, url = wrote(case), reverse("cases:case", args=[case.pk])
    legal = signed_in(Role.LEGAL_OFFICER)
    assert ("已还款" in page(legal, case), "What was done" in page(legal, case)) == (True, False)
    assert legal.post(reverse("desk:answer", args=[case.pk, inbound.pk])).status_code == 403
    stranger = signed_in(Role.COLLECTOR, of="Elsewhere")
    assert stranger.get(url).status_code == 404
    assert stranger.post(reverse("desk:answer", args=[case.pk, inbound.pk]), {"note": "x"}).status_code == 404


def test_a_message_of_another_borrower_is_not_answered_from_here(case: Case) -> None:
    other = wrote(a_case(loan_no="L2", on="02-10"))
    assert answer(signed_in(Role.COLLECTOR), case, other) == 404
    assert InboundMessage.objects.get().answered_at is None


def test_the_story_has_what_was_sent_and_what_became_of_it_but_not_its_text(case: Case) -> None:
    message = sent(case, "02-10 09:00")
    client = signed_in(Role.COLLECTOR)
    assert "1 day past due <small>158****0001</small> <small>handed to the gateway</small>" in page(client, case)
    add_receipt(message=message, kind="accepted", reason="", at=NOW)
    add_receipt(message=message, kind="failed", reason="no route", at=NOW + dt.timedelta(minutes=1))
    shown = page(client, case)
    assert '<span class="badge text-bg-light border">not delivered</span>' in shown
    assert "no route" in shown


def test_a_message_that_the_gate_refused_is_told_from_a_call(case: Case) -> None:
    its = {"borrower": case.borrower, "portfolio": case.portfolio, "who": "borrower", "purpose": "collect"}
    more = {"at": NOW, "allowed": False, "preset": "cn", "rule_id": "CN-TIME-01", "facts": {}}
    Clearance.objects.create(**its, **more, channel="message", medium="sms")
    shown = page(signed_in(Role.COLLECTOR), case)
    assert ("A message was refused" in shown, "A call was refused" in shown) == (True, False)


def test_a_supervisor_lifts_an_opt_out_with_a_reason_and_a_collector_only_sees_it(case: Case) -> None:
    row = opt_out(borrower=case.borrower, medium="sms", how="退订", by=None, at=NOW)
    url = reverse("cases:lift_opt_out", args=[case.pk, row.pk])
    collector, supervisor = signed_in(Role.COLLECTOR), signed_in(Role.SUPERVISOR)
    assert ("Does not want to be written to" in page(collector, case), url in page(collector, case)) == (True, False)
    assert collector.get(url).status_code == 403
    assert url in page(supervisor, case)
    assert "退订" in supervisor.get(url).content.decode()
    assert supervisor.post(url, {"reason": ""}).status_code == 200
    assert OptOut.objects.get().lifted_at is None
    assert supervisor.post(url, {"reason": "asked on the phone"}).status_code == 302
    assert "Does not want to be written to" not in page(supervisor, case)
    assert "It is lifted already." in supervisor.post(url, {"reason": "again"}).content.decode()


def test_an_opt_out_is_lifted_while_the_case_is_only_watched() -> None:
    case = a_case(*RUNNING, on="02-10")
    pay(case.lead_loan, "8400.00", "02-10", on="02-10")
    close("02-11")
    assert Case.objects.get(pk=case.pk).stage == "watch"
    row = opt_out(borrower=case.borrower, medium="sms", how="退订", by=None, at=NOW)
    url, supervisor = reverse("cases:lift_opt_out", args=[case.pk, row.pk]), signed_in(Role.SUPERVISOR)
    assert url in page(supervisor, case)
    assert supervisor.get(url).status_code == 200
    assert supervisor.post(url, {"reason": "asked on the phone"}).status_code == 302
    assert OptOut.objects.get().lift_reason == "asked on the phone"


@pytest.mark.parametrize("line", ["STOP sms", "STOP 短信"])
def test_who_says_no_more_text_messages_stops_those_in_one_breath_and_undo_lets_them_go_again(
    case: Case, line: str
) -> None:
    client = signed_in(Role.COLLECTOR)
    logged = client.post(reverse("desk:log", args=[case.pk]), {"line": line})
    assert logged.status_code == 302
    assert "Does not want to be written to" in page(client, case)
    assert not case.borrower.holds.exists()
    assert place(case) == (Line.WAITING, "next_action")
    client.post(reverse("desk:undo", args=[case.pk, Attempt.objects.get().pk]))
    assert "Does not want to be written to" not in page(client, case)


def test_field_by_field_the_channel_says_whether_one_medium_is_stopped_or_everything(case: Case) -> None:
    client, phone = signed_in(Role.COLLECTOR), case.borrower.phones.get()
    said = {"point": f"phone:{phone.pk}", "outcome": "STOP"}
    assert client.post(reverse("desk:log", args=[case.pk]), said).status_code == 422
    assert client.post(reverse("desk:log", args=[case.pk]), {**said, "channel": "email"}).status_code == 302
    assert (OptOut.objects.get().medium, case.borrower.holds.exists()) == ("email", False)
    assert client.post(reverse("desk:log", args=[case.pk]), {**said, "channel": "all"}).status_code == 302
    assert case.borrower.holds.get().kind == "no_contact"


def test_an_opt_out_of_another_borrower_is_not_found_here(case: Case) -> None:
    other = a_case(loan_no="L2", on="02-10").borrower
    row = opt_out(borrower=other, medium="sms", how="T", by=None, at=NOW)
    assert signed_in(Role.SUPERVISOR).get(reverse("cases:lift_opt_out", args=[case.pk, row.pk])).status_code == 404


def test_who_asked_us_to_stop_stands_in_the_story_and_waits_for_nobody(case: Case) -> None:
    wrote(case, "TD", is_stop=True)
    shown = page(signed_in(Role.COLLECTOR), case)
    assert "asked us to stop; it was done at once" in shown
    assert "Waiting for an answer" not in shown


def test_a_step_is_said_in_words_and_one_of_the_policys_own_by_its_name() -> None:
    assert [step_name(code) for code in ("before_due_3", "overdue_7", "watch_5", "promise_eve", "spring_2", "own")] == [
        "3 days before the due date",
        "7 days past due",
        "watched, 5 days before the due date",
        "on the eve of a promise",
        "spring 2",
        "own",
    ]
