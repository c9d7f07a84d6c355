"""SMS by signed JSON over HTTP; the contract stands in docs/gateways.md."""

import http.client
import json
import re
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from reminders.gateways.letters import (
    LONGEST_REFERENCE,
    GatewayAway,
    Known,
    Letter,
    Memory,
    Result,
    Sent,
    quoted,
    reason_of,
)
from reminders.signatures import sign

# A word of the contract, such as invalid_number; anything else might be a sentence about somebody.
WORD = re.compile(r"[a-z][a-z_]{0,39}")
LARGEST_ANSWER = 64 * 1024
TAKEN = {200, 202}
# These say nothing about the letter: the secret, the clock or the address is wrong, or it is too much just now.
LATER = {401, 403, 404, 405, 407, 408, 429, 503}
SAME_KEY_OTHER_TEXT = 409


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer and two words of its JSON."""

    status: int
    id: str = ""
    word: str = ""  # of `error`, or of `state`


class SmsGateway:
    """A sender of text messages; `url` as in SMS_URL, `seconds` for each answer."""

    medium = "sms"

    def __init__(self, url: str, *, secret: str, seconds: float) -> None:
        parts = urlsplit(url)
        self._path = parts.path.rstrip("/") + "/messages"
        self._secret = secret
        self._seconds = seconds
        self._link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        if parts.scheme == "https":
            tls = ssl.create_default_context()
            self._link = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=seconds, context=tls)
        # A request goes over a connection we made and looked at, or not at all.
        self._link.auto_open = 0

    def open(self) -> None:
        """Connect, or raise GatewayAway; a connection that the gateway has closed meanwhile is made anew."""
        if self._link.sock is not None and self._has_ended():
            self._link.close()
        if self._link.sock is None:
            try:
                self._link.connect()
            except (OSError, ValueError) as broken:  # a host that is no name is a ValueError
                self._link.close()
                raise GatewayAway(f"connect: {reason_of(broken)}") from broken

    def close(self) -> None:
        """End the connection."""
        self._link.close()

    def send(self, letter: Letter) -> Sent:
        """Hand over one letter; once its text is on the way, only an answer tells what became of it."""
        facts = {"key": letter.key, "to": letter.to, "text": letter.body, "language": letter.language}
        try:
            body = json.dumps(facts, ensure_ascii=False).encode()
        except ValueError:  # half a character
            return Sent(Result.REJECTED, detail="message: cannot be written")
        try:
            self._begin("POST", self._path, body, key=letter.key)
        except GatewayAway as away:
            return Sent(Result.NOT_SENT, detail=away.detail)
        try:
            self._link.send(body)
            answer = self._answer("error")
        except (OSError, http.client.HTTPException) as broken:
            self.close()
            return Sent(Result.UNKNOWN, detail=f"answer: {reason_of(broken)}")
        return _judged(answer, letter)

    def ask(self, key: str) -> Known:
        """What the gateway knows of a key. Only its own word for a stranger counts: any wrong address says 404."""
        try:
            self._begin("GET", f"{self._path}/{key}", b"", key=key)
            answer = self._answer("state")
        except (GatewayAway, OSError, http.client.HTTPException):
            return Known(Memory.CANNOT_SAY, _("The SMS gateway does not answer."))
        finally:
            self.close()  # who asks does so once, outside a batch
        if answer.status == 200 and answer.word:
            sentence = _("The SMS gateway has this message, as “%(state)s”.") % {"state": answer.word}
            return Known(Memory.RECEIVED, sentence)
        if answer.status == 404 and answer.word == "unknown_key":
            return Known(Memory.UNKNOWN, _("The SMS gateway has never seen this message."))
        sentence = _("The SMS gateway gave an answer that says nothing about this message (%(status)d).")
        return Known(Memory.CANNOT_SAY, sentence % {"status": answer.status})

    def _begin(self, method: str, path: str, body: bytes, *, key: str) -> None:
        """Send all but the body; without it there is no message yet, so whatever breaks here raises GatewayAway."""
        self.open()
        # The gateway compares it with its own clock, whatever day the portal works on.
        timestamp = int(time.time())
        try:
            self._link.putrequest(method, path, skip_accept_encoding=True)
            self._link.putheader("X-Timestamp", str(timestamp))
            self._link.putheader("X-Signature", sign(self._secret, timestamp, method, path, body))
            if body:
                self._link.putheader("Idempotency-Key", key)
                self._link.putheader("Content-Type", "application/json; charset=utf-8")
                self._link.putheader("Content-Length", str(len(body)))
            self._link.endheaders()
        except (OSError, http.client.HTTPException) as broken:
            self.close()
            raise GatewayAway(f"request: {reason_of(broken)}") from broken

    def _answer(self, word: str) -> Answer:
        response = self._link.getresponse()
        # The status is the answer; words that get lost behind it take nothing back.
        content = b""
        with suppress(OSError, http.client.HTTPException):
            content = response.read(LARGEST_ANSWER)
        if not response.isclosed():
            self.close()
        said = _facts(content)
        found = said.get("error") or said.get(word)
        return Answer(
            response.status,
            id=str(said.get("id") or ""),
            word=found if isinstance(found, str) and WORD.fullmatch(found) else "",
        )

    def _has_ended(self) -> bool:
        """Whether the gateway closed the connection, or sent what nobody asked for."""
        try:
            self._link.sock.setblocking(False)
            self._link.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        finally:
            self._link.sock.settimeout(self._seconds)
        return True


def _facts(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _judged(answer: Answer, letter: Letter) -> Sent:
    detail = f"{answer.status} {answer.word}".strip()
    if answer.status in TAKEN:
        return Sent(Result.ACCEPTED, reference=quoted(answer.id, letter, LONGEST_REFERENCE), detail=detail)
    if answer.status in LATER:
        return Sent(Result.NOT_SENT, detail=detail)
    # Under this key another text was taken before: that one may have gone out.
    if answer.status != SAME_KEY_OTHER_TEXT and 400 <= answer.status < 500:
        return Sent(Result.REJECTED, detail=detail, is_bad_address=answer.word == "invalid_number")
    return Sent(Result.UNKNOWN, detail=detail)
