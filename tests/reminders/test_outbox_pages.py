"""The pages of messages: who sees which, what one message tells, and what its buttons do."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditEntry
from cases.models import Case
from contacts.message_services import add_receipt
from reminders.gateways import Letter, gateway_for
from reminders.models import OutboxMessage, Sender, Voice
from staff.roles import Role
from tests.cases.build import a_case, pay
from tests.loans.test_loan_page import signed_in
from tests.reminders.build_outbox import HOUR, NOW, PATHS, a_message, again, cleared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def shown(client: Client, url: str, **asked: Any) -> str:
    response = client.get(url, asked)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def page(outbox: OutboxMessage, role: Role = Role.OPERATIONS) -> str:
    return shown(signed_in(role), reverse("outbox:message", args=[outbox.pk]))


def post(name: str, *args: Any, role: Role = Role.OPERATIONS, **said: Any) -> tuple[int, str]:
    response = signed_in(role).post(reverse(f"outbox:{name}", args=args), said, follow=True)
    return response.status_code, " ".join(response.content.decode().split())


def a_voice(case: Case) -> None:
    Voice.objects.create(
        portfolio=case.portfolio,
        lender="Good Loans",
        lender_zh="好贷",
        how_to_pay="pay in the app",
        how_to_pay_zh="请在应用内还款",
        hotline="400-000-0000",
    )


def test_each_number_of_the_board_opens_the_list_of_what_it_counts() -> None:
    case = a_case()
    for state in PATHS:
        a_message(case, state)
    last = a_message(case, "sent", step="overdue_1")
    client = signed_in(Role.OPERATIONS)
    board = shown(client, reverse("outbox:board"))
    days = "first_on=2025-02-03&amp;last_on=2025-02-09"
    href = f"{reverse('outbox:list')}?{days}"
    assert f'<a href="{href}&amp;step=overdue_1&amp;medium=sms&amp;state=sent">1</a>' in board
    assert f'<a href="{href}&amp;state=sent">2</a>' in board
    assert f'<a href="{href}">11</a>' in board
    assert "1 message needs a look" in board
    rows = shown(client, f"{href}&step=overdue_1&medium=sms&state=sent".replace("&amp;", "&"))
    assert str(last) in rows
    assert "1–1 of 1" in rows
    assert "1–2 of 2" in shown(client, f"{href}&state=sent".replace("&amp;", "&"))


def test_without_messages_the_pages_say_what_comes_next() -> None:
    client = signed_in(Role.OPERATIONS)
    assert "No message was planned for these days" in shown(client, reverse("outbox:board"))
    assert "Messages are planned at close of day" in shown(client, reverse("outbox:list"))
    assert "Nothing matches the filter" in shown(client, reverse("outbox:list"), state="sent")


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.FIELD_AGENT, Role.LEGAL_OFFICER, Role.SYSTEM_ADMIN])
def test_a_role_without_the_permission_is_refused_whatever_the_number(role: Role) -> None:
    outbox = a_message(a_case(), "in_doubt")
    for name, args in (("board", []), ("list", []), ("message", [outbox.pk]), ("message", [0])):
        assert signed_in(role).get(reverse(f"outbox:{name}", args=args)).status_code == 403


def test_a_message_of_another_teams_portfolio_is_not_found_by_any_address() -> None:
    stranger = a_message(a_case(portfolio="cards", seen_by="South"), "in_doubt")
    client = signed_in(Role.SUPERVISOR)
    assert str(stranger) not in shown(client, reverse("outbox:list"))
    for name in ("message", "look_up"):
        assert client.get(reverse(f"outbox:{name}", args=[stranger.pk])).status_code == 404
    said = {"arrived": "yes", "reason": "saw it"}
    assert client.post(reverse("outbox:settle", args=[stranger.pk]), said).status_code == 404
    assert client.post(reverse("outbox:call_off", args=[stranger.pk]), said).status_code == 404
    assert again(stranger).state == "in_doubt"


def test_the_list_is_narrowed_by_state_step_medium_days_and_case() -> None:
    case, other = a_case(), a_case(loan_no="L2")
    kept = a_message(case, "refused", why="gate", planned_on="2025-02-08")
    a_message(case, "refused", step="overdue_1")
    a_message(case, "refused", medium="email")
    a_message(case, "sent")
    a_message(other, "refused", planned_on="2025-02-07")
    client, url = signed_in(Role.AUDITOR, None), reverse("outbox:list")
    asked = {"state": "refused", "step": "overdue_7", "medium": "sms", "first_on": "2025-02-08"}
    rows = shown(client, url, **asked, last_on="2025-02-08", portfolio=case.portfolio.pk)
    assert str(kept) in rows
    assert "1–1 of 1" in rows
    assert "a rule of the gate refused it" in rows
    assert "1–4 of 4" in shown(client, url, case=str(case))
    assert "1–4 of 4" in shown(client, url, case=case.pk)
    assert "1–1 of 1" in shown(client, url, case=other.pk)


def test_a_step_that_the_policy_has_no_more_is_still_found_and_nonsense_is_said_to_be_wrong() -> None:
    a_message(a_case(), "sent", step="long_gone")
    client, url = signed_in(Role.OPERATIONS), reverse("outbox:list")
    assert "1–1 of 1" in shown(client, url, step="long_gone")
    assert 'role="alert"' in shown(client, url, case="C0; drop")
    assert 'role="alert"' in shown(client, url, first_on="2025-02-09", last_on="2025-02-01")


def test_a_message_tells_what_it_said_with_name_and_numbers_masked_and_everything_about_it() -> None:
    outbox = a_message(a_case(), "delivered", why="receipt")
    assert outbox.message
    add_receipt(message=outbox.message, kind="delivered", reason="DELIVRD", at=NOW + HOUR)
    text = page(outbox)
    for wanted in (
        *("李*女士，您的贷款L1已逾期，请致电158****0001。", "158****0001", "8,160.00 CNY", "7 days past due"),
        *(
            outbox.key,
            "DELIVRD",
            "a receipt of the gateway",
            "allowed it 2025-02-09 10:00:00",
            str(outbox.template_version),
        ),
        reverse("cases:case", args=[outbox.case_id]),
        f"{reverse('outbox:list')}?case={outbox.case_id}",
    ):
        assert wanted in text
    assert outbox.borrower.name not in text
    assert "15800000001" not in text


def test_a_refused_message_names_the_rule_its_sentence_and_when_it_is_lawful_again() -> None:
    outbox = a_message(a_case(), "refused", why="gate", detail="CN-TIME-01")
    OutboxMessage.objects.filter(pk=outbox.pk).update(clearance=cleared(outbox, "CN-TIME-01"))
    text = page(outbox)
    assert "CN-TIME-01 ·" in text
    assert "lawful again from 2025-02-09 11:00:00" in text
    assert "Nothing was written" in text
    OutboxMessage.objects.filter(pk=outbox.pk).update(clearance=cleared(outbox, "GONE-01"))
    assert "GONE-01" in page(outbox)


def test_a_text_that_could_not_be_written_says_what_it_lacks() -> None:
    outbox = a_message(a_case(), "refused", why="text", detail="empty_value: hotline")
    assert "There is no value for {hotline}." in page(outbox)


def test_a_planned_message_shows_what_it_would_say_today() -> None:
    case = a_case()
    outbox = a_message(case)
    without = page(outbox)
    assert "As things stand it would not go out." in without
    a_voice(case)
    text = page(outbox)
    assert "What it would say today" in text
    assert "8,160.00" in text
    assert "李*" in text
    assert case.borrower.name not in text
    pay(case.lead_loan, "8160.00", "02-09")
    assert "Nothing is owed that this text could name." in page(outbox)


def test_the_same_reminder_by_other_ways_is_named() -> None:
    case = a_case()
    first = a_message(case, "failed", why="bad_address")
    second = a_message(case, subject=first.subject, medium="email")
    assert reverse("outbox:message", args=[second.pk]) in page(first)
    assert reverse("outbox:message", args=[first.pk]) in page(second)


def test_a_page_costs_the_same_queries_for_a_short_story_and_for_a_long_one() -> None:
    case, client, costs = a_case(), signed_in(Role.OPERATIONS), []
    for number in (1, 6):
        for other in range(1, number):
            a_message(case, "failed", subject="same", way=f"tried:{other}")
        outbox = a_message(case, "in_doubt", subject="same" if number > 1 else "alone")
        with CaptureQueriesContext(connection) as queries:
            shown(client, reverse("outbox:message", args=[outbox.pk]))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 16


@pytest.mark.parametrize("name", ["board", "list"])
def test_board_and_list_cost_the_same_queries_for_few_messages_and_for_many(name: str) -> None:
    case, client, costs = a_case(), signed_in(Role.OPERATIONS), []
    a_message(case)
    shown(client, reverse(f"outbox:{name}"))
    for number in (1, 10):
        for _other in range(number):
            a_message(case, "sent")
        with CaptureQueriesContext(connection) as queries:
            shown(client, reverse(f"outbox:{name}"))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 16


def test_one_that_needs_a_look_is_looked_up_and_settled_on_its_page(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    outbox = a_message(a_case(), "in_doubt", why="lease_over")
    assert "Ask the gateway" in page(outbox)
    url = reverse("outbox:look_up", args=[outbox.pk])
    assert "There is no file of this message." in shown(signed_in(Role.OPERATIONS), url)
    gateway_for("sms").send(Letter(outbox.key, "15800000001", "", "text", "zh-hans"))
    assert "The file of this message is there." in shown(signed_in(Role.OPERATIONS), url)
    status, text = post("settle", outbox.pk, arrived="yes", reason="the file is there")
    assert (status, again(outbox).state) == (200, "sent")
    assert "It is settled." in text
    assert "the file is there" in text
    assert "Ask the gateway" not in text


def test_settling_without_an_answer_or_a_reason_says_what_is_missing_and_keeps_the_rest() -> None:
    outbox = a_message(a_case(), "in_doubt")
    status, text = post("settle", outbox.pk, arrived="", reason="I called")
    assert (status, again(outbox).state) == (422, "in_doubt")
    assert "This field is required." in text
    assert 'value="I called"' in text


def test_whoever_is_second_reads_that_somebody_was_quicker() -> None:
    settled, gone = a_message(a_case(), "sent"), a_message(a_case(loan_no="L2"), "sending")
    status, text = post("settle", settled.pk, arrived="no", reason="not in the list")
    assert (status, again(settled).state) == (422, "sent")
    assert "Somebody has settled it, or the gateway has." in text
    status, text = post("call_off", gone.pk, reason="paid by phone")
    assert (status, again(gone).state) == (422, "sending")
    assert "It is not planned any more." in text
    status, text = post("call_off", gone.pk, reason="")
    assert status == 422
    assert "It has moved meanwhile; nothing was changed." in text


def test_a_planned_message_is_called_off_with_a_reason_and_not_without() -> None:
    outbox = a_message(a_case())
    status, text = post("call_off", outbox.pk, reason="")
    assert (status, again(outbox).state) == (422, "planned")
    assert "This field is required." in text
    status, text = post("call_off", outbox.pk, reason="paid by phone")
    assert (status, again(outbox).state) == (200, "cancelled")
    assert "paid by phone" in text


def test_the_auditor_reads_everything_and_has_no_buttons() -> None:
    outbox = a_message(a_case(), "in_doubt")
    client = signed_in(Role.AUDITOR, None)
    text = shown(client, reverse("outbox:message", args=[outbox.pk]))
    assert "A supervisor or operations settles it." in text
    assert "/settle/" not in text
    assert "/pause/" not in shown(client, reverse("outbox:board"))
    for name in ("settle", "call_off"):
        assert client.post(reverse(f"outbox:{name}", args=[outbox.pk])).status_code == 403
    assert client.get(reverse("outbox:look_up", args=[outbox.pk])).status_code == 403
    for name in ("pause", "resume", "rate"):
        assert client.post(reverse(f"outbox:{name}", args=["sms"])).status_code == 403


def test_a_sender_is_paused_with_a_reason_and_sends_again_with_one_click() -> None:
    status, text = post("pause", "sms", reason="the provider asked us to")
    assert status == 200
    assert "by operations-north since 2025-02-09 10:00:00 <q>the provider asked us to</q>" in text
    assert "It is paused already" in post("pause", "sms", reason="again")[1]
    text = post("resume", "sms", role=Role.SUPERVISOR)[1]
    assert "SMS sends again." in text
    assert not Sender.objects.get(pk="sms").is_paused
    assert "It is not paused." in post("resume", "sms")[1]
    assert AuditEntry.objects.filter(subject="sender sms").count() == 2


def test_a_rate_beyond_bounds_changes_nothing_and_one_click_pauses() -> None:
    assert "Between 1 and 6000 messages a minute." in post("rate", "sms", per_minute="0")[1]
    assert "The rate is changed." in post("rate", "sms", per_minute="30")[1]
    sender = Sender.objects.get(pk="sms")
    assert (sender.is_paused, sender.per_minute) == (False, 30)
    assert post("pause", "pigeon", reason="it rains")[0] == 404
    assert "SMS is paused." in post("pause", "sms", reason="")[1]


def test_the_board_says_that_a_sender_rests_and_that_the_worker_is_away() -> None:
    a_message(a_case(), send_after=NOW - HOUR)
    client, url = signed_in(Role.OPERATIONS), reverse("outbox:board")
    assert "The worker seems to be away." in shown(client, url)
    Sender.objects.filter(pk="sms").update(failures=6, closed_until=NOW + HOUR, last_failure="421 too busy")
    text = shown(client, url)
    assert "until 2025-02-09 11:00:00, after 6 failures in a row." in text
    assert "421 too busy" in text
    assert "The worker seems to be away." not in text
    assert "1 message waits longer than a quarter of an hour." in text


def test_a_case_links_to_its_messages() -> None:
    case = a_case()
    href = f"{reverse('outbox:list')}?case={case.pk}"
    assert href in shown(signed_in(Role.SUPERVISOR), reverse("cases:case", args=[case.pk]))
    assert href not in shown(signed_in(Role.COLLECTOR), reverse("cases:case", args=[case.pk]))
