"""After a rotation the old key can be thrown away; without the old key a rotation refuses and changes nothing."""

import io
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEntry
from borrowers import services
from borrowers.models import Borrower
from borrowers.selectors import people_of, search
from borrowers.vault import WrongKey
from tests.borrowers.conftest import FATHER, LI

NEW = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def tokens() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, id_number, email FROM borrowers_borrower UNION SELECT number, '', '' FROM borrowers_phone"
        )
        return sorted(cursor.fetchall())


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_everything_opens_with_the_new_key_alone(
    li: Borrower, settings: Any, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    before = tokens()
    monkeypatch.setattr(services, "CHUNK", chunk)
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert "7 rows" in out.getvalue()
    settings.FIELD_KEYS = [NEW]
    li = search(LI.phone).get()
    assert (li.name, li.id_number, li.email) == (LI.name, LI.id_number, LI.email)
    assert (li.phones.get().number, li.addresses.get().street) == (LI.phone, LI.address)
    assert (li.third_parties.get().name, li.third_parties.get().number) == (FATHER.name, FATHER.phone)
    assert not {row[0] for row in before} & {row[0] for row in tokens()}
    assert AuditEntry.objects.get(action="borrowers.rotate_keys").details == {"rows": 7}


def test_without_the_old_key_it_refuses_and_changes_nothing(on_file: None, settings: Any) -> None:
    before = tokens()
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match="none of the 1 FIELD_KEYS"):
        call_command("rotate_keys")
    assert tokens() == before


def test_a_page_without_the_key_fails_by_name_and_not_with_garbage(li: Borrower, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(WrongKey):
        people_of(Borrower.objects.get(pk=li.pk))
