"""Whoever goes round the portal and changes the record is found, and the entry is named."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import selectors, services
from audit.models import Seal
from tests.cast import AT


@pytest.fixture
def entries(db: None) -> list[int]:
    made = [services.record(actor=None, action="a.b", subject=f"loan L{n}", at=AT).pk for n in range(3)]
    services.seal(at=AT)
    made.append(services.record(actor=None, action="a.b", subject="loan L9", at=AT).pk)
    services.seal(at=AT)
    return made


def tamper(sql: str, *params: Any) -> None:
    """What the owner of the database can do, and nobody should."""
    tables = ("audit_auditentry", "audit_seal")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verify(*args: str) -> str:
    out = StringIO()
    call_command("verify_audit", *args, stdout=out)
    return out.getvalue()


def test_an_untouched_chain_holds(entries: list[int]) -> None:
    assert "The chain holds: 4 entries under 2 seals, 0 waiting." in verify()


def test_an_entry_that_still_waits_is_no_fault(entries: list[int]) -> None:
    services.record(actor=None, action="a.b", subject="loan L1", at=AT)

    assert "1 waiting" in verify()


def test_a_changed_entry_is_named(entries: list[int]) -> None:
    tamper("UPDATE audit_auditentry SET reason = 'asked' WHERE id = %s", entries[1])

    with pytest.raises(CommandError, match=f"entry {entries[1]} was changed"):
        verify()


def test_a_removed_entry_is_named(entries: list[int]) -> None:
    tamper("DELETE FROM audit_auditentry WHERE id = %s", entries[2])

    with pytest.raises(CommandError, match=f"entry {entries[2]} is missing"):
        verify()


def test_an_entry_slipped_past_the_seals_is_named(entries: list[int]) -> None:
    tamper("INSERT INTO audit_auditentry VALUES (1000, %s, 7, 'x', 'a.b', 'loan L1', '', '{}')", AT)

    with pytest.raises(CommandError, match="entry 1000 is under no seal"):
        verify()


def test_a_changed_seal_is_named(entries: list[int]) -> None:
    tamper("UPDATE audit_seal SET at = now() WHERE number = 1")

    with pytest.raises(CommandError, match="seal 1 was changed"):
        verify()


def test_an_entry_changed_together_with_its_digest_breaks_its_seal(entries: list[int]) -> None:
    tamper("UPDATE audit_auditentry SET reason = 'asked' WHERE id = %s", entries[0])
    digest = selectors.digest_of(selectors.entries().get(pk=entries[0]))
    tamper("UPDATE audit_seal SET digests[1] = %s WHERE number = 1", digest)

    with pytest.raises(CommandError, match="seal 1 was changed"):
        verify()


def test_a_seal_made_anew_does_not_fit_the_next_one(entries: list[int]) -> None:
    tamper("UPDATE audit_seal SET at = now() WHERE number = 1")
    tamper("UPDATE audit_seal SET hash = %s WHERE number = 1", selectors.hash_of(Seal.objects.get(number=1)))

    with pytest.raises(CommandError, match="seal 2 does not follow the seal before it"):
        verify()


def test_a_removed_seal_is_named(entries: list[int]) -> None:
    tamper("DELETE FROM audit_seal WHERE number = 1")

    with pytest.raises(CommandError, match="seal 1 is missing"):
        verify()


def test_a_removed_last_seal_leaves_its_entries_uncovered(entries: list[int]) -> None:
    tamper("DELETE FROM audit_seal WHERE number = 2")

    with pytest.raises(CommandError, match=f"entry {entries[3]} is under no seal"):
        verify()


def test_a_noted_hash_shows_that_the_end_was_cut_off(entries: list[int]) -> None:
    noted = Seal.objects.get(number=2).hash
    assert "holds" in verify("--expect", noted)

    tamper("DELETE FROM audit_seal WHERE number = 2")
    tamper("DELETE FROM audit_auditentry WHERE id = %s", entries[3])
    assert "holds" in verify()
    with pytest.raises(CommandError, match="the expected seal is not in it"):
        verify("--expect", noted)
