"""E-mail by SMTP, step by step, so that it is known where a talk broke and whether the letter may have gone out."""

import re
import smtplib
import ssl
import time
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext as _

from reminders.gateways.emails import domain_of, email_of, message_id
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

Reply = tuple[int, bytes]
# ASCII without quotes and blanks: any other is refused by most servers, and none of them could break a command.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
ENHANCED = re.compile(rb"([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")
QUEUED_AS = re.compile(r"queued(?: mail)? (?:as|for delivery:?) ([\w.@<>-]+)", re.IGNORECASE)
CLOSING = 421
GO_ON = 354
# Who has no right to send is told so at any step; that is about the portal, not about the letter.
NOT_LET_IN = {530, 534, 535, 538}
NO_SUCH_MAILBOX = {550, 551, 553}


class SmtpGateway:
    """A mail server; `url` as in SMTP_URL, `seconds` for each answer."""

    medium = "email"

    def __init__(self, url: str, *, sender: str, seconds: float) -> None:
        self._parts = urlsplit(url)
        self._options = dict(parse_qsl(self._parts.query))
        self._sender = sender
        self._seconds = seconds
        self._server: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect, with TLS and a login where the address says so, or raise GatewayAway."""
        self._connected()

    def close(self) -> None:
        """Say goodbye; what the server makes of it is no matter."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.quit()
            server.close()

    def send(self, letter: Letter) -> Sent:
        """Hand over one letter; a connection that the server ended between two letters is made anew, once."""
        if not ADDRESS.fullmatch(letter.to):
            return Sent(Result.REJECTED, detail="RCPT TO: no address", is_bad_address=True)
        try:
            # The time of sending, which other mail servers compare with their own, whatever day the portal works on.
            mail = email_of(letter, sender=self._sender, at=time.time()).as_bytes()
        except ValueError:  # a line break in a header, half a character
            return Sent(Result.REJECTED, detail="message: cannot be written")
        try:
            server, reply = self._begun()
        except GatewayAway as away:
            return Sent(Result.NOT_SENT, detail=away.detail)
        step = "MAIL FROM"
        try:
            if reply[0] == 250:
                step, reply = "RCPT TO", server.rcpt(letter.to)
            if step == "RCPT TO" and reply[0] in (250, 251):
                step, reply = "DATA", server.docmd("DATA")
        except OSError as broken:  # every error of smtplib is one
            self._drop()
            return Sent(Result.NOT_SENT, detail=f"{step}: {reason_of(broken)}")
        if reply[0] != GO_ON or step != "DATA":
            return self._refused(step, reply)
        return self._handed_over(server, mail, letter)

    def ask(self, key: str) -> Known:
        """A mail server cannot be asked; its log can."""
        sentence = _("A mail server cannot be asked. Look for %(message_id)s in its log.")
        return Known(Memory.CANNOT_SAY, sentence % {"message_id": message_id(key, self._sender)})

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            host, port = self._parts.hostname or "", self._parts.port or 0
            self._server = self._greeted(host, port)
        return self._server

    def _greeted(self, host: str, port: int) -> smtplib.SMTP:
        # Our domain, as EHLO wants a name: asking for this machine's may wait for a name server.
        name, seconds = domain_of(self._sender), self._seconds
        server: smtplib.SMTP | None = None
        step = "connect"
        try:
            if self._parts.scheme == "smtps":
                server = smtplib.SMTP_SSL(host, port, name, timeout=seconds, context=self._tls())
            else:
                server = smtplib.SMTP(host, port, name, timeout=seconds)
            step = "EHLO"
            server.ehlo_or_helo_if_needed()
            if self._options.get("starttls") == "1":
                step = "STARTTLS"
                server.starttls(context=self._tls())
                server.ehlo_or_helo_if_needed()
            if self._parts.username:
                step = "AUTH"
                server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        except (OSError, ValueError) as broken:  # a password or a host that is no ASCII is a ValueError
            if server is not None:
                server.close()
            code = getattr(broken, "smtp_code", None)
            raise GatewayAway(f"{step}: {code or reason_of(broken)}") from broken
        return server

    def _tls(self) -> ssl.SSLContext:
        # With a CA of one's own only that one is believed.
        return ssl.create_default_context(cafile=self._options.get("ca"))

    def _begun(self) -> tuple[smtplib.SMTP, Reply]:
        """A connection and its answer to MAIL; raises GatewayAway when there is none."""
        is_reused = self._server is not None
        server = self._connected()
        reply = self._mail(server)
        if is_reused and reply[0] == CLOSING:
            self._drop()
            server = self._connected()
            reply = self._mail(server)
        return server, reply

    def _mail(self, server: smtplib.SMTP) -> Reply:
        try:
            return server.mail(self._sender)
        except OSError as broken:
            reason = reason_of(broken)
            if reason == "timed out":
                self._drop()
                raise GatewayAway(f"MAIL FROM: {reason}") from broken
            return CLOSING, b""

    def _refused(self, step: str, reply: Reply) -> Sent:
        """The answer to a step before the text: the letter surely stayed here."""
        code = reply[0]
        detail = f"{step}: {_codes(reply)}"
        if code == CLOSING or not 400 <= code < 600:  # it goes, or speaks something else
            self._drop()
            return Sent(Result.NOT_SENT, detail=detail)
        self._reset()
        # A sender that is not welcome is a matter of settings: another letter would fare no better, this one later may.
        if code < 500 or code in NOT_LET_IN or step == "MAIL FROM":
            return Sent(Result.NOT_SENT, detail=detail)
        is_bad = step == "RCPT TO" and _is_bad_address(reply, NO_SUCH_MAILBOX)
        return Sent(Result.REJECTED, detail=detail, is_bad_address=is_bad)

    def _handed_over(self, server: smtplib.SMTP, mail: bytes, letter: Letter) -> Sent:
        """Send the text itself: from its first byte to the answer nobody knows what a broken connection means."""
        try:
            server.send(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
            reply = server.getreply()
        except OSError as broken:
            self._drop()
            return Sent(Result.UNKNOWN, detail=f"end of text: {reason_of(broken)}")
        code, detail = reply[0], f"end of text: {_codes(reply)}"
        if code == CLOSING or not 200 <= code < 600:
            self._drop()
        if 200 <= code < 300:
            said = QUEUED_AS.search(reply[1].decode(errors="replace"))
            reference = quoted(said[1], letter, LONGEST_REFERENCE) if said else ""
            return Sent(Result.ACCEPTED, reference=reference, detail=detail)
        if 400 <= code < 500 or code in NOT_LET_IN:
            return Sent(Result.NOT_SENT, detail=detail)
        if 500 <= code < 600:
            # Here a plain 550 is about the text; only the longer code can still mean the mailbox.
            return Sent(Result.REJECTED, detail=detail, is_bad_address=_is_bad_address(reply, set()))
        return Sent(Result.UNKNOWN, detail=detail)

    def _reset(self) -> None:
        try:
            code = self._connected().rset()[0]
        except (OSError, GatewayAway):
            code = CLOSING
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        """Leave a connection of which nobody knows what will come out of it next."""
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _codes(reply: Reply) -> str:
    """The numbers of an answer; its words may quote the address or the text."""
    found = ENHANCED.match(reply[1])
    return f"{reply[0]} {found[0].decode()}" if found else str(reply[0])


def _is_bad_address(reply: Reply, plain: set[int]) -> bool:
    """Whether a refusal means the mailbox itself: RFC 3463 says so by 5.1.x or 5.2.1, an older server by the code."""
    found = ENHANCED.match(reply[1])
    if not found:
        return reply[0] in plain
    subject, about = int(found[2]), int(found[3])
    return (subject, about) == (2, 1) or (subject == 1 and about not in (7, 8))  # these two are about the sender
