"""Messages in every state, and the calls of gateways about them, signed as docs/receipts.md says."""

import json
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from contacts.message_models import Receipt
from reminders.gateways import Result, Sent
from reminders.models import OutboxMessage
from reminders.send_services import mark
from reminders.signatures import sign
from tests.reminders.build import a_late_loan, claim_at, moment, night, only

EMAIL = "li@mail.example"
ROOMS = ("borrowers", "contacts", "cases", "reminders", "audit")


def being_sent(loan_no: str = "L1", *, email: str = EMAIL) -> OutboxMessage:
    """The first reminder of a loan, one day late, which a worker has claimed at half past nine."""
    a_late_loan(loan_no=loan_no, email=email)
    night("01-11")
    claim_at("01-11 09:30")
    return only()


def sent(loan_no: str = "L1", *, email: str = EMAIL) -> OutboxMessage:
    """The same, which the gateway has taken."""
    outbox = being_sent(loan_no, email=email)
    mark(pk=outbox.pk, sent=Sent(Result.ACCEPTED), at=moment("01-11 09:31"))
    return again(outbox)


def again(outbox: OutboxMessage) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=outbox.pk)


def receipts_of(outbox: OutboxMessage) -> list[str]:
    return list(Receipt.objects.filter(message=outbox.message).order_by("pk").values_list("kind", flat=True))


def about(key: str = "", kind: str = "delivered", event: str = "e1", **more: Any) -> dict[str, Any]:
    """One event as a gateway writes it."""
    return {"event": event, "kind": kind, "key": key, "at": timezone.now().isoformat(), **more}


def post(
    said: Any, medium: str = "sms", *, secret: str = "", ago: int = 0, headers: dict[str, str] | None = None
) -> HttpResponse:
    """A signed call, as JSON unless it is bytes already; `headers` replace what would be sent."""
    body = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
    path, timestamp = f"/hooks/{medium}/", int(timezone.now().timestamp()) - ago
    signed = {
        "x-timestamp": str(timestamp),
        "x-signature": sign(secret or settings.HOOK_KEYS[0], timestamp, "POST", path, body),
        "content-type": "application/json",
        **(headers or {}),
    }
    kind = signed.pop("content-type")
    return Client().generic("POST", path, body, content_type=kind, headers=signed)  # type: ignore[return-value]


def everything() -> dict[str, list[Any]]:
    """Every row of the rooms that a call could touch, to see that nothing was changed."""
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in models}
