"""E-mail by SMTP: one connection for a batch, and after each letter what is known of it."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from reminders.gateways import GatewayAway, Memory, Result, Sent
from reminders.gateways.smtp import SmtpGateway
from tests.reminders import certificates
from tests.reminders.letters import ADDRESS, TEXT, mail
from tests.reminders.sinks import Do, MailSink, Step

SENDER = "reminders@portal.example"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as running:
        yield running


@pytest.fixture
def gateway(sink: MailSink) -> Iterator[SmtpGateway]:
    made = gateway_to(sink.url)
    yield made
    made.close()


def gateway_to(url: str, seconds: float = 5) -> SmtpGateway:
    return SmtpGateway(url, sender=SENDER, seconds=seconds)


def hasty(sink: MailSink) -> SmtpGateway:
    """One that does not wait for a server that hangs."""
    return gateway_to(sink.url, seconds=0.2)


def test_a_letter_arrives_word_by_word_with_what_mail_servers_want_to_know(
    sink: MailSink, gateway: SmtpGateway
) -> None:
    letter = mail()
    sent = gateway.send(letter)
    assert (sent.result, sent.is_bad_address, sent.delivered) == (Result.ACCEPTED, False, False)
    assert re.fullmatch(r"[0-9A-F]{10}", sent.reference)
    [arrived] = sink.arrived
    assert (arrived.key, arrived.to, arrived.text.replace("\r\n", "\n")) == (letter.key, ADDRESS, TEXT + "\n")
    read = message_from_bytes(arrived.raw, policy=SMTP)
    assert read["Subject"] == letter.subject
    assert (read["From"], read["To"], read["Auto-Submitted"]) == (SENDER, ADDRESS, "auto-generated")
    assert read["Message-ID"] == f"<{letter.key}@portal.example>"
    assert read["Date"]
    assert read["Content-Language"] == "zh-hans"
    assert arrived.raw.isascii()


def test_a_line_that_is_a_single_dot_does_not_end_the_letter(sink: MailSink, gateway: SmtpGateway) -> None:
    gateway.send(mail(body="first\n.\n..two dots\nlast"))
    assert sink.arrived[0].text.replace("\r\n", "\n") == "first\n.\n..two dots\nlast\n"


def test_a_batch_goes_over_one_connection(sink: MailSink, gateway: SmtpGateway) -> None:
    gateway.open()
    letters = [mail() for _n in range(20)]
    assert {gateway.send(letter).result for letter in letters} == {Result.ACCEPTED}
    assert sink.keys == [letter.key for letter in letters]
    assert sink.connections == 1


def test_a_server_that_is_not_there_sends_nothing(sink: MailSink, gateway: SmtpGateway) -> None:
    sink.refuse()
    with pytest.raises(GatewayAway, match="connect: ConnectionRefusedError"):
        gateway.open()
    assert gateway.send(mail()) == Sent(Result.NOT_SENT, detail="connect: ConnectionRefusedError")
    sink.listen()
    assert gateway.send(mail()).result == Result.ACCEPTED


@pytest.mark.parametrize("step", [Step.CONNECT, Step.EHLO])
def test_a_server_that_hangs_before_it_is_ready_sends_nothing(sink: MailSink, step: Step) -> None:
    gateway = hasty(sink)
    sink.faults.once(step, Do.HANG)
    with pytest.raises(GatewayAway, match="timed out"):
        gateway.open()
    assert gateway.send(mail()).result == Result.ACCEPTED
    gateway.close()


@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA])
def test_a_server_that_hangs_before_it_has_the_text_sends_nothing(sink: MailSink, step: Step) -> None:
    gateway = hasty(sink)
    sink.faults.once(step, Do.HANG)
    sent = gateway.send(mail())
    assert sent.result == Result.NOT_SENT
    assert sent.detail.endswith(": timed out")
    assert sink.arrived == []
    assert gateway.send(mail()).result == Result.ACCEPTED
    assert sink.connections == 2
    gateway.close()


@pytest.mark.parametrize(("step", "arrived"), [(Step.TEXT, 0), (Step.TAKEN, 1)])
@pytest.mark.parametrize("how", [Do.HANG, Do.DROP])
def test_without_an_answer_to_the_text_nobody_knows(sink: MailSink, step: Step, arrived: int, how: Do) -> None:
    gateway = hasty(sink)
    sink.faults.once(step, how)
    sent = gateway.send(mail())
    assert sent.result == Result.UNKNOWN
    assert sent.detail in ("end of text: timed out", "end of text: SMTPServerDisconnected")
    assert len(sink.arrived) == arrived
    assert gateway.send(mail()).result == Result.ACCEPTED
    gateway.close()


@pytest.mark.parametrize("said", ["hello?", "250"])
def test_an_answer_that_is_none_is_not_believed(sink: MailSink, gateway: SmtpGateway, said: str) -> None:
    sink.faults.once(Step.TEXT, Do.ANSWER, said)
    expected = {"hello?": Result.UNKNOWN, "250": Result.ACCEPTED}[said]
    assert gateway.send(mail()).result == expected


@pytest.mark.parametrize("how", ["closed", "421", "reset"])
def test_a_connection_that_the_server_ended_between_two_letters_is_made_anew(
    sink: MailSink, gateway: SmtpGateway, how: str
) -> None:
    if how == "421":
        sink.faults.once(Step.DONE, Do.ANSWER, "421 4.4.2 idle")
    elif how == "closed":
        sink.faults.once(Step.DONE, Do.DROP)
    assert gateway.send(mail()).result == Result.ACCEPTED
    if how == "reset":
        sink.faults.once(Step.MAIL, Do.DROP)
    assert gateway.send(mail()).result == Result.ACCEPTED
    assert len(sink.arrived) == 2
    assert sink.connections == 2


def test_a_server_that_ends_every_connection_is_tried_twice_and_not_for_ever(
    sink: MailSink, gateway: SmtpGateway
) -> None:
    gateway.open()
    sink.faults.always(Step.MAIL, Do.DROP)
    assert gateway.send(mail()) == Sent(Result.NOT_SENT, detail="MAIL FROM: 421")
    assert sink.connections == 2
    sink.faults.clear()
    assert gateway.send(mail()).result == Result.ACCEPTED


@pytest.mark.parametrize(
    ("step", "said", "result", "is_bad"),
    [
        (Step.MAIL, "451 4.3.0 later", Result.NOT_SENT, False),
        (Step.MAIL, "550 5.7.1 we do not know you", Result.NOT_SENT, False),  # settings are wrong, not the letter
        (Step.RCPT, "450 4.2.0 greylisted", Result.NOT_SENT, False),
        (Step.RCPT, "421 4.7.0 too much", Result.NOT_SENT, False),
        (Step.RCPT, "530 5.7.0 log in", Result.NOT_SENT, False),
        (Step.RCPT, "hello?", Result.NOT_SENT, False),
        (Step.RCPT, "550 no such user", Result.REJECTED, True),
        (Step.RCPT, "550 5.1.1 no such user", Result.REJECTED, True),
        (Step.RCPT, "550 5.2.1 closed", Result.REJECTED, True),
        (Step.RCPT, "501 5.1.3 no address", Result.REJECTED, True),
        (Step.RCPT, "550 5.1.8 bad sender", Result.REJECTED, False),
        (Step.RCPT, "550 5.7.1 not wanted", Result.REJECTED, False),
        (Step.RCPT, "552 5.2.2 full", Result.REJECTED, False),
        (Step.RCPT, "554 no", Result.REJECTED, False),
        (Step.DATA, "451 later", Result.NOT_SENT, False),
        (Step.DATA, "554 no", Result.REJECTED, False),
        (Step.DATA, "250 what?", Result.NOT_SENT, False),
        (Step.TEXT, "451 4.3.0 later", Result.NOT_SENT, False),
        (Step.TEXT, "421 4.3.2 going down", Result.NOT_SENT, False),
        (Step.TEXT, "550 this looks like spam", Result.REJECTED, False),
        (Step.TEXT, "554 5.7.1 this looks like spam", Result.REJECTED, False),
        (Step.TEXT, "550 5.1.1 no such user after all", Result.REJECTED, True),
        (Step.TEXT, "354 more", Result.UNKNOWN, False),
    ],
)
def test_what_a_server_says_decides_and_the_next_letter_goes_on(
    sink: MailSink, gateway: SmtpGateway, step: Step, said: str, result: Result, is_bad: bool
) -> None:
    sink.faults.once(step, Do.ANSWER, said)
    sent = gateway.send(mail())
    assert (sent.result, sent.is_bad_address) == (result, is_bad)
    assert sink.arrived == []
    assert gateway.send(mail()).result == Result.ACCEPTED
    assert len(sink.arrived) == 1


def test_a_refusal_keeps_the_numbers_and_none_of_the_words(sink: MailSink, gateway: SmtpGateway) -> None:
    sink.faults.once(Step.RCPT, Do.ANSWER, f"550 5.1.1 <{ADDRESS}> is not known here")
    assert gateway.send(mail()).detail == "RCPT TO: 550 5.1.1"
    sink.faults.once(Step.TAKEN, Do.ANSWER, f"250 2.0.0 queued as {ADDRESS}")
    sent = gateway.send(mail())
    assert sent.result == Result.ACCEPTED
    assert ADDRESS not in sent.reference + sent.detail


@pytest.mark.parametrize(
    "to",
    ["", "nobody", "a@b@example.test", "a b@x.test", "顺华@x.test", f"{ADDRESS}>\r\nRCPT TO:<x@y.test"],
)
def test_what_is_no_address_is_rejected_without_asking(sink: MailSink, gateway: SmtpGateway, to: str) -> None:
    assert gateway.send(mail(to)) == Sent(Result.REJECTED, detail="RCPT TO: no address", is_bad_address=True)
    assert sink.connections == 0


@pytest.mark.parametrize("broken", [{"subject": "a\r\nBcc: x@y.test"}, {"body": "\ud800"}])
def test_a_letter_that_cannot_be_written_is_rejected_but_its_address_is_good(
    sink: MailSink, gateway: SmtpGateway, broken: dict[str, str]
) -> None:
    assert gateway.send(mail(**broken)) == Sent(Result.REJECTED, detail="message: cannot be written")
    assert sink.connections == 0


def test_a_failed_reset_costs_the_connection_and_no_letter(sink: MailSink, gateway: SmtpGateway) -> None:
    sink.faults.once(Step.RCPT, Do.ANSWER, "550 5.1.1 no such user")
    sink.faults.once(Step.RSET, Do.DROP)
    assert gateway.send(mail()).result == Result.REJECTED
    assert gateway.send(mail()).result == Result.ACCEPTED
    assert sink.connections == 2


def test_a_mail_server_cannot_be_asked_but_its_log_can(gateway: SmtpGateway) -> None:
    known = gateway.ask("a" * 32)
    assert known.memory == Memory.CANNOT_SAY
    assert f"<{'a' * 32}@portal.example>" in known.sentence


def test_tls_and_a_login_when_the_address_says_so(tmp_path: Path) -> None:
    ca, tls = certificates.make(tmp_path)
    with MailSink(tls=tls, logins={"portal": "p@ss"}) as sink:
        place = sink.url.removeprefix("smtp://")
        gateway = gateway_to(f"smtp://portal:p%40ss@{place}?starttls=1&ca={ca}")
        assert gateway.send(mail()).result == Result.ACCEPTED
        assert gateway.send(mail()).result == Result.ACCEPTED
        assert sink.connections == 1
        gateway.close()
        with pytest.raises(GatewayAway, match="AUTH: 535"):
            gateway_to(f"smtp://portal:wrong@{place}?starttls=1&ca={ca}").open()
        with pytest.raises(GatewayAway, match="AUTH: UnicodeEncodeError"):
            gateway_to(f"smtp://portal:%E5%AF%86@{place}?starttls=1&ca={ca}").open()
        without_login = gateway_to(f"smtp://{place}?starttls=1&ca={ca}")
        assert without_login.send(mail()) == Sent(Result.NOT_SENT, detail="MAIL FROM: 530 5.7.0")
        without_login.close()
    with MailSink(tls=tls, implicit=True) as sink:
        gateway = gateway_to(f"{sink.url}?ca={ca}")
        assert gateway.send(mail()).result == Result.ACCEPTED
        gateway.close()


def test_a_certificate_that_nobody_vouches_for_sends_nothing(tmp_path: Path) -> None:
    _ca, tls = certificates.make(tmp_path)
    with MailSink(tls=tls) as sink:
        gateway = gateway_to(f"{sink.url}?starttls=1")
        assert gateway.send(mail()) == Sent(Result.NOT_SENT, detail="STARTTLS: SSLCertVerificationError")
        assert sink.arrived == []
    refused = pytest.raises(GatewayAway, match="connect: SSLCertVerificationError")
    with MailSink(tls=tls, implicit=True) as sink, refused:
        gateway_to(sink.url).open()


def test_a_server_without_tls_sends_nothing_when_the_address_wants_it(sink: MailSink) -> None:
    gateway = gateway_to(f"{sink.url}?starttls=1")
    assert gateway.send(mail()) == Sent(Result.NOT_SENT, detail="STARTTLS: SMTPNotSupportedError")
    assert gateway_to(sink.url).ask("a" * 32).memory == Memory.CANNOT_SAY
