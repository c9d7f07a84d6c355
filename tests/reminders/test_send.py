"""Claiming and sending: what is said, what is asked once more, what stays behind."""

from decimal import Decimal

import pytest

from borrowers.models import Status
from borrowers.reach_services import opt_out
from borrowers.services import set_status
from contacts.message_models import Message, Receipt
from contacts.models import Clearance
from contacts.reminded_selectors import collecting_messages
from loans.models import Loan
from reminders.models import OutboxChange, OutboxMessage
from reminders.send_services import doubt_the_unmarked, expire_the_late
from reminders.sender_services import pause, resume, set_rate
from staff.roles import Role
from tests.cases.build import RUNNING
from tests.contacts.build import log, pay, promise
from tests.loans.build import person
from tests.reminders.build import (
    a_late_loan,
    a_loan,
    a_voice,
    case_of,
    claim_at,
    day,
    moment,
    night,
    only,
    planned,
    send,
)

pytestmark = pytest.mark.django_db


def moves() -> list[tuple[str, str, str]]:
    return list(OutboxChange.objects.order_by("pk").values_list("source", "target", "why"))


def test_a_message_says_the_amount_of_the_day_in_the_borrowers_language() -> None:
    a_late_loan()
    night("01-11")
    assert send("01-11 09:01") == 1
    message = only()
    # 8,000 at the cap of 24 %, one day of 360: 5.33.
    assert message.amount == Decimal("8005.33")
    assert "8,005.33元" in message.body
    assert "示例金融" in message.body
    assert (message.state, message.language) == ("delivered", "zh-hans")


def test_an_english_borrower_is_written_to_in_english() -> None:
    a_late_loan(language="en")
    night("01-11")
    send("01-11 09:01")
    assert "CNY 8,005.33" in only().body
    assert "Example Finance" in only().body


def test_every_move_of_a_message_is_on_file() -> None:
    a_late_loan()
    night("01-11")
    send("01-11 09:01")
    assert moves() == [
        ("", "planned", "step"),
        ("planned", "sending", "gate"),
        ("sending", "sent", "gateway"),
        ("sent", "delivered", "gateway"),
    ]


def test_a_sent_message_counts_at_the_gate_and_for_the_case() -> None:
    loan = a_late_loan()
    night("01-11")
    send("01-11 09:01")
    clearance = Clearance.objects.get()
    assert (clearance.allowed, clearance.channel, clearance.medium, clearance.by_name) == (True, "message", "sms", "")
    assert Message.objects.get().clearance == clearance
    assert set(Receipt.objects.values_list("kind", flat=True)) == {"accepted", "delivered"}
    pair = (loan.borrower_id, loan.portfolio_id)
    assert [sent.is_delivered for sent in collecting_messages([pair], day("01-11"))[pair]] == [True]


def test_two_delivered_reminders_bring_the_case_to_the_phone() -> None:
    loan = a_late_loan()
    for on in ("01-11", "01-13"):
        night(on)
        send(f"{on} 09:01")
        assert case_of(loan).stage == "reminder"
    night("01-14")
    assert case_of(loan).stage == "phone"


def test_nobody_is_written_to_at_night_nor_before_the_policys_hours() -> None:
    a_late_loan()
    night("01-11")
    assert send("01-11 08:59") == 0
    assert not Clearance.objects.exists()
    assert send("01-11 09:00") == 1


def test_what_is_due_after_the_policys_hours_waits_for_the_next_morning() -> None:
    a_late_loan()
    night("01-11")
    assert send("01-11 20:00") == 0
    assert (only().state, only().why, only().send_after) == ("planned", "wait", moment("01-12 09:00"))
    assert send("01-12 09:00") == 1


def test_a_message_that_is_too_late_expires() -> None:
    a_late_loan()
    night("01-11")
    assert send("01-13 00:00") == 0
    assert (only().state, only().why) == ("expired", "expired")


def test_what_a_paused_sender_leaves_expires_too() -> None:
    a_late_loan()
    night("01-11")
    assert expire_the_late(at=moment("01-12 23:59")) == 0
    assert expire_the_late(at=moment("01-13 00:00")) == 1
    assert only().state == "expired"


def test_whoever_paid_meanwhile_is_left_alone() -> None:
    loan = a_late_loan()
    night("01-11")
    pay(case_of(loan), "8005.33", "01-11 08:00")
    assert send("01-11 09:01") == 0
    assert (only().state, only().why) == ("cancelled", "cured")


def test_whoever_promised_or_disputes_meanwhile_is_left_alone() -> None:
    promised, disputed = a_late_loan(), a_late_loan(loan_no="L2", phone="15800000002")
    night("01-11")
    promise(case_of(promised), "8000.00", "01-14", "01-11 08:30")
    log(case_of(disputed), "DISP", "01-11 08:30", type="amount", text="never borrowed")
    assert send("01-11 09:01") == 0
    assert [(state, why) for state, why in OutboxMessage.objects.order_by("pk").values_list("state", "why")] == [
        ("cancelled", "promised"),
        ("cancelled", "held"),
    ]


def test_a_number_that_does_not_exist_any_more_gives_way_to_the_mailbox() -> None:
    loan = a_late_loan(email="li@example.test")
    night("01-11")
    set_status(point=loan.borrower.phones.get(), status=Status.INVALID, by=None, at=moment("01-11 08:00"))
    assert send("01-11 09:01") == 0
    assert planned() == [("overdue_1", "sms", "refused"), ("overdue_1", "email", "planned")]
    assert send("01-11 09:02", "email") == 1
    assert planned()[-1] == ("overdue_1", "email", "delivered")


def test_an_opted_out_medium_gives_way_and_without_another_way_nothing_is_sent() -> None:
    loan = a_late_loan()
    night("01-11")
    opt_out(borrower=loan.borrower, medium="sms", how="退订", by=None, at=moment("01-11 08:00"))
    assert send("01-11 09:01") == 0
    assert planned() == [("overdue_1", "sms", "refused")]
    assert only().detail == "HOUSE-OPTOUT-01"


def test_without_the_lenders_voice_nothing_is_sent_and_the_row_says_why() -> None:
    loan = a_late_loan()
    loan.portfolio.voice.delete()
    night("01-11")
    assert send("01-11 09:01") == 0
    assert (only().state, only().why) == ("refused", "text")
    assert "no_lender" in only().detail


def test_a_paused_sender_sends_nothing_and_resumes_with_what_is_still_worth_sending() -> None:
    a_late_loan()
    night("01-11")
    by = person(Role.SUPERVISOR)
    pause(medium="sms", reason="wrong text", by=by, at=moment("01-11 08:00"))
    assert send("01-11 09:01") == 0
    assert only().state == "planned"
    resume(medium="sms", by=by, at=moment("01-11 10:00"))
    assert send("01-11 10:01") == 1


def test_a_claimed_message_is_nobody_elses() -> None:
    a_late_loan()
    night("01-11")
    assert len(claim_at("01-11 09:01").letters) == 1
    assert claim_at("01-11 09:01").looked_at == 0


def test_what_a_killed_worker_left_needs_a_look_and_is_never_sent_again_by_itself() -> None:
    a_late_loan()
    night("01-11")
    claim_at("01-11 09:01")
    assert doubt_the_unmarked(at=moment("01-11 09:11")) == 0
    assert doubt_the_unmarked(at=moment("01-11 09:12")) == 1
    assert (only().state, only().why) == ("in_doubt", "lease_over")
    assert send("01-11 10:00") == 0
    night("01-11")
    assert only().state == "in_doubt"


def test_a_rate_holds_back_what_is_too_fast() -> None:
    for number in range(1, 6):
        a_late_loan(loan_no=f"L{number}", phone=f"1580000000{number}")
    night("01-11")
    set_rate(medium="sms", per_minute=3, by=person(Role.SUPERVISOR), at=moment("01-11 08:00"))
    assert send("01-11 09:01") == 3
    assert send("01-11 09:01") == 0
    assert send("01-11 09:03") == 2


def test_one_borrower_gets_one_e_mail_a_day_over_all_loans() -> None:
    loan = a_late_loan(email="li@example.test")
    other = a_late_loan_of_the_same(loan)
    night("01-12")
    night("01-13")
    assert send("01-13 09:01", "email") == 1
    assert sorted(OutboxMessage.objects.filter(medium="email").values_list("portfolio__code", "state")) == [
        ("cards", "planned"),
        ("consumer", "delivered"),
    ]
    assert other.portfolio.code == "cards"
    waiting = OutboxMessage.objects.get(medium="email", state="planned")
    assert (waiting.why, waiting.detail, waiting.send_after) == ("wait", "CN-FREQ-05", moment("01-14 09:00"))


def a_late_loan_of_the_same(loan: Loan) -> Loan:
    """Another loan of the same borrower, in another portfolio."""
    its = a_loan(loan_no="L9", borrower_no=loan.borrower.borrower_no, portfolio="cards")
    a_voice(its.portfolio)
    return its


def test_whoever_paid_with_a_later_value_date_is_left_alone() -> None:
    loan = a_late_loan(*RUNNING)
    night("01-11")
    pay(case_of(loan), "9000.00", "01-13 08:00", value="01-12")
    assert send("01-11 09:01") == 0
    assert (only().state, only().why) == ("cancelled", "paid_ahead")
