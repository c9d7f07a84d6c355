"""An SMS gateway on this machine, which keeps the contract of docs/gateways.md."""

import datetime as dt
import http.client
import json
import socket
import ssl
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from reminders.signatures import is_signed, sign
from tests.reminders.faults import LOOPBACK, Arrived, Sink, Step

SMS_SECRET = "what the portal signs its requests with, in tests"
HOOK_SECRET = "what gateways sign their receipts with, in tests"
LONGEST_LINE = 8192


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class SmsSink(Sink):
    """An SMS gateway that keeps the contract of docs/gateways.md; with `hook` it posts a receipt for what it took."""

    def __init__(
        self,
        *,
        record: Path | None = None,
        tls: ssl.SSLContext | None = None,
        secret: str = SMS_SECRET,
        hook: str = "",
        hook_secret: str = HOOK_SECRET,
        any_time: bool = False,
    ) -> None:
        super().__init__(record=record, tls=tls)
        self.secret = secret
        self.hook = hook
        self.hook_secret = hook_secret
        self.any_time = any_time  # for a portal whose clock is another one than ours
        self.asked_again: list[str] = []  # keys that came a second time; they are taken once
        self.raw_answers: list[tuple[int, bytes]] = []  # status and body of the next answers, whatever was asked
        self._taken: dict[str, tuple[str, bytes]] = {}

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{LOOPBACK}:{self.port}/v1"

    def talk(self, link: socket.socket) -> None:
        if self.tls:
            with self.sealed(link) as sealed:
                self.answer_requests(sealed)
        else:
            self.answer_requests(link)

    def answer_requests(self, link: socket.socket) -> None:
        with link.makefile("rb") as stream:
            while line := stream.readline(LONGEST_LINE):
                method, path, _version = line.decode("ascii").split()
                headers = http.client.parse_headers(stream)
                other = self.misbehave(Step.DATA) if method == "POST" else self.misbehave(Step.GET)
                length = int(headers.get("Content-Length") or 0)
                body = stream.read(length)
                if len(body) < length:
                    return  # half a text is none
                request = Request(method, path, dict(headers), body)
                self._say(link, *(_read(other) if other else self.reply(request)))
                if method == "POST":
                    self.misbehave(Step.DONE)

    def reply(self, request: Request) -> tuple[int, dict[str, str]]:
        """The status and the JSON of an answer."""
        stamp, given = request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", "")
        call = (stamp, request.method, request.path, request.body)
        now = float(stamp) if self.any_time and stamp.isdigit() else time.time()
        if not is_signed([self.secret], given, *call, now=now):
            return 401, {"error": "bad_signature"}
        if request.method == "GET" and request.path.startswith("/v1/messages/"):
            taken = self._taken.get(request.path.rpartition("/")[2])
            return (200, {"id": taken[0], "state": "sent"}) if taken else (404, {"error": "unknown_key"})
        if (request.method, request.path) != ("POST", "/v1/messages"):
            return 404, {"error": "unknown_path"}
        return self.take(request)

    def take(self, request: Request) -> tuple[int, dict[str, str]]:
        said = json.loads(request.body)
        key = said["key"]
        if key != request.headers.get("Idempotency-Key"):
            return 400, {"error": "bad_key"}
        if other := self.misbehave(Step.TEXT):
            return _read(other)
        with self._lock:
            before = self._taken.get(key)
            if before:
                self.asked_again.append(key)
            else:
                self._taken[key] = (uuid.uuid4().hex, request.body)
        if before:
            is_same = before[1] == request.body
            return (200, {"id": before[0]}) if is_same else (409, {"error": "key_taken"})
        self.keep(Arrived(key, said["to"], said["text"], request.body))
        if self.hook:
            self._start(self.post, {"kind": "delivered", "key": key})
        other = self.misbehave(Step.TAKEN)
        return _read(other) if other else (202, {"id": self._taken[key][0]})

    def post(self, facts: Mapping[str, str]) -> int:
        """Tell the portal something, signed: a receipt or a reply. Answers its status; 0 when it does not answer."""
        now = time.time()
        at = dt.datetime.fromtimestamp(now, dt.UTC).isoformat()
        said = {"event": uuid.uuid4().hex, "medium": "sms", "at": at, **facts}
        try:
            return post_signed(self.hook, json.dumps(said, ensure_ascii=False).encode(), secret=self.hook_secret)
        except OSError:
            return 0

    def _say(self, link: socket.socket, status: int, facts: Mapping[str, str]) -> None:
        body = json.dumps(facts).encode()
        if self.raw_answers:
            status, body = self.raw_answers.pop(0)
        head = f"HTTP/1.1 {status} {http.client.responses.get(status, 'Other')}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        link.sendall(head.encode() + body)


def post_signed(url: str, body: bytes, *, secret: str, at: float | None = None) -> int:
    """Post a body as a gateway signs it, at a time of its own if wanted (Unix seconds); answers the status."""
    parts = urlsplit(url)
    timestamp = int(time.time() if at is None else at)
    headers = {
        "Content-Type": "application/json",
        "X-Timestamp": str(timestamp),
        "X-Signature": sign(secret, timestamp, "POST", parts.path, body),
    }
    link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        link.request("POST", parts.path, body, headers)
        return link.getresponse().status
    finally:
        link.close()


def _read(answer: str) -> tuple[int, dict[str, str]]:
    status, _blank, facts = answer.partition(" ")
    return int(status), json.loads(facts or "{}")
