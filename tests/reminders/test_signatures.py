"""A call is believed when the secret signed exactly it, a short while ago."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from reminders.signatures import is_signed, sign

NOW = 1_790_000_000
CALL = ("POST", "/v1/messages", '{"to":"+86…"}'.encode())


def signed(
    *,
    secrets: tuple[str, ...] = ("new", "old"),
    by: str = "new",
    stamp: str = str(NOW),
    method: str = CALL[0],
    path: str = CALL[1],
    body: bytes = CALL[2],
    now: float = NOW,
) -> bool:
    """Whether a call is believed that was signed as CALL at its own time and came as the rest says."""
    return is_signed(secrets, sign(by, stamp, *CALL), stamp, method, path, body, now=now)


def test_a_call_signed_with_any_of_the_secrets_is_believed_and_with_another_one_not() -> None:
    assert signed(by="new")
    assert signed(by="old")
    assert not signed(by="stranger")
    assert not signed(secrets=())
    assert not signed(secrets=("",), by="")


def test_a_call_is_not_believed_when_anything_in_it_is_another() -> None:
    assert signed()
    assert not signed(method="GET")
    assert not signed(path="/v1/messages/")
    assert not signed(body=CALL[2] + b" ")
    assert not is_signed(["new"], sign("new", NOW, *CALL), str(NOW + 1), *CALL, now=NOW)


def test_a_call_is_believed_for_five_minutes_before_and_after() -> None:
    assert signed(now=NOW + 300)
    assert signed(now=NOW - 300)
    assert not signed(now=NOW + 301)
    assert not signed(now=NOW - 301)


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "１７９００００００００", "²", "1" * 5000])
def test_a_time_that_is_no_number_is_not_believed_and_breaks_nothing(stamp: str) -> None:
    assert not signed(stamp=stamp)


@pytest.mark.parametrize("signature", ["", "签名", "\ud800", "0" * 64])
def test_a_signature_that_is_none_is_not_believed_and_breaks_nothing(signature: str) -> None:
    assert not is_signed(["new"], signature, str(NOW), *CALL, now=NOW)


@given(st.text(min_size=1), st.binary(), st.binary())
def test_only_the_body_that_was_signed_is_believed(secret: str, body: bytes, other: bytes) -> None:
    secret = secret.encode(errors="replace").decode()
    signature = sign(secret, NOW, "POST", "/", body)
    assert is_signed([secret], signature, str(NOW), "POST", "/", other, now=NOW) == (body == other)


def test_the_example_of_the_contract_is_what_the_portal_signs() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "gateways.md").read_text(encoding="utf-8")
    secret = found(r"with the secret `([^`]+)`", page)
    body = found(r"^(\{\"key\".+\})$", page)
    stamp = found(r"^X-Timestamp: (\d+)$", page)
    assert found(r"^X-Signature: ([0-9a-f]{64})$", page) == sign(secret, stamp, "POST", "/v1/messages", body.encode())
    assert dt.datetime.fromtimestamp(int(stamp), dt.UTC).isoformat() in page
    assert found(r"^Content-Length: (\d+)$", page) == str(len(body.encode()))


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page, re.MULTILINE)
    assert match, pattern
    return match[1]
