"""Marking what a gateway answered, also when a receipt, or the clock, was quicker."""

import threading

import pytest
from django.db import connection, transaction

from borrowers.models import Phone
from borrowers.services import set_status
from contacts.message_clearance import MessageTarget, decide_messages
from contacts.reminded_selectors import collecting_messages
from reminders.fallback_services import next_way
from reminders.gateways import Result, Sent
from reminders.hook_events import HookEvent
from reminders.models import OutboxMessage, Sender
from reminders.outbox_services import Step, take
from reminders.receipt_services import record_event
from reminders.send_services import MOST_TRIES, hand_over, mark
from tests.reminders.build import a_late_loan, claim_at, moment, night, only, planned, send
from tests.reminders.build_hooks import again, being_sent, receipts_of

AT = moment("01-11 10:00")


def told(outbox: OutboxMessage, kind: str, event: str = "e1") -> str:
    said = HookEvent(event=event, kind=kind, at=AT, key=outbox.key)  # type: ignore[arg-type]
    return record_event(event=said, medium=outbox.medium, at=AT)


@pytest.mark.django_db
def test_a_message_that_failed_by_receipt_and_went_another_way_goes_no_third_way_when_it_is_marked() -> None:
    outbox = being_sent()
    Phone.objects.create(borrower=outbox.borrower, number="15800000009", source="contract")
    assert told(outbox, "failed") == "moved"
    assert send("01-11 10:01", "email") + send("01-11 10:01", "sms") == 1
    before = planned()
    mark(pk=outbox.pk, sent=Sent(Result.REJECTED, is_bad_address=True), at=moment("01-11 10:02"))
    assert planned() == before


@pytest.mark.django_db
def test_what_arrived_by_one_way_goes_by_no_other() -> None:
    outbox = being_sent()
    Phone.objects.create(borrower=outbox.borrower, number="15800000009", source="contract")
    told(outbox, "failed")
    assert send("01-11 10:01", "email") + send("01-11 10:01", "sms") == 1
    with transaction.atomic():
        assert next_way(outbox=again(outbox), at=moment("01-11 10:02")) is None
    assert OutboxMessage.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("tries", [1, MOST_TRIES])
def test_what_arrived_counts_although_its_gateway_said_it_took_nothing(tries: int) -> None:
    outbox = being_sent()
    OutboxMessage.objects.update(tries=tries)
    told(outbox, "delivered")
    mark(pk=outbox.pk, sent=Sent(Result.NOT_SENT), at=moment("01-11 10:02"))
    assert (again(outbox).state, receipts_of(outbox)) == ("delivered", ["delivered"])
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_what_was_put_back_and_arrived_counts_for_the_day_and_for_the_case() -> None:
    outbox = being_sent()
    mark(pk=outbox.pk, sent=Sent(Result.NOT_SENT), at=moment("01-11 09:31"))
    pair = (outbox.borrower_id, outbox.portfolio_id)
    assert collecting_messages([pair], AT.date()) == {}
    target = MessageTarget(
        borrower=outbox.borrower,
        portfolio=outbox.portfolio,
        phone=outbox.phone,
        purpose="collect",
        text=None,
        daytime=None,
    )
    assert decide_messages([target], AT)[0].facts.messages == ()
    told(outbox, "delivered")
    assert again(outbox).state == "cancelled"
    assert [one.is_delivered for one in collecting_messages([pair], AT.date())[pair]] == [True]
    assert len(decide_messages([target], AT)[0].facts.messages) == 1


@pytest.mark.django_db
def test_a_number_that_fails_by_mark_is_written_down_once_and_the_next_way_is_taken() -> None:
    outbox = being_sent()
    mark(pk=outbox.pk, sent=Sent(Result.REJECTED, is_bad_address=True), at=moment("01-11 09:31"))
    assert receipts_of(outbox) == ["failed"]
    assert planned()[-1] == ("overdue_1", "email", "planned")
    assert Phone.objects.get().status == "invalid"


@pytest.mark.django_db
def test_what_is_claimed_before_the_hours_end_and_not_handed_over_in_time_waits_for_the_morning() -> None:
    for number in range(1, 4):
        a_late_loan(loan_no=f"L{number}", phone=f"1580000000{number}")
    night("01-11")
    claimed = claim_at("01-11 19:59")
    times = iter([moment("01-11 19:59"), *[moment("01-11 19:59")] * 2, *[moment("01-11 20:01")] * 9])
    assert hand_over(medium="sms", letters=claimed.letters, clock=lambda: next(times)) == 1
    assert [state for _step, _medium, state in planned()] == ["delivered", "planned", "planned"]
    assert send("01-11 20:02") == 0
    waiting = OutboxMessage.objects.filter(state="planned")
    assert set(waiting.values_list("send_after", flat=True)) == {moment("01-12 09:00")}
    assert send("01-12 09:00") == 2


@pytest.mark.django_db
def test_a_worker_that_slept_hands_over_nothing_more() -> None:
    a_late_loan()
    night("01-11")
    claimed = claim_at("01-11 09:05")
    take([Step(only(), "doubt", "lease_over")], at=moment("01-11 09:20"))
    times = iter([moment("01-11 09:05"), *[moment("01-11 09:21")] * 9])
    assert hand_over(medium="sms", letters=claimed.letters, clock=lambda: next(times)) == 0
    assert only().state == "in_doubt"


def test_a_mark_waits_for_no_claim_with_its_message_in_hand(committed: None) -> None:
    outbox = being_sent()

    def work() -> None:
        mark(pk=outbox.pk, sent=Sent(Result.UNKNOWN), at=AT)
        connection.close()

    marked = threading.Thread(target=work)
    with transaction.atomic():
        # As a claim does: the sender first, and then a message that the mark is about.
        Sender.objects.select_for_update().get(medium="sms")
        marked.start()
        marked.join(timeout=2)
        assert OutboxMessage.objects.select_for_update(nowait=True).get(pk=outbox.pk).state == "in_doubt"
    marked.join(timeout=20)
    assert Sender.objects.get(medium="sms").failures == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), [("ok", "invalid"), ("stopped", "stopped"), ("wrong", "wrong")])
def test_a_bad_number_is_marked_and_one_that_asked_us_to_stop_stays_stopped(before: str, after: str) -> None:
    outbox = being_sent()
    phone = Phone.objects.get(borrower=outbox.borrower)
    set_status(point=phone, status=before, by=None, at=AT)
    mark(pk=outbox.pk, sent=Sent(Result.REJECTED, is_bad_address=True), at=AT)
    assert Phone.objects.get(pk=phone.pk).status == after
