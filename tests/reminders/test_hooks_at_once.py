"""The same event twice at the same moment: whoever comes second finds it taken, and nothing is done twice."""

import datetime as dt

import pytest
from django.db import connection, transaction

from contacts.message_models import InboundMessage, Receipt
from reminders.hook_events import HookEvent
from reminders.models import HookCall, OutboxMessage
from reminders.receipt_services import Replayed, record_event
from tests.contacts.test_at_once import at_once
from tests.reminders.build import moment
from tests.reminders.build_hooks import about, being_sent, sent


def event(key: str, kind: str, name: str = "e1", **more: str) -> HookEvent:
    said = about(key, kind, name, **more) | {"at": moment("01-11 10:00")}
    return HookEvent.model_validate(said)


def taken(one: HookEvent) -> str:
    try:
        return record_event(event=one, medium="sms", at=moment("01-11 10:00"))
    except Replayed:
        return "seen"


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("kind", ["failed", "replied"])
def test_two_identical_events_at_once_are_one(committed: None, kind: str, attempt: int) -> None:
    outbox = sent()
    one = event(outbox.key, kind, text="TD")
    answers = at_once(*[lambda: taken(one)] * 4)
    assert sorted(answers) == sorted([{"failed": "moved", "replied": "stop"}[kind], *["seen"] * 3])
    assert HookCall.objects.count() == 1
    assert Receipt.objects.filter(kind="failed").count() == (1 if kind == "failed" else 0)
    assert InboundMessage.objects.count() == (1 if kind == "replied" else 0)
    assert OutboxMessage.objects.filter(medium="email").count() == (1 if kind == "failed" else 0)


def test_two_different_receipts_at_once_move_a_message_once(committed: None) -> None:
    outbox = being_sent()
    events = [event(outbox.key, kind, kind) for kind in ("delivered", "failed")]
    assert sorted(at_once(*[lambda one=one: taken(one) for one in events])) == ["late", "moved"]
    assert Receipt.objects.count() == 1


def test_an_event_that_failed_half_way_leaves_nothing(committed: None) -> None:
    outbox, at = sent(), moment("01-11 10:00") + dt.timedelta(minutes=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contacts_receipt ADD CONSTRAINT broken CHECK (kind <> 'failed') NOT VALID")
    try:
        with pytest.raises(Exception, match="broken"), transaction.atomic():
            record_event(event=event(outbox.key, "failed"), medium="sms", at=at)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE contacts_receipt DROP CONSTRAINT broken")
    assert OutboxMessage.objects.get().state == "sent"
    assert not HookCall.objects.exists()
    assert record_event(event=event(outbox.key, "failed"), medium="sms", at=at) == "moved"
