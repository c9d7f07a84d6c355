"""A waiting tape and a reject file still open after the old key was thrown away."""

import io
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from intake.columns import Kind
from intake.models import ImportFile
from intake.services import receive
from staff.models import User
from tests.intake.build import AT, changed, files_of

pytestmark = pytest.mark.django_db
NEW = Fernet.generate_key().decode()


@pytest.fixture
def waiting(operations: User) -> ImportFile:
    run = receive(files=files_of(changed(Kind.PAYMENTS, amount="-1.00")), by=operations, at=AT)
    return run.files.get(name="payments.csv")


def test_what_waits_opens_with_the_new_key_alone(waiting: ImportFile, operations: User, settings: Any) -> None:
    before = bytes(waiting.content or b"")
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert "5 files" in out.getvalue()
    settings.FIELD_KEYS = [NEW]
    waiting.refresh_from_db()
    assert bytes(waiting.content or b"") != before
    assert waiting.rejects is None
    assert AuditEntry.objects.get(action="intake.rotate_keys").details == {"files": 5}


def test_without_the_old_key_it_refuses_and_changes_nothing(waiting: ImportFile, settings: Any) -> None:
    before = bytes(waiting.content or b"")
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match="none of the 1 FIELD_KEYS"):
        call_command("rotate_keys")
    waiting.refresh_from_db()
    assert bytes(waiting.content or b"") == before
