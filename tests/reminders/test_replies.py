"""What borrowers write back: in the queue at once, or, where they ask us to stop, done at once."""

from collections.abc import Iterator

import pytest
import time_machine

from borrowers.models import OptOut
from cases.models import Case
from contacts.message_models import InboundMessage
from contacts.message_services import LONGEST_TEXT
from reminders.models import HookCall, OutboxMessage
from rulebook.priority import Line
from tests.reminders.build import a_late_loan, moment, night, send
from tests.reminders.build_hooks import EMAIL, about, again, post, sent

pytestmark = pytest.mark.django_db

NUMBER = "15800000001"


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(moment("01-11 10:00"), tick=False) as clock:
        yield clock


def reply(text: str, key: str = "", medium: str = "sms", event: str = "r1", **more: str) -> str:
    """What came of a reply, as the portal wrote it down."""
    assert post(about(key, "replied", event, text=text, **more), medium).status_code == 204
    return HookCall.objects.get(event=f"{medium}:{event}").came_to


def test_a_reply_to_a_message_is_in_the_queue_at_once() -> None:
    outbox = sent()
    assert reply("已还款", outbox.key) == "reply"
    inbound, case = InboundMessage.objects.get(), Case.objects.get()
    assert (inbound.text, inbound.answers, inbound.answered_at) == ("已还款", outbox.message, None)
    assert (case.line, case.why[0][0]) == (Line.INBOUND, "unanswered")
    assert again(outbox).state == "sent"


@pytest.mark.parametrize("number", [NUMBER, "+86 158 0000 0001"])
def test_without_a_key_the_number_says_whom_it_is_from(number: str) -> None:
    outbox = sent()
    assert reply("已还款", **{"from": number}) == "reply"
    inbound = InboundMessage.objects.get()
    assert (inbound.borrower, inbound.answers) == (outbox.borrower, outbox.message)


def test_a_key_nobody_knows_leaves_the_number() -> None:
    sent()
    assert reply("已还款", "0" * 32, **{"from": NUMBER}) == "reply"


def test_a_number_that_was_not_written_to_lately_is_nobodys(ten_in_the_morning: time_machine.Traveller) -> None:
    sent()
    assert reply("已还款", **{"from": "13900000000"}) == "unknown_number"
    assert reply("已还款", event="r2", key="0" * 32) == "unknown_key"
    assert reply("退订", event="r3", medium="email", **{"from": NUMBER}) == "unknown_number"
    ten_in_the_morning.move_to(moment("04-12 10:00"))
    assert reply("已还款", event="r4", **{"from": NUMBER}) == "unknown_number"
    assert not (InboundMessage.objects.exists() or OptOut.objects.exists())


def test_of_a_long_reply_the_beginning_is_kept() -> None:
    reply("好" * (LONGEST_TEXT + 5), sent().key)
    assert len(InboundMessage.objects.get().text) == LONGEST_TEXT


@pytest.mark.parametrize("word", ["TD", "ｔｄ。", "退订", "【退订】", " STOP!", "取消", "停止"])
def test_a_stop_word_stops_the_medium_at_once_and_waits_for_nobody(word: str) -> None:
    outbox = sent()
    assert reply(word, outbox.key) == "stop"
    row = OptOut.objects.get()
    assert (row.borrower, row.medium, row.lifted_at) == (outbox.borrower, "sms", None)
    inbound = InboundMessage.objects.get()
    assert (inbound.is_stop, inbound.answered_at) == (True, moment("01-11 10:00"))
    assert Case.objects.get().line != Line.INBOUND


def test_who_only_speaks_of_stopping_is_heard_by_a_person() -> None:
    assert reply("怎么退订？", sent().key) == "reply"
    assert not OptOut.objects.exists()


def test_stopping_again_is_no_second_row() -> None:
    outbox = sent()
    reply("TD", outbox.key)
    assert reply("TD", outbox.key, event="r2") == "stop"
    assert (OptOut.objects.count(), InboundMessage.objects.count()) == (1, 2)


def test_what_was_planned_by_that_medium_is_called_off_and_goes_by_another_way(
    ten_in_the_morning: time_machine.Traveller,
) -> None:
    first = sent()
    night("01-17")
    ten_in_the_morning.move_to(moment("01-17 08:00"))
    planned = OutboxMessage.objects.get(step="overdue_7")
    assert (planned.medium, planned.state) == ("sms", "planned")
    reply("退订", first.key)
    assert (again(planned).state, again(planned).why) == ("cancelled", "opted_out")
    later = OutboxMessage.objects.filter(step="overdue_7").exclude(pk=planned.pk)
    assert [(row.medium, row.state) for row in later] == [("email", "planned")]


def test_the_stop_of_one_borrower_leaves_the_messages_of_others() -> None:
    outbox = sent()
    a_late_loan(loan_no="L2")
    night("01-12")
    reply("TD", outbox.key)
    assert OutboxMessage.objects.get(loan__loan_no="L2").state == "planned"


def test_a_mail_is_known_by_its_address_in_any_case_and_its_stop_leaves_text_messages() -> None:
    first = sent()
    post(about(first.key, "failed", "f1"))
    send("01-11 10:00", "email")
    assert reply("Unsubscribe", medium="email", **{"from": EMAIL.upper()}) == "stop"
    assert [row.medium for row in OptOut.objects.all()] == ["email"]


@pytest.mark.parametrize("by_number", [True, False])
def test_two_who_share_a_number_are_both_left_alone_when_it_says_stop(by_number: bool) -> None:
    first, second = a_late_loan(), a_late_loan(loan_no="L2")
    apart = a_late_loan(loan_no="L3", phone="15800000003")
    night("01-11")
    assert send("01-11 10:00") == 3
    key = "" if by_number else OutboxMessage.objects.get(loan=first).key
    assert reply("退订", key, **{"from": NUMBER}) == "stop"
    assert set(OptOut.objects.values_list("borrower", flat=True)) == {first.borrower_id, second.borrower_id}
    night("01-13")
    assert set(OutboxMessage.objects.filter(step="overdue_3").values_list("loan", flat=True)) == {apart.pk}
