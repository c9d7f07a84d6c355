"""Nothing outside an encrypted column shows who a borrower is: not the tables, not a dump, not a log."""

import io
import logging
import traceback
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from audit.models import AuditEntry
from borrowers.models import Address, Borrower, Phone, SearchKey, ThirdParty
from borrowers.selectors import search
from borrowers.services import register, reveal
from staff.models import User
from tests.borrowers.conftest import AT, FATHER, LI, SECRETS, SHAN


def raw_tables(*prefixes: str) -> str:
    """Every row of the rooms' tables as the database itself writes it, bytes in clear and in hexadecimal."""
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table.startswith(prefixes)]
        assert tables
        rows: list[Any] = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += cursor.fetchall()
            cursor.execute(f'SELECT whole::text FROM "{table}" AS whole')
            rows += cursor.fetchall()
    return "\n".join(
        value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)
        for row in rows
        for value in row
    )


def hidden(text: str) -> bool:
    return all(secret not in text and secret.encode().hex() not in text for secret in SECRETS)


def test_the_check_itself_sees_clear_text(on_file: None) -> None:
    Address.objects.update(city=LI.name)
    assert not hidden(raw_tables("borrowers_"))


def test_no_table_of_the_room_holds_a_clear_value(on_file: None) -> None:
    written = raw_tables("borrowers_")
    assert "B00000001" in written
    assert "深圳市" in written
    assert hidden(written)


def test_the_audit_log_holds_no_clear_value(li: Borrower, collector: User) -> None:
    for field in ("name", "id_number", "email", f"phone:{li.phones.get().pk}"):
        reveal(borrower=li, field=field, by=collector, reason=f"asked about {LI.phone}", at=AT)
    assert AuditEntry.objects.count() == 5
    assert hidden(raw_tables("audit_"))


@pytest.mark.parametrize("model", [Borrower, Phone, Address, ThirdParty, SearchKey])
def test_an_object_in_a_log_says_only_its_number(on_file: None, model: Any) -> None:
    for row in model.objects.all():
        assert hidden(f"{row} {row!r} {vars(row)}")


def test_values_taken_without_objects_stay_sealed(on_file: None) -> None:
    assert hidden(str(list(Borrower.objects.values()) + list(Phone.objects.values_list("number"))))


@pytest.mark.parametrize("format_name", ["json", "xml"])
def test_a_dump_holds_only_sealed_values(on_file: None, format_name: str) -> None:
    out = io.StringIO()
    call_command("dumpdata", "borrowers", format=format_name, stdout=out)
    assert "B00000001" in out.getvalue()
    assert hidden(out.getvalue())
    assert hidden(out.getvalue().encode("ascii", errors="xmlcharrefreplace").decode().replace("\\u", ""))


def test_a_dump_can_be_loaded_again(on_file: None, tmp_path: Path) -> None:
    dump = f"{tmp_path}/dump.json"
    call_command("dumpdata", "borrowers", output=dump)
    Borrower.objects.all().delete()
    call_command("loaddata", dump, verbosity=0)
    assert Borrower.objects.get(borrower_no="B00000001").name == LI.name
    assert search("李顺华").get().masked_phone == "158****0001"


def test_saving_again_keeps_the_value_and_shows_nothing(li: Borrower) -> None:
    li.language = "en"
    li.save()
    li.refresh_from_db()
    assert (li.name, li.language) == (LI.name, "en")
    assert hidden(raw_tables("borrowers_"))


def test_logs_of_a_whole_life_show_nobody(db: None, collector: User, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        register(borrowers=[LI, SHAN], contacts=[FATHER], by=collector, at=AT)
        borrower = search(LI.phone).get()
        reveal(borrower=borrower, field="name", by=collector, reason="asked by the borrower", at=AT)
        logging.getLogger(__name__).warning("%s %r", borrower, list(borrower.phones.all()))
    assert "B00000001" in caplog.text
    assert hidden(caplog.text)


def test_an_error_of_the_database_names_the_number_and_nobody(on_file: None) -> None:
    with pytest.raises(Exception, match="B00000001") as error:
        register(borrowers=[LI], contacts=[], by=None, at=AT)
    assert hidden("".join(traceback.format_exception(error.value)))
