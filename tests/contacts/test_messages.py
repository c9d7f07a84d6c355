"""Receipts and replies on file: each receipt once, each reply sealed until somebody has answered or spoken."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from cases.models import Case
from contacts.message_models import InboundMessage, Message, Receipt
from contacts.message_selectors import latest_to, messages_of, unanswered_of
from contacts.message_services import LONGEST_TEXT, MessageRefused, add_receipt, answer, receive
from contacts.models import Channel, Clearance, FollowUp, Who
from contacts.services import take_back_attempt
from staff.roles import Role
from tests.contacts.build import a_case, a_loan, caller, close, day, log, moment, person, phone_of, third_party

pytestmark = pytest.mark.django_db


def sent(case: Case, at: str = "02-09 09:00") -> Message:
    """A text message to the borrower's phone, as the gate let it go."""
    its = {"borrower": case.borrower, "portfolio": case.portfolio, "phone": phone_of(case), "number_key": "k1"}
    clearance = Clearance.objects.create(
        **its,
        purpose="collect",
        channel=Channel.MESSAGE,
        medium="sms",
        who=Who.BORROWER,
        at=moment(at),
        allowed=True,
        facts={},
    )
    return Message.objects.create(
        **its,
        clearance=clearance,
        medium="sms",
        purpose="collect",
        step="overdue_1",
        at=moment(at),
        on=day(at[:5]),
    )


def wrote(case: Case, text: str = "已还款", at: str = "02-09 09:30", *, is_stop: bool = False) -> InboundMessage:
    return receive(
        borrower=case.borrower,
        portfolio=case.portfolio,
        medium="sms",
        text=text,
        at=moment(at),
        answers=None,
        is_stop=is_stop,
    )


def waits(case: Case) -> bool:
    return unanswered_of(case.borrower_id, case.portfolio_id).exists()


def why_not(inbound: InboundMessage, note: str) -> str:
    with pytest.raises(MessageRefused) as refused:
        answer(inbound=inbound, note=note, by=caller(), at=moment("02-09 10:00"))
    return refused.value.code


def test_the_same_receipt_twice_is_one_and_another_kind_is_another() -> None:
    message = sent(a_case())
    said: dict[str, Any] = {"message": message, "reason": "", "at": moment("02-09 09:01")}
    assert add_receipt(**said, kind="accepted")
    assert not add_receipt(**said, kind="accepted")
    assert add_receipt(**said, kind="delivered")
    assert Receipt.objects.count() == 2


def test_an_address_in_the_gateways_own_words_is_masked() -> None:
    add_receipt(message=sent(a_case()), kind="bounced", reason="550 <li@example.com> unknown", at=moment("02-09 09:01"))
    assert "li@example.com" not in Receipt.objects.get().reason


def test_the_latest_message_to_a_number_says_whose_it_is_as_long_as_it_is_not_too_old() -> None:
    case = a_case()
    sent(case)
    newest = sent(case, "02-09 10:00")
    assert latest_to({"k1"}, medium="sms", since=moment("02-01 00:00")) == newest
    assert latest_to({"k1"}, medium="email", since=moment("02-01 00:00")) is None
    assert latest_to({"k1"}, medium="sms", since=moment("02-10 00:00")) is None
    assert messages_of(case.borrower_id, case.portfolio_id)[0] == newest


def test_a_reply_is_sealed_and_waits() -> None:
    inbound = wrote(a_case())
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM contacts_inboundmessage")
        assert "已还款" not in cursor.fetchone()[0]
    assert (InboundMessage.objects.get().text, inbound.answered_at) == ("已还款", None)


def test_of_a_long_text_the_beginning_is_kept_with_a_mark() -> None:
    case = a_case()
    assert wrote(case, "好" * LONGEST_TEXT).text == "好" * LONGEST_TEXT
    assert wrote(case, "好" * (LONGEST_TEXT + 1)).text == "好" * (LONGEST_TEXT - 1) + "…"


def test_who_only_asked_us_to_stop_waits_for_nobody() -> None:
    case = a_case()
    wrote(case, "TD", is_stop=True)
    assert not waits(case)


def test_a_reply_is_answered_once_and_with_what_was_done() -> None:
    case = a_case()
    inbound = wrote(case)
    assert why_not(inbound, " ") == "note"
    done = answer(inbound=inbound, note="looked up, thanked 13800001234", by=caller(), at=moment("02-09 10:00"))
    assert (done.answer, done.answered_by_name) == ("looked up, thanked 138****1234", caller().username)
    assert not waits(case)
    assert why_not(inbound, "again") == "answered"


def test_who_does_not_call_does_not_answer() -> None:
    case = a_case()
    with pytest.raises(PermissionDenied):
        answer(inbound=wrote(case), note="done", by=person(Role.OPERATIONS), at=moment("02-09 10:00"))
    assert waits(case)


def test_speaking_with_the_borrower_answers_what_they_wrote_whoever_called() -> None:
    for number, is_inbound in (("L1", False), ("L2", True)):
        case = a_case(loan_no=number)
        wrote(case)
        log(case, "WILL", is_inbound=is_inbound)
        assert not waits(case)
        its = InboundMessage.objects.get(borrower=case.borrower)
        assert (its.answer, its.answered_by_name) == ("WILL", caller().username)


def test_a_call_that_reached_nobody_or_somebody_else_answers_nothing() -> None:
    case = a_case()
    wrote(case)
    log(case, "RNR")
    phone_of(case).__class__.objects.update(status="invalid")
    log(case, "TPMSG", "02-09 11:00", point=third_party(case), relation="colleague")
    assert waits(case)


def test_what_they_wrote_about_another_book_still_waits() -> None:
    here = a_case(loan_no="L1")
    a_loan(loan_no="L2", borrower_no=here.borrower.borrower_no, portfolio="cards")
    close("02-10")
    there = Case.objects.exclude(pk=here.pk).get()
    wrote(there)
    log(here, "WILL")
    assert waits(there)


def test_a_log_that_is_taken_back_has_answered_nothing() -> None:
    case = a_case()
    wrote(case)
    attempt = log(case, "WILL")
    take_back_attempt(attempt=attempt, by=caller(), at=moment("02-09 10:00:10"))
    assert waits(case)
    its = InboundMessage.objects.get()
    assert (its.answered_by_name, its.answer) == ("", "")


def courtesy(case: Case) -> FollowUp:
    its = {"borrower": case.borrower, "portfolio": case.portfolio, "kind": "courtesy"}
    return FollowUp.objects.create(**its, due_at=moment("02-09 08:00"))


def test_a_call_of_ours_settles_the_courtesy_call_and_taking_it_back_opens_it_again() -> None:
    case = a_case()
    task = courtesy(case)
    attempt = log(case, "RNR")
    task.refresh_from_db()
    assert task.done_by_name == caller().username
    take_back_attempt(attempt=attempt, by=caller(), at=moment("02-09 10:00:10"))
    task.refresh_from_db()
    assert task.done_at is None


def test_when_they_call_us_the_courtesy_call_is_settled_only_if_it_was_the_borrower() -> None:
    case = a_case()
    task = courtesy(case)
    log(case, "WRONG", is_inbound=True)
    task.refresh_from_db()
    assert task.done_at is None
    log(case, "WILL", "02-09 11:00", is_inbound=True)
    task.refresh_from_db()
    assert task.done_at is not None
