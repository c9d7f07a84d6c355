"""The demo's gateway writes each message once, sealed, and it has arrived."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from borrowers.services import WrongKey
from reminders.gateways import Known, Memory, Result, gateway_for
from reminders.gateways.files import FileGateway, path_of, read_letter
from reminders.gateways.letters import Letter
from reminders.gateways.sms_http import SmsGateway
from reminders.gateways.smtp import SmtpGateway
from tests.reminders.letters import ADDRESS, NUMBER, TEXT, mail, text_message

STRANGER = "f" * 32


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.VAR_DIR = tmp_path
    yield tmp_path / "outbox"
    shutil.rmtree(tmp_path, ignore_errors=True)


def gateway(medium: str) -> FileGateway:
    return FileGateway(medium, sender="reminders@portal.example")


@pytest.mark.parametrize(("medium", "letter"), [("sms", text_message(subject="")), ("email", mail())])
def test_a_message_is_written_and_read_again_word_by_word(medium: str, letter: Letter, folder: Path) -> None:
    sent = gateway(medium).send(letter)
    assert (sent.result, sent.delivered, sent.detail) == (Result.ACCEPTED, True, "")
    assert [path.name for path in (folder / medium).iterdir()] == [sent.reference]
    again = read_letter(medium, letter.key)
    assert again
    fields = ("key", "to", "subject", "body", "language")
    assert [getattr(again, name) for name in fields] == [getattr(letter, name) for name in fields]


def test_a_file_is_sealed_and_only_its_owner_may_open_it(folder: Path) -> None:
    letter = mail()
    gateway("email").send(letter)
    path = path_of("email", letter.key)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    for said in (ADDRESS, letter.key, "October"):
        assert said.encode() not in path.read_bytes()


def test_a_file_does_not_open_with_another_key(settings: Settings) -> None:
    letter = text_message()
    gateway("sms").send(letter)
    settings.FIELD_KEYS = ["bm90IHRoZSBrZXkgdGhhdCBzZWFsZWQgdGhpcyBmaWw="]
    with pytest.raises(WrongKey):
        read_letter("sms", letter.key)


def test_the_same_key_is_written_once() -> None:
    first = text_message()
    assert gateway("sms").send(first).result == Result.ACCEPTED
    assert gateway("sms").send(text_message(key=first.key, body="another")).result == Result.ACCEPTED
    again = read_letter("sms", first.key)
    assert again
    assert again.body == TEXT


def test_the_gateway_knows_what_it_wrote_and_nothing_else() -> None:
    letter = text_message()
    gateway("sms").send(letter)
    assert gateway("sms").ask(letter.key).memory == Memory.RECEIVED
    assert gateway("sms").ask(STRANGER) == Known(Memory.UNKNOWN, "There is no file of this message.")
    assert gateway("email").ask(letter.key).memory == Memory.UNKNOWN
    assert gateway("sms").ask("../../keys").memory == Memory.UNKNOWN
    assert read_letter("sms", STRANGER) is None
    assert read_letter("sms", "../../keys") is None


def test_a_folder_that_cannot_be_written_sends_nothing_and_the_message_may_be_tried_again(folder: Path) -> None:
    folder.write_text("a file where the folder would be")
    sent = gateway("sms").send(text_message())
    assert (sent.result, sent.detail) == (Result.NOT_SENT, "file: NotADirectoryError")
    folder.unlink()
    assert gateway("sms").send(text_message()).result == Result.ACCEPTED


@pytest.mark.parametrize(("medium", "letter"), [("sms", text_message(body="\ud800")), ("email", mail(subject="a\nb"))])
def test_a_message_that_cannot_be_written_is_rejected(medium: str, letter: Letter) -> None:
    assert gateway(medium).send(letter).result == Result.REJECTED


def test_a_key_is_a_uuid_in_hex_and_nothing_that_leads_elsewhere() -> None:
    for key in ("../../keys", "", "F" * 32, "f" * 33):
        with pytest.raises(ValueError, match="hex"):
            Letter(key, to=NUMBER, subject="", body="", language="en")


def test_a_letter_in_a_log_is_its_key() -> None:
    letter = text_message()
    assert repr(letter) == f"Letter({letter.key})"


def test_the_settings_name_the_gateway_and_without_one_there_are_files(settings: Settings) -> None:
    assert django_settings.SMTP_URL == django_settings.SMS_URL == ""
    for medium in ("sms", "email"):
        files = gateway_for(medium)
        assert isinstance(files, FileGateway)
        files.open()
        files.close()
    settings.SMTP_URL, settings.SMS_URL, settings.SMS_KEY = "smtp://localhost:1", "http://localhost:1", "x" * 32
    assert isinstance(gateway_for("email"), SmtpGateway)
    assert isinstance(gateway_for("sms"), SmsGateway)
    with pytest.raises(ValueError, match="pigeon"):
        gateway_for("pigeon")
