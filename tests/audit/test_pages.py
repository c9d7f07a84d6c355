"""The auditor reads, filters and verifies; the list costs the same however long it is."""

from typing import Any

import pytest
from django.db import connection

from audit import services, tasks
from audit.models import AuditEntry, Seal
from staff.models import User
from tests.audit.test_verify import tamper
from tests.cast import AT, SignedIn


def write(actor: User | None, action: str, subject: str, **more: Any) -> AuditEntry:
    return services.record(actor=actor, action=action, subject=subject, **{"at": AT, **more})


def test_the_auditor_reads_what_happened(auditor: User, operations: User, signed_in: SignedIn) -> None:
    entry = write(operations, "loans.book", "loan L00000001", reason="late file", details={"amount": "2000.00"})

    page = signed_in(auditor).get("/audit/").content.decode()
    assert "loan L00000001" in page
    assert "late file" in page

    detail = signed_in(auditor).get(f"/audit/{entry.pk}/").content.decode()
    assert "2000.00" in detail
    assert "waits for the next one" in detail


def test_an_entry_shows_the_seal_that_covers_it(auditor: User, signed_in: SignedIn) -> None:
    entry = write(None, "loans.book", "loan L1")
    tasks.seal()

    assert Seal.objects.get().hash in signed_in(auditor).get(f"/audit/{entry.pk}/").content.decode()


def test_an_entry_that_is_not_there_is_not_found(auditor: User, signed_in: SignedIn) -> None:
    response = signed_in(auditor).get("/audit/0/")

    assert response.status_code == 404
    assert "Go to My day" in response.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("actor=operations", {"L1"}),
        ("action=loans.", {"L1", "L2"}),
        ("action=borrowers.reveal", {"B3"}),
        ("subject=loan+L2", {"L2"}),
        ("since=2026-11-01", {"B3"}),
        ("until=2026-10-31", {"L1", "L2"}),
        ("since=2026-10-31&until=2026-11-01&action=loans.book", {"L1"}),
        ("actor=nobody", set()),
        ("since=yesterday", set()),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    asked: str, found: set[str], auditor: User, operations: User, signed_in: SignedIn
) -> None:
    write(operations, "loans.book", "loan L1")
    write(None, "loans.reverse", "loan L2")
    write(None, "borrowers.reveal", "borrower B3", at=AT.replace(month=11, day=1))

    page = signed_in(auditor).get(f"/audit/?{asked}").content.decode()

    assert {subject for subject in ("L1", "L2", "B3") if f"{subject}</td>" in page} == found


def test_the_auditor_verifies_a_chain_that_holds(auditor: User, signed_in: SignedIn) -> None:
    tasks.seal()

    page = signed_in(auditor).post("/audit/verify/", follow=True).content.decode()

    assert "The chain holds" in page


def test_the_auditor_is_told_of_a_broken_chain(auditor: User, signed_in: SignedIn) -> None:
    entry = write(None, "loans.book", "loan L1")
    tasks.seal()
    tamper("UPDATE audit_auditentry SET subject = 'loan L2' WHERE id = %s", entry.pk)

    page = signed_in(auditor).post("/audit/verify/", follow=True).content.decode()

    assert f"The chain is broken: entry {entry.pk} was changed" in page


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    auditor: User, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in(auditor)
    write(None, "a.b", "loan L1")
    with connection.execute_wrapper(count := Counting()):
        client.get("/audit/")
    AuditEntry.objects.bulk_create(AuditEntry(at=AT, action="a.b", subject=f"loan L{n}") for n in range(60))

    with django_assert_num_queries(count.queries):
        client.get("/audit/?page=2")


class Counting:
    """Counts the queries that pass."""

    queries = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.queries += 1
        return execute(*args)
