"""What somebody does is written down, and neither the portal nor its database lets it be changed."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEntry, Pending
from audit.services import record
from staff.models import User
from tests.cast import AT


def test_an_entry_says_who_did_what_to_what_when_and_why(operations: User) -> None:
    entry = record(
        actor=operations,
        action="borrowers.reveal",
        subject="borrower B1",
        details={"field": "phone"},
        reason="asked",
        at=AT,
    )

    kept = AuditEntry.objects.get(pk=entry.pk)
    assert (kept.actor_id, kept.actor_name, kept.action, kept.subject) == (
        operations.pk,
        "operations",
        "borrowers.reveal",
        "borrower B1",
    )
    assert (kept.details, kept.reason, kept.at) == ({"field": "phone"}, "asked", AT)


def test_what_nobody_did_was_done_by_the_portal(db: None) -> None:
    entry = record(actor=None, action="audit.sealed", subject="chain", at=AT)

    assert (entry.actor_id, entry.actor_name) == (None, "")


def test_the_entry_outlives_the_person(operations: User) -> None:
    entry = record(actor=operations, action="a.b", subject="loan L1", at=AT)
    operations.delete()

    assert AuditEntry.objects.get(pk=entry.pk).actor_name == "operations"


def test_every_new_entry_waits_for_a_seal_even_when_many_are_written_at_once(db: None) -> None:
    made = AuditEntry.objects.bulk_create(AuditEntry(at=AT, action="a.b", subject=f"loan L{n}") for n in range(3))

    assert set(Pending.objects.values_list("entry_id", flat=True)) == {entry.pk for entry in made}


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEntry.objects.update(reason="another"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: connection.cursor().execute("TRUNCATE audit_auditentry"),
        lambda: connection.cursor().execute("DELETE FROM audit_seal"),
        lambda: connection.cursor().execute("UPDATE audit_seal SET number = 1"),
    ],
)
def test_the_database_refuses_to_change_or_remove_what_is_written(db: None, change: Callable[[], object]) -> None:
    record(actor=None, action="a.b", subject="loan L1", at=AT)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change()

    assert AuditEntry.objects.count() == 1
