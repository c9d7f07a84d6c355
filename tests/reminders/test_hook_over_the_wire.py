"""A gateway's call through a real server: its bytes are what was signed, and too many of them are not read."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from contacts.message_models import InboundMessage
from reminders.hook_views import LARGEST
from reminders.models import HookCall
from reminders.signatures import sign
from tests.reminders.build import moment
from tests.reminders.build_hooks import about, sent

TEN = moment("01-11 10:00")


@pytest.fixture
def server(committed: None) -> Iterator[str]:
    """The address of the portal on this test's own database, its clock at ten in the morning."""
    with time_machine.travel(TEN, tick=True):
        running = LiveServer("127.0.0.1")
        try:
            yield running.url
        finally:
            running.stop()


def called(url: str, body: bytes, *, secret: str = "", length: int = 0) -> int:
    """What a call is answered that says it is so long."""
    parts, now = urlsplit(url), int(TEN.timestamp())
    lines = (
        "POST /hooks/sms/ HTTP/1.1",
        f"Host: {parts.netloc}",
        "Content-Type: application/json",
        f"X-Timestamp: {now}",
        f"X-Signature: {sign(secret or settings.HOOK_KEYS[0], now, 'POST', '/hooks/sms/', body)}",
        f"Content-Length: {length or len(body)}",
        "Connection: close",
    )
    head = "".join(f"{line}\r\n" for line in (*lines, ""))
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as link:
        link.sendall(head.encode() + body)
        return int(link.makefile("rb").readline().split()[1])


def test_a_call_over_the_wire_is_taken_and_one_that_is_forged_or_too_long_is_not(server: str) -> None:
    body = json.dumps(about(sent().key, "replied", text="已还款"), ensure_ascii=False).encode()
    assert called(server, body, secret="x" * 40) == 401
    assert called(server, body, length=LARGEST + 1) == 413
    assert not HookCall.objects.exists()
    assert called(server, body) == 204
    assert called(server, body) == 200
    assert InboundMessage.objects.get().text == "已还款"
