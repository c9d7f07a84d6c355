"""A database whose rows other connections see: for tests of what happens at once."""

from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase


@pytest.fixture
def emptied_by_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django empties tables by TRUNCATE after such a test, which append-only tables refuse; `wipe` does it instead."""
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda _self: wipe())


@pytest.fixture
def committed(emptied_by_us: None, transactional_db: None) -> None:
    """Rows are committed, so that a second thread sees them; afterwards all of them are taken away."""


def wipe() -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        guarded = [table for table in tables if _has_guard(cursor, table)]
        for table in guarded:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER append_only')
        kept = {
            *("django_migrations", "django_content_type", "policies_policyversion", "contacts_outcome"),
            *("reminders_sender", "reminders_template", "reminders_templateversion"),
        }
        names = ", ".join(f'"{table}"' for table in sorted(tables - kept))
        cursor.execute(f"TRUNCATE {names}")
        cursor.execute("DELETE FROM policies_policyversion WHERE NOT (line = 'default' AND number = 1)")
        cursor.execute("DELETE FROM reminders_templateversion WHERE NOT is_shipped")
        with_text = "SELECT template_id FROM reminders_templateversion"
        cursor.execute(f"DELETE FROM reminders_template WHERE id NOT IN ({with_text})")
        cursor.execute("UPDATE reminders_templateversion SET state = 'approved' WHERE state <> 'approved'")
        for table in guarded:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER append_only')


def _has_guard(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = 'append_only' AND tgrelid = %s::regclass", [f'"{table}"'])
    return cursor.fetchone() is not None
