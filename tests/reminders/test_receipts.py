"""What gateways say of messages: each moves its message once, a bad number is marked, and the next way is taken."""

from collections.abc import Iterator

import pytest
import time_machine

from borrowers.models import Borrower, Phone
from borrowers.services import set_status
from cases.models import Case
from reminders.models import HookCall, OutboxMessage
from reminders.outbox_services import Step, take
from tests.reminders.build import moment, send
from tests.reminders.build_hooks import about, again, being_sent, post, receipts_of, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(moment("01-11 10:00"), tick=False) as clock:
        yield clock


def following(outbox: OutboxMessage) -> list[tuple[str, str]]:
    """By what the message was planned again, and how that stands."""
    later = OutboxMessage.objects.filter(subject=outbox.subject, step=outbox.step).exclude(pk=outbox.pk)
    return list(later.order_by("pk").values_list("medium", "state"))


def came_to() -> list[str]:
    return list(HookCall.objects.order_by("pk").values_list("came_to", flat=True))


def test_a_delivered_message_is_delivered_and_nothing_follows() -> None:
    outbox = sent()
    assert post(about(outbox.key)).status_code == 204
    now = again(outbox)
    assert (now.state, now.why, now.settled_at) == ("delivered", "receipt", moment("01-11 10:00"))
    assert (receipts_of(outbox), following(outbox), came_to()) == (["accepted", "delivered"], [], ["moved"])


@pytest.mark.parametrize("kind", ["failed", "bounced"])
def test_one_that_reached_nobody_goes_by_the_next_way(kind: str) -> None:
    outbox = sent()
    post(about(outbox.key, kind, reason="no route to 13800001234"))
    now = again(outbox)
    assert (now.state, now.detail) == (kind, "no route to 138****1234")
    assert (receipts_of(outbox)[-1], following(outbox)) == (kind, [("email", "planned")])
    assert Phone.objects.get().status == "ok"


def test_where_there_is_no_other_way_nothing_follows() -> None:
    outbox = sent(email="")
    post(about(outbox.key, "failed"))
    assert (again(outbox).state, following(outbox)) == ("failed", [])


@pytest.mark.parametrize("kind", ["failed", "bounced"])
def test_a_number_that_does_not_exist_is_written_to_no_more(kind: str) -> None:
    post(about(sent().key, kind, permanent=True))
    assert (Phone.objects.get().status, Borrower.objects.get().email_status) == ("invalid", "ok")


def test_a_number_that_was_marked_otherwise_stays_so() -> None:
    outbox = sent()
    set_status(point=Phone.objects.get(), status="stopped", by=None, at=moment("01-11 09:40"))
    post(about(outbox.key, "failed", permanent=True))
    assert Phone.objects.get().status == "stopped"


def test_an_address_that_does_not_exist_is_written_to_no_more() -> None:
    post(about(sent().key, "failed"))
    send("01-11 10:00", "email")
    mail = OutboxMessage.objects.get(medium="email")
    post(about(mail.key, "bounced", permanent=True), "email")
    assert (again(mail).state, Borrower.objects.get().email_status) == ("bounced", "invalid")
    assert Phone.objects.get().status == "ok"


def test_an_address_that_was_marked_otherwise_stays_so() -> None:
    post(about(sent().key, "failed"))
    send("01-11 10:00", "email")
    Borrower.objects.update(email_status="stopped")
    post(about(OutboxMessage.objects.get(medium="email").key, "bounced", permanent=True), "email")
    assert Borrower.objects.get().email_status == "stopped"


@pytest.mark.parametrize("kind", ["delivered", "failed"])
def test_the_gateway_knows_better_than_a_worker_that_has_not_marked_it_yet(kind: str) -> None:
    outbox = being_sent()
    post(about(outbox.key, kind))
    now = again(outbox)
    assert (now.state, now.sent_at) == (kind, moment("01-11 10:00"))


def test_the_gateway_settles_what_needed_a_look() -> None:
    outbox = being_sent()
    take([Step(outbox, "doubt", "unknown")], at=moment("01-11 09:40"))
    post(about(outbox.key))
    assert (again(outbox).state, receipts_of(outbox)) == ("delivered", ["delivered"])


def test_a_receipt_that_comes_late_changes_nothing_and_is_written_down() -> None:
    outbox = sent()
    post(about(outbox.key))
    for number, kind in enumerate(("delivered", "failed"), start=2):
        assert post(about(outbox.key, kind, event=f"e{number}", permanent=True)).status_code == 204
    assert (again(outbox).state, receipts_of(outbox)) == ("delivered", ["accepted", "delivered"])
    assert (came_to(), Phone.objects.get().status) == (["moved", "late", "late"], "ok")


def test_a_mail_may_come_back_after_it_was_taken_for_delivered() -> None:
    outbox = sent()
    post(about(outbox.key))
    post(about(outbox.key, "bounced", event="e2"))
    assert (again(outbox).state, receipts_of(outbox)) == ("bounced", ["accepted", "delivered", "bounced"])


def test_what_arrived_although_it_seemed_unsent_is_not_sent_again() -> None:
    outbox = being_sent()
    take([Step(outbox, "put_back", "not_sent")], at=moment("01-11 09:40"))
    post(about(outbox.key, "failed"))
    assert again(outbox).state == "planned"
    post(about(outbox.key, event="e2"))
    now = again(outbox)
    assert (now.state, now.why, came_to()) == ("cancelled", "receipt", ["late", "moved"])


def test_a_receipt_from_a_clock_that_runs_ahead_is_of_now_at_most() -> None:
    outbox = sent()
    post(about(outbox.key) | {"at": moment("01-11 10:04").isoformat()})
    assert again(outbox).settled_at == moment("01-11 10:00")


def test_the_next_close_of_day_looks_at_a_case_whose_reminder_arrived() -> None:
    outbox = sent()
    Case.objects.update(review_on=None)
    post(about(outbox.key))
    assert Case.objects.get().review_on == moment("01-11 10:00").date()
