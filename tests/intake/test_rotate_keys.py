"""Everything that is sealed still opens after the old key was thrown away: rows of every room, tapes and files."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from audit.models import AuditEntry
from borrowers import services
from borrowers.fields import EncryptedText
from borrowers.services import WrongKey
from contacts.message_services import receive as receive_reply
from intake.columns import Kind
from intake.models import ImportFile
from intake.services import receive
from reminders.gateways.files import FileGateway, path_of, read_letter
from reminders.models import OutboxMessage
from staff.models import User
from tests.bureau.build import a_told_case, dispute, loan_of, report
from tests.contacts.build import third_party
from tests.intake.build import AT, changed, files_of
from tests.reminders.build_outbox import a_message
from tests.reminders.letters import mail, text_message
from tests.visits.build import a_field_case, requested

pytestmark = pytest.mark.django_db
NEW = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def waiting(operations: User) -> ImportFile:
    run = receive(files=files_of(changed(Kind.PAYMENTS, amount="-1.00")), by=operations, at=AT)
    return run.files.get(name="payments.csv")


def rotated(settings: Any) -> str:
    """What the command says; afterwards the old key is gone."""
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    settings.FIELD_KEYS = [NEW]
    return out.getvalue()


def sealed_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every table that has personal text, of whatever room, with its columns."""
    for model in apps.get_models():
        columns = [field.attname for field in model._meta.concrete_fields if isinstance(field, EncryptedText)]
        if columns:
            yield model, columns


def opened() -> dict[str, list[Any]]:
    """All personal text there is, in clear."""
    return {
        model.__name__: [[getattr(row, column) for column in columns] for row in model._default_manager.order_by("pk")]
        for model, columns in sealed_columns()
    }


def a_bit_of_everything() -> None:
    """A row in every table that has personal text."""
    case = a_told_case()
    report()
    third_party(case)
    a_message(case, "planned")
    a_message(case, "delivered")
    its: dict[str, Any] = {"borrower": case.borrower, "portfolio": case.portfolio, "medium": "sms"}
    receive_reply(**its, text="已还款", at=AT, answers=None, is_stop=False)
    dispute(loan_of(case))
    requested(a_field_case(loan_no="L2"))


def test_what_waits_opens_with_the_new_key_alone(waiting: ImportFile, settings: Any) -> None:
    before = bytes(waiting.content or b"")
    assert "5 files" in rotated(settings)
    waiting.refresh_from_db()
    assert bytes(waiting.content or b"") != before
    assert waiting.rejects is None
    assert AuditEntry.objects.get(action="intake.rotate_keys").details == {"files": 5}


@pytest.mark.parametrize("chunk", [1, 1000])
def test_every_row_of_every_room_opens_with_the_new_key_alone(
    settings: Any, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    a_bit_of_everything()
    monkeypatch.setattr(services, "CHUNK", chunk)
    before = opened()
    assert [name for name, rows in before.items() if not rows] == []
    rows = sum(len(found) for found in before.values())
    assert f"{rows} rows and 0 files" in rotated(settings)
    assert opened() == before
    assert AuditEntry.objects.get(action="contacts.rotate_keys").details == {"rows": 1}
    assert AuditEntry.objects.get(action="reminders.rotate_keys").details == {"rows": 2, "files": 0}


def test_without_a_rotation_a_row_does_not_open_with_the_new_key(settings: Any) -> None:
    a_bit_of_everything()
    settings.FIELD_KEYS = [NEW]
    for model, columns in sealed_columns():
        with pytest.raises(WrongKey):
            getattr(model._default_manager.all()[0], columns[0])


def test_a_message_stays_as_it_was_but_for_its_sealed_text(settings: Any) -> None:
    a_bit_of_everything()
    kept = [field.attname for field in OutboxMessage._meta.concrete_fields if field.attname not in ("title", "body")]
    before = list(OutboxMessage.objects.order_by("pk").values_list(*kept))
    rotated(settings)
    assert list(OutboxMessage.objects.order_by("pk").values_list(*kept)) == before


def test_every_file_of_the_demo_opens_with_the_new_key_alone(settings: Any, tmp_path: Path) -> None:
    letters = {"sms": text_message(), "email": mail()}
    for medium, letter in letters.items():
        FileGateway(medium, sender="reminders@portal.example").send(letter)
    assert "0 rows and 2 files" in rotated(settings)
    for medium, letter in letters.items():
        found = read_letter(medium, letter.key)
        assert found
        assert (found.to, found.body) == (letter.to, letter.body)
        assert path_of(medium, letter.key).stat().st_mode & 0o777 == 0o600
    assert len([path for path in (tmp_path / "outbox").rglob("*") if path.is_file()]) == 2


def test_a_rotation_that_broke_off_at_a_damaged_file_is_started_again(settings: Any) -> None:
    letter = text_message()
    FileGateway("sms", sender="").send(letter)
    whole = path_of("sms", letter.key).read_bytes()
    path_of("sms", letter.key).write_bytes(whole[:-9])
    with pytest.raises(CommandError, match="the value is damaged"):
        rotated(settings)
    path_of("sms", letter.key).write_bytes(whole)
    settings.FIELD_KEYS = settings.FIELD_KEYS[1:]
    assert "0 rows and 1 files" in rotated(settings)
    assert read_letter("sms", letter.key)


def test_without_the_old_key_it_refuses_and_changes_nothing(waiting: ImportFile, settings: Any) -> None:
    a_bit_of_everything()
    before, texts = bytes(waiting.content or b""), opened()
    old, settings.FIELD_KEYS = settings.FIELD_KEYS, [NEW]
    with pytest.raises(CommandError, match="none of the 1 FIELD_KEYS"):
        call_command("rotate_keys")
    waiting.refresh_from_db()
    assert bytes(waiting.content or b"") == before
    settings.FIELD_KEYS = old
    assert opened() == texts
