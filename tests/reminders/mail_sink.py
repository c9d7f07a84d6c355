"""A mail server on this machine."""

import base64
import binascii
import re
import socket
import ssl
import uuid
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import BinaryIO

from tests.reminders.faults import LOOPBACK, Arrived, Ended, Sink, Step

LONGEST_LINE = 8192
FAULTY = {"EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET"}


class MailSink(Sink):
    """A mail server; with `tls` it offers STARTTLS (or speaks it at once: `implicit`), with `logins` it wants one."""

    def __init__(
        self,
        *,
        record: Path | None = None,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        logins: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(record=record, tls=tls)
        self.implicit = implicit
        self.logins = logins or {}

    @property
    def url(self) -> str:
        return f"{'smtps' if self.implicit else 'smtp'}://{LOOPBACK}:{self.port}"

    def talk(self, link: socket.socket) -> None:
        if self.implicit:
            with self.sealed(link) as sealed:
                MailTalk(self, sealed, is_sealed=True).run()
        elif MailTalk(self, link).run() == "STARTTLS":
            with self.sealed(link) as sealed:
                MailTalk(self, sealed, is_sealed=True, greets=False).run()

    def offers(self, *, is_sealed: bool) -> list[str]:
        offers = ["localhost", "SIZE 1000000", "8BITMIME", "ENHANCEDSTATUSCODES"]
        if self.tls and not is_sealed:
            offers.append("STARTTLS")
        if self.logins:
            offers.append("AUTH PLAIN")
        return offers

    def lets_in(self, token: str) -> bool:
        try:
            _as, user, password = base64.b64decode(token).decode().split("\0")
        except (binascii.Error, ValueError):
            return False
        return self.logins.get(user) == password


class MailTalk:
    """One connection of a mail server (RFC 5321)."""

    def __init__(self, sink: MailSink, link: socket.socket, *, is_sealed: bool = False, greets: bool = True) -> None:
        self.sink = sink
        self.link = link
        self.is_sealed = is_sealed
        self.greets = greets
        self.is_in = not sink.logins
        self.sender = ""
        self.to: list[str] = []

    def run(self) -> str:
        """Answer commands until QUIT, or until TLS begins."""
        with self.link.makefile("rb") as lines:
            if self.greets:
                self.say("220 localhost ESMTP")
            while line := lines.readline(LONGEST_LINE):
                verb, _blank, words = line.decode("ascii").strip().partition(" ")
                if self.command(verb.upper(), words, lines) == "STARTTLS":
                    return "STARTTLS"
        return ""

    def say(self, *said: str) -> None:
        self.link.sendall("".join(f"{line}\r\n" for line in said).encode())

    def command(self, verb: str, words: str, lines: BinaryIO) -> str:
        if verb in FAULTY and (other := self.sink.misbehave(Step(verb))):
            self.say(other)
            return ""
        if verb == "STARTTLS" and "STARTTLS" in self.sink.offers(is_sealed=self.is_sealed):
            self.say("220 2.0.0 go on")
            return verb
        handler = getattr(self, f"do_{verb.lower()}", None)
        if handler is None:
            self.say("500 5.5.1 what?")
        elif verb == "DATA":
            handler(lines)
        else:
            handler(words)
        return ""

    def do_ehlo(self, _words: str) -> None:
        *first, last = self.sink.offers(is_sealed=self.is_sealed)
        self.say(*(f"250-{offer}" for offer in first), f"250 {last}")

    def do_auth(self, words: str) -> None:
        self.is_in = words.startswith("PLAIN ") and self.sink.lets_in(words[6:])
        self.say("235 2.7.0 welcome" if self.is_in else "535 5.7.8 no")

    def do_mail(self, words: str) -> None:
        found = re.match(r"FROM:<([^>]*)>", words, re.IGNORECASE)
        if not self.is_in:
            self.say("530 5.7.0 log in first")
        elif not found or self.sender:
            self.say("503 5.5.1 not now")
        else:
            self.sender = found[1]
            self.say("250 2.1.0 ok")

    def do_rcpt(self, words: str) -> None:
        found = re.match(r"TO:<([^>]+)>", words, re.IGNORECASE)
        if found and self.sender:
            self.to.append(found[1])
            self.say("250 2.1.5 ok")
        else:
            self.say("503 5.5.1 not now")

    def do_data(self, lines: BinaryIO) -> None:
        if not self.to:
            self.say("503 5.5.1 not now")
            return
        self.say("354 go on")
        text = bytearray()
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise Ended  # half a text is none
            text += line.removeprefix(b".")
        other = self.sink.misbehave(Step.TEXT)
        if not other:
            self.sink.keep(self.arrived(bytes(text)))
            other = self.sink.misbehave(Step.TAKEN)
        self.say(other or f"250 2.0.0 Ok: queued as {uuid.uuid4().hex[:10].upper()}")
        self.forget()
        if goodbye := self.sink.misbehave(Step.DONE):
            self.say(goodbye)
            raise Ended

    def arrived(self, raw: bytes) -> Arrived:
        mail = message_from_bytes(raw, policy=SMTP)
        key = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        return Arrived(key, self.to[0], mail.get_content(), raw)

    def do_rset(self, _words: str) -> None:
        self.forget()
        self.say("250 2.0.0 ok")

    def do_noop(self, _words: str) -> None:
        self.say("250 2.0.0 ok")

    def do_quit(self, _words: str) -> None:
        self.say("221 2.0.0 bye")
        raise Ended

    def forget(self) -> None:
        self.sender, self.to = "", []
