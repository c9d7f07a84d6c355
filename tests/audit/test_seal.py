"""One sealer puts what waits under a seal; writers never wait for it, and a slow writer is not jumped over."""

import threading

import pytest
from django.db import connection, transaction

from audit import selectors, services
from audit.models import Pending, Seal
from tests.cast import AT
from tests.committed import committed, emptied_by_us

__all__ = ["committed", "emptied_by_us"]


def write(subject: str = "loan L1") -> int:
    return int(services.record(actor=None, action="a.b", subject=subject, at=AT).pk)


def test_a_seal_covers_what_waits_and_follows_the_seal_before(db: None) -> None:
    first = write()
    assert services.seal(at=AT) == 1
    second = write()
    assert services.seal(at=AT) == 1

    one, two = Seal.objects.order_by("number")
    assert (one.number, one.entry_ids, one.previous_hash) == (1, [first], "")
    assert (two.number, two.entry_ids, two.previous_hash) == (2, [second], one.hash)
    assert not Pending.objects.exists()


def test_nothing_waiting_makes_no_seal(db: None) -> None:
    assert services.seal(at=AT) == 0
    assert not Seal.objects.exists()


def test_many_entries_come_under_several_seals(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    for _entry in range(5):
        write()

    assert services.seal(at=AT) == 5
    assert [seal.count for seal in Seal.objects.order_by("number")] == [2, 2, 1]
    assert selectors.verify().fault is None


def in_another_connection(work: object) -> threading.Thread:
    def run() -> None:
        try:
            work()  # type: ignore[operator]
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_an_entry_that_commits_late_comes_under_a_later_seal(committed: None) -> None:
    written, sealed = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            write("slow")
            written.set()
            sealed.wait(timeout=10)

    thread = in_another_connection(slow_writer)
    written.wait(timeout=10)
    write("quick")
    assert services.seal(at=AT) == 1
    sealed.set()
    thread.join()

    assert services.seal(at=AT) == 1
    slow, quick = (seal.entry_ids[0] for seal in Seal.objects.order_by("-number"))
    assert slow < quick
    assert selectors.verify().fault is None


def test_a_second_sealer_does_nothing_while_one_is_at_work(committed: None) -> None:
    locked, done = threading.Event(), threading.Event()

    def other_sealer() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [services.SEALER_LOCK])
            locked.set()
            done.wait(timeout=10)

    write()
    thread = in_another_connection(other_sealer)
    locked.wait(timeout=10)
    assert services.seal(at=AT) == 0
    done.set()
    thread.join()

    assert services.seal(at=AT) == 1
