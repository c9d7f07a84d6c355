"""The door of the gateways: a signed, well-formed call is taken once; another is refused, logged, changes nothing."""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from reminders.hook_views import LARGEST
from reminders.models import HookCall, OutboxMessage
from tests.reminders.build import moment
from tests.reminders.build_hooks import about, everything, post, sent

pytestmark = pytest.mark.django_db

OLD_KEY, NEW_KEY = "o" * 40, "n" * 40
LOGGER = "reminders.hook_views"
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "receipts.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(moment("01-11 10:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def outbox() -> OutboxMessage:
    return sent()


def refusal(response: HttpResponse) -> dict[str, str]:
    said: dict[str, str] = json.loads(response.content)
    return said


def warnings(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.msg for record in caplog.records if record.name == LOGGER]  # type: ignore[misc]


Call = Callable[[OutboxMessage], HttpResponse]
REFUSED: dict[str, tuple[Call, int, str]] = {
    "a wrong key": (lambda its: post(about(its.key), secret="x" * 40), 401, "signature"),
    "no signature": (lambda its: post(about(its.key), headers={"x-signature": ""}), 401, "signature"),
    "no time": (lambda its: post(about(its.key), headers={"x-timestamp": ""}), 401, "signature"),
    "another time than was signed": (
        lambda its: post(about(its.key), headers={"x-timestamp": "1736560801"}),
        401,
        "signature",
    ),
    "an old call": (lambda its: post(about(its.key), ago=301), 401, "signature"),
    "a call of the future": (lambda its: post(about(its.key), ago=-301), 401, "signature"),
    "no medium of ours": (lambda its: post(about(its.key), "fax"), 404, "medium"),
    "a form": (lambda its: post(about(its.key), headers={"content-type": "text/plain"}), 415, "content_type"),
    "too much": (lambda its: post(b" " * (LARGEST + 1)), 413, "too_large"),
    "no JSON": (lambda its: post(b"{"), 400, "malformed"),
    "nothing": (lambda its: post(b" "), 400, "malformed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_logged_and_changes_nothing(
    name: str, outbox: OutboxMessage, caplog: pytest.LogCaptureFixture
) -> None:
    call, status, why = REFUSED[name]
    before = everything()
    with caplog.at_level(logging.WARNING, LOGGER):
        response = call(outbox)
    assert (response.status_code, refusal(response)["error"]) == (status, why)
    assert everything() == before
    [said] = warnings(caplog)
    assert (said["event"], said["why"], said["remote"]) == ("hook refused", why, "127.0.0.1")


def test_the_log_has_a_digest_of_the_body_and_never_the_body(
    outbox: OutboxMessage, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(about(outbox.key, "replied", text="我叫李顺华", **{"from": "13800001234"})).encode()
    with caplog.at_level(logging.WARNING, LOGGER):
        post(body, secret="x" * 40)
    assert warnings(caplog)[0]["digest"] == hashlib.sha256(body).hexdigest()
    assert not any(word in caplog.text for word in ("李顺华", "13800001234", outbox.key))


def test_only_post_is_answered(outbox: OutboxMessage) -> None:
    response = Client().get("/hooks/sms/")
    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_a_call_is_believed_up_to_five_minutes_and_by_each_key_while_they_change(
    outbox: OutboxMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HOOK_KEYS", [NEW_KEY, OLD_KEY])
    assert post(about(outbox.key), secret=OLD_KEY, ago=300).status_code == 204
    assert post(about(outbox.key, event="e2"), secret=NEW_KEY).status_code == 204


MALFORMED: dict[str, tuple[Callable[[str], Any], str]] = {
    "a field too many": (lambda key: about(key, phone="1"), "phone"),
    "a kind nobody knows": (lambda key: about(key, "eaten"), "kind"),
    "a number of its own missing": (lambda key: {k: v for k, v in about(key).items() if k != "event"}, "event"),
    "a strange number of its own": (lambda key: about(key, event="e 1"), "event"),
    "a key that is none": (lambda key: about("nonsense"), "key"),
    "no key": (lambda key: about(""), "key"),
    "a time without a zone": (lambda key: about(key) | {"at": "2025-01-11T10:00:00"}, "at"),
    "a time that is a number": (lambda key: about(key) | {"at": 1736560800}, "at"),
    "a time still to come": (lambda key: about(key) | {"at": moment("01-11 10:06").isoformat()}, "at"),
    "a time long past": (lambda key: about(key) | {"at": "2024-10-12T00:00:00+08:00"}, "at"),
    "a word for yes": (lambda key: about(key, "failed", permanent="yes"), "permanent"),
    "a reason that breaks a line": (lambda key: about(key, "failed", reason="a\nb"), "reason"),
    "a reply that says nothing": (lambda key: about(key, "replied", text=" "), "text"),
    "a reply from nobody": (lambda key: about("", "replied", text="ok"), "key"),
    "half a sign": (
        lambda key: json.dumps(about(key, "replied")).replace("}", ', "text": "\\ud83d"}').encode(),
        "body",
    ),
    "another medium": (lambda key: about(key, medium="email"), "medium"),
    "an empty list": (lambda key: [], "body"),
    "too many": (lambda key: [about(key, event=f"e{n}") for n in range(101)], "body"),
    "one of two": (lambda key: [about(key), about(key, "eaten", event="e2")], "1.kind"),
    "a time in a list": (lambda key: [about(key) | {"at": "2024-10-12T00:00:00+08:00"}], "0.at"),
    "a word": (lambda key: "delivered", "body"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_call_names_the_field_and_changes_nothing(name: str, outbox: OutboxMessage) -> None:
    said, field = MALFORMED[name]
    before = everything()
    response = post(said(outbox.key))
    assert (response.status_code, refusal(response)["field"]) == (400, field)
    assert outbox.key not in response.content.decode()
    assert everything() == before


def test_no_more_is_read_than_may_be_however_a_call_says_its_length(outbox: OutboxMessage) -> None:
    body = b" " * (LARGEST + 1)
    response = Client().generic(
        "POST", "/hooks/sms/", body, content_type="application/json", CONTENT_LENGTH=f"+{len(body)}"
    )
    assert response.status_code == 413


def test_a_call_just_small_enough_is_taken(outbox: OutboxMessage) -> None:
    body = json.dumps(about(outbox.key)).encode()
    assert post(body + b" " * (LARGEST - len(body))).status_code == 204


@pytest.mark.parametrize(("key", "medium"), [("0" * 32, "sms"), ("its own", "email")])
def test_a_key_nobody_sent_by_that_medium_is_written_down_and_changes_nothing_else(
    key: str, medium: str, outbox: OutboxMessage, caplog: pytest.LogCaptureFixture
) -> None:
    before = everything()
    with caplog.at_level(logging.WARNING, LOGGER):
        assert post(about(outbox.key if key == "its own" else key), medium).status_code == 204
    after = everything()
    assert [call.came_to for call in HookCall.objects.all()] == ["unknown_key"]
    assert {name for name, rows in after.items() if rows != before[name]} == {"HookCall"}
    assert warnings(caplog)[0]["why"] == "unknown_key"


def test_an_event_that_comes_again_is_answered_and_changes_nothing(outbox: OutboxMessage) -> None:
    call = about(outbox.key, "replied", text="已还款")
    assert post(call).status_code == 204
    before = everything()
    response = post(call)
    assert (response.status_code, refusal(response)) == (200, {"came_to": {}, "seen": ["e1"]})
    assert everything() == before


def test_two_gateways_may_number_their_events_alike(outbox: OutboxMessage) -> None:
    assert post(about(outbox.key)).status_code == 204
    assert post(about("0" * 32), "email").status_code == 204
    assert HookCall.objects.count() == 2


def test_of_a_list_each_event_is_taken_and_the_answer_says_what_came_of_each(outbox: OutboxMessage) -> None:
    post(about(outbox.key))
    said = [about(outbox.key), about(outbox.key, "replied", "e2", text="TD"), about("0" * 32, event="e3")]
    assert refusal(post(said)) == {"came_to": {"e2": "stop", "e3": "unknown_key"}, "seen": ["e1"]}


def test_the_example_of_the_page_about_receipts_is_taken(
    monkeypatch: pytest.MonkeyPatch, ten_in_the_morning: time_machine.Traveller
) -> None:
    head, _blank, rest = PAGE.partition("```\n")[2].partition("\n\n")
    body = rest.partition("\n```")[0].encode()
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    monkeypatch.setattr(settings, "HOOK_KEYS", ["a secret of 32 characters or more"])
    ten_in_the_morning.move_to(dt.datetime.fromtimestamp(int(headers["X-Timestamp"]), dt.UTC))
    kind, length = headers.pop("Content-Type"), int(headers.pop("Content-Length"))
    response = Client().generic("POST", "/hooks/sms/", body, content_type=kind, headers=headers)
    assert (response.status_code, length, HookCall.objects.get().came_to) == (204, len(body), "unknown_number")
    assert "2026-10-05T09:12:33+08:00" in PAGE
