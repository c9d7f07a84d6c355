"""SMS over HTTP: signed, one connection for a batch, and after each letter what is known of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reminders.gateways import GatewayAway, Memory, Result, Sent
from reminders.gateways.sms_http import SmsGateway
from tests.reminders import certificates
from tests.reminders.letters import NUMBER, TEXT, text_message
from tests.reminders.sinks import SMS_SECRET, Do, SmsSink, Step

STRANGER = "f" * 32


@pytest.fixture
def sink() -> Iterator[SmsSink]:
    with SmsSink() as running:
        yield running


@pytest.fixture
def gateway(sink: SmsSink) -> Iterator[SmsGateway]:
    made = gateway_to(sink.url)
    yield made
    made.close()


def gateway_to(url: str, *, secret: str = SMS_SECRET, seconds: float = 5) -> SmsGateway:
    return SmsGateway(url, secret=secret, seconds=seconds)


def hasty(sink: SmsSink) -> SmsGateway:
    """One that does not wait for a gateway that hangs."""
    return gateway_to(sink.url, seconds=0.2)


def test_a_message_arrives_word_by_word_with_its_key_and_language(sink: SmsSink, gateway: SmsGateway) -> None:
    letter = text_message()
    sent = gateway.send(letter)
    assert (sent.result, sent.detail, sent.is_bad_address, sent.delivered) == (Result.ACCEPTED, "202", False, False)
    assert len(sent.reference) == 32
    [arrived] = sink.arrived
    expected = {"key": letter.key, "to": NUMBER, "text": TEXT, "language": "zh-hans"}
    assert json.loads(arrived.raw) == expected


def test_a_batch_goes_over_one_connection(sink: SmsSink, gateway: SmsGateway) -> None:
    gateway.open()
    letters = [text_message() for _n in range(20)]
    assert {gateway.send(letter).result for letter in letters} == {Result.ACCEPTED}
    assert sink.keys == [letter.key for letter in letters]
    assert sink.connections == 1


def test_a_key_that_was_taken_is_accepted_again_and_arrives_once(sink: SmsSink, gateway: SmsGateway) -> None:
    letter = text_message()
    first, second = gateway.send(letter), gateway.send(letter)
    assert (first.detail, second.detail) == ("202", "200")
    assert first.reference == second.reference
    assert (sink.keys, sink.asked_again) == ([letter.key], [letter.key])


def test_a_key_that_was_taken_with_another_text_needs_a_person(sink: SmsSink, gateway: SmsGateway) -> None:
    letter = text_message()
    gateway.send(letter)
    assert gateway.send(text_message(key=letter.key, body="another")) == Sent(Result.UNKNOWN, detail="409 key_taken")
    assert sink.keys == [letter.key]


def test_a_gateway_that_is_not_there_sends_nothing(sink: SmsSink, gateway: SmsGateway) -> None:
    sink.refuse()
    with pytest.raises(GatewayAway, match="connect: ConnectionRefusedError"):
        gateway.open()
    assert gateway.send(text_message()) == Sent(Result.NOT_SENT, detail="connect: ConnectionRefusedError")
    assert gateway.ask(STRANGER).memory == Memory.CANNOT_SAY
    sink.listen()
    assert gateway.send(text_message()).result == Result.ACCEPTED


@pytest.mark.parametrize("host", ["x" * 70, "a..b"])
def test_a_host_that_is_no_name_sends_nothing(host: str) -> None:
    assert gateway_to(f"http://{host}").send(text_message()).result == Result.NOT_SENT


@pytest.mark.parametrize("step", [Step.DATA, Step.TEXT, Step.TAKEN])
@pytest.mark.parametrize("how", [Do.HANG, Do.DROP])
def test_without_an_answer_nobody_knows_until_the_gateway_is_asked(sink: SmsSink, step: Step, how: Do) -> None:
    gateway = hasty(sink)
    letter = text_message()
    sink.faults.once(step, how)
    sent = gateway.send(letter)
    assert sent.result == Result.UNKNOWN
    assert sent.detail.startswith("answer: ")
    came = step == Step.TAKEN
    assert sink.keys == [letter.key] * came
    assert gateway.ask(letter.key).memory == (Memory.RECEIVED if came else Memory.UNKNOWN)
    assert gateway.send(text_message()).result == Result.ACCEPTED
    gateway.close()


def test_a_connection_that_the_gateway_ended_between_two_messages_is_made_anew(
    sink: SmsSink, gateway: SmsGateway
) -> None:
    sink.faults.once(Step.DONE, Do.DROP)
    assert gateway.send(text_message()).result == Result.ACCEPTED
    wait_for_the_end(gateway)
    assert gateway.send(text_message()).result == Result.ACCEPTED
    assert (len(sink.arrived), sink.connections) == (2, 2)


def wait_for_the_end(gateway: SmsGateway) -> None:
    """Until the news that the other side has closed is here; it travels a moment, also on one machine."""
    while not gateway._has_ended():
        pass


@pytest.mark.parametrize(
    ("answer", "result", "is_bad"),
    [
        ('400 {"error": "invalid_number"}', Result.REJECTED, True),
        ('422 {"error": "text_refused"}', Result.REJECTED, False),
        ("400", Result.REJECTED, False),
        ('401 {"error": "bad_signature"}', Result.NOT_SENT, False),  # settings are wrong, not the message
        ("403", Result.NOT_SENT, False),
        ("404", Result.NOT_SENT, False),
        ("429", Result.NOT_SENT, False),
        ('503 {"error": "busy"}', Result.NOT_SENT, False),
        ("500", Result.UNKNOWN, False),
        ("502", Result.UNKNOWN, False),
        ("504", Result.UNKNOWN, False),
        ("302", Result.UNKNOWN, False),
        ("204", Result.UNKNOWN, False),
    ],
)
def test_what_the_gateway_says_decides_and_the_next_message_goes_on(
    sink: SmsSink, gateway: SmsGateway, answer: str, result: Result, is_bad: bool
) -> None:
    sink.faults.once(Step.TEXT, Do.ANSWER, answer)
    sent = gateway.send(text_message())
    assert (sent.result, sent.is_bad_address) == (result, is_bad)
    assert sink.arrived == []
    assert gateway.send(text_message()).result == Result.ACCEPTED


def test_a_word_is_kept_and_a_sentence_about_somebody_is_not(sink: SmsSink, gateway: SmsGateway) -> None:
    sink.faults.once(Step.TEXT, Do.ANSWER, '400 {"error": "text_refused"}')
    assert gateway.send(text_message()).detail == "400 text_refused"
    sink.faults.once(Step.TEXT, Do.ANSWER, f'400 {{"error": "{NUMBER} is no number of Li Shunhua"}}')
    assert gateway.send(text_message()).detail == "400"
    sink.faults.once(Step.TAKEN, Do.ANSWER, f'202 {{"id": "{NUMBER}-7"}}')
    assert gateway.send(text_message()).reference == "****-7"


@pytest.mark.parametrize("body", ['["id"]', "[" * 9_000, '{"id": ["x"], "error": 7}', '{"id": "' + "x" * 200 + '"}'])
def test_the_status_is_the_answer_whatever_stands_behind_it(sink: SmsSink, gateway: SmsGateway, body: str) -> None:
    sink.raw_answers.append((202, body.encode()))
    sent = gateway.send(text_message())
    assert sent.result == Result.ACCEPTED
    assert len(sent.reference) <= 100


def test_an_endless_answer_is_not_read_to_its_end(sink: SmsSink, gateway: SmsGateway) -> None:
    sink.raw_answers.append((202, b"x" * 5_000_000))
    assert gateway.send(text_message()).result == Result.ACCEPTED
    assert gateway.send(text_message()).result == Result.ACCEPTED
    assert sink.connections == 2


def test_a_message_that_cannot_be_written_is_rejected_without_asking(sink: SmsSink, gateway: SmsGateway) -> None:
    assert gateway.send(text_message(body="\ud800")) == Sent(Result.REJECTED, detail="message: cannot be written")
    assert sink.connections == 0


def test_a_gateway_says_what_it_knows_of_a_key(sink: SmsSink, gateway: SmsGateway) -> None:
    letter = text_message()
    gateway.send(letter)
    known = gateway.ask(letter.key)
    assert known.memory == Memory.RECEIVED
    assert "sent" in known.sentence
    assert gateway.ask(STRANGER).memory == Memory.UNKNOWN
    assert gateway.ask(STRANGER).sentence == "The SMS gateway has never seen this message."


@pytest.mark.parametrize("answer", ["404", '404 {"error": "unknown_path"}', "500", "200", '200 {"state": 7}'])
def test_an_answer_that_says_nothing_about_the_message_lets_nobody_send_it_again(
    sink: SmsSink, gateway: SmsGateway, answer: str
) -> None:
    sink.faults.once(Step.GET, Do.ANSWER, answer)
    assert gateway.ask(STRANGER).memory == Memory.CANNOT_SAY


def test_a_gateway_that_does_not_answer_cannot_say(sink: SmsSink) -> None:
    sink.faults.once(Step.GET, Do.HANG)
    assert hasty(sink).ask(STRANGER).memory == Memory.CANNOT_SAY


def test_the_wrong_secret_sends_nothing_and_asks_nothing(sink: SmsSink) -> None:
    stranger = gateway_to(sink.url, secret="another secret that nobody agreed to")
    assert stranger.send(text_message()) == Sent(Result.NOT_SENT, detail="401 bad_signature")
    assert stranger.ask(STRANGER).memory == Memory.CANNOT_SAY
    assert sink.arrived == []


def test_a_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca, tls = certificates.make(tmp_path)
    with SmsSink(tls=tls) as sink:
        sent = gateway_to(sink.url).send(text_message())
        assert sent == Sent(Result.NOT_SENT, detail="connect: SSLCertVerificationError")
        monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        gateway = gateway_to(sink.url)
        gateway.open()
        sink.faults.once(Step.DONE, Do.DROP)
        before = sink.connections
        assert gateway.send(text_message()).result == Result.ACCEPTED
        wait_for_the_end(gateway)
        assert {gateway.send(text_message()).result for _n in range(3)} == {Result.ACCEPTED}
        assert sink.connections == before + 1
        gateway.close()
