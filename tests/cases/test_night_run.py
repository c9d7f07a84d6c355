"""A night is shared by workers: killed ones leave nothing half done, and a failing case stops nobody else."""

import contextlib
import datetime as dt
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from audit.models import AuditEntry
from cases import selectors
from cases.models import Case, CaseMove, ClosedDay, ClosingChunk, SetAside
from cases.night_services import DayRefused, close_day, finish_day, plan_day, try_again, work_chunk
from cases.services import open_pairs
from collections_portal.environment import BASE_DIR
from contacts.models import Promise, PromiseChange
from loans.models import Portfolio
from policies.models import PolicyVersion
from staff.roles import Role
from tests.cases.build import AT, a_case, a_loan, close, day, pay, person
from tests.contacts.build import promise

ON = day("03-12")
LATER = AT + dt.timedelta(days=40)
# Works on the night as a worker does; the test kills it.
WORKER = """
import datetime as dt
import django
django.setup()
from cases.models import ClosedDay
from cases.night_services import work_chunk
day = ClosedDay.objects.get(finished_at=None)
while work_chunk(day=day, at=dt.datetime.fromisoformat("{at}")):
    pass
"""


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "CHUNK", 2)


@pytest.fixture
def some_days_later(committed: None, small_chunks: None) -> None:
    """A portfolio in which the night has all sorts of things to do: open, phone, cure, close, break a promise."""
    loans = [a_loan(("01-10", "500.00", "0.00"), loan_no=f"OLD{n}") for n in range(6)]
    close("02-09")
    for loan, received in zip(loans, ("02-10", "02-11"), strict=False):
        pay(loan, "600.00", received, on=received, reference=received)
    promise(Case.objects.get(lead_loan=loans[3]), "500.00", "02-12")
    for n in range(5):
        a_loan(("03-05", "700.00", "0.00"), loan_no=f"NEW{n}")


def result() -> list[Any]:
    """Everything that a night can change, without the numbers that rows get."""
    moves = CaseMove.objects.order_by("case__lead_loan__loan_no", "pk")
    cases = Case.objects.order_by("lead_loan__loan_no")
    facts = ("lead_loan__loan_no", "stage", "stage_since", "closed_on", "review_on", "line", "points", "revision")
    return [
        list(moves.values_list("case__lead_loan__loan_no", "move", "source", "target", "on", "facts")),
        list(cases.values_list(*facts)),
        list(Promise.objects.order_by("pk").values_list("state", "settled_on")),
        PromiseChange.objects.count(),
    ]


def undisturbed() -> list[Any]:
    """What the night comes to when one worker does all of it; nothing of that stays."""
    with transaction.atomic():
        close_day(on=ON, at=LATER)
        came_to = result()
        transaction.set_rollback(True)
    return came_to


def in_thread(action: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            action()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def drain(night: ClosedDay) -> None:
    while work_chunk(day=night, at=LATER):
        pass
    finish_day(day=night, at=LATER)


def until(happened: Callable[[], bool]) -> None:
    for _attempt in range(1500):
        if happened():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@contextlib.contextmanager
def held(case: Case) -> Iterator[None]:
    """Somebody else has a case locked, so that whoever takes its chunk waits in the middle of it."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [case.pk])
        yield
    finally:
        other.close()


def the_last_of_a_review() -> Case:
    """The case with the highest number in a chunk whose promise has been judged before the case is locked."""
    promised = Case.objects.get(lead_loan__loan_no="OLD3")
    chunk = next(chunk for chunk in ClosingChunk.objects.filter(kind="review") if promised.pk in chunk.keys)
    return Case.objects.get(pk=max(chunk.keys))


@pytest.mark.usefixtures("some_days_later")
def test_two_workers_share_a_night_and_the_result_is_that_of_one() -> None:
    expected = undisturbed()
    night = plan_day(on=ON, at=LATER)
    with held(the_last_of_a_review()):
        first = in_thread(lambda: drain(night))
        until(somebody_waits)
        second = in_thread(lambda: drain(night))
        until(lambda: ClosingChunk.objects.filter(done_at=None).count() == 1)
        second.join()
        assert first.is_alive()
        assert ClosedDay.objects.get(on=ON).is_under_way
    first.join()
    assert result() == expected
    assert ClosedDay.objects.get(on=ON).finished_at == LATER
    assert AuditEntry.objects.filter(action="cases.close_day", subject=f"day {ON}").count() == 1


@pytest.mark.usefixtures("some_days_later")
def test_four_who_close_the_same_day_at_once_do_it_once() -> None:
    expected = undisturbed()
    changes: list[int] = []
    threads = [in_thread(lambda: changes.append(close_day(on=ON, at=LATER).changes)) for _worker in range(4)]
    for thread in threads:
        thread.join()
    assert result() == expected
    night = ClosedDay.objects.get(on=ON)
    assert sum(changes) == night.opened + night.moved > 0
    assert night.finished_at == LATER


@pytest.mark.usefixtures("some_days_later")
def test_a_worker_killed_in_the_middle_of_a_chunk_leaves_it_free_and_nothing_is_doubled() -> None:
    expected = undisturbed()
    night, before = plan_day(on=ON, at=LATER), result()
    with held(the_last_of_a_review()):
        code = WORKER.format(at=LATER.isoformat())
        worker = subprocess.Popen([sys.executable, "-c", code], cwd=BASE_DIR, env=os.environ | its_database())
        until(somebody_waits)
        chunks_done = ClosingChunk.objects.filter(done_at__isnull=False).count()
        worker.kill()
        assert worker.wait() == -9
    until(lambda: not others_connected())
    assert 0 < chunks_done == ClosingChunk.objects.filter(done_at__isnull=False).count()
    assert result() not in (before, expected)
    assert Promise.objects.get().state == "open"  # judged by the worker that was killed, and not kept
    threads = [in_thread(lambda: drain(night)) for _worker in range(2)]
    for thread in threads:
        thread.join()
    assert result() == expected
    assert ClosedDay.objects.get(on=ON).finished_at == LATER


def its_database() -> dict[str, str]:
    its = connection.settings_dict
    base, _slash, rest = os.environ["DATABASE_URL"].rpartition("/")
    _name, _question, query = rest.partition("?")
    return {
        "DATABASE_URL": f"{base}/{its['NAME']}{'?' + query if query else ''}",
        "DJANGO_SETTINGS_MODULE": "collections_portal.settings",
        "LOG_LEVEL": "ERROR",
    }


def others_connected() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0])


def without_policy(code: str = "cards") -> Portfolio:
    """A portfolio whose policy is nowhere, so that nothing in it can be decided."""
    portfolio = Portfolio.objects.get(code=code)
    portfolio.policy_line = "lost"
    portfolio.save()
    return portfolio


def mended(portfolio: Portfolio) -> None:
    portfolio.policy_line = "default"
    portfolio.save()


@pytest.mark.django_db
def test_what_fails_is_set_aside_the_rest_is_done_and_the_next_night_settles_it() -> None:
    a_loan(loan_no="GOOD1"), a_loan(loan_no="BAD", portfolio="cards"), a_loan(loan_no="GOOD2")
    lost = without_policy()
    report = close("01-20")
    assert (report.opened, report.set_aside) == (2, 1)
    row = SetAside.objects.get()
    assert (row.day.on, row.portfolio, row.case, row.resolved_at) == (day("01-20"), lost, None, None)
    assert row.error
    assert row.day.finished_at is not None
    assert AuditEntry.objects.get(action="cases.close_day").details == {"opened": 2, "moved": 0, "set_aside": 1}
    assert close("01-21").set_aside == 1
    mended(lost)
    assert close("01-22").opened == 1
    assert SetAside.objects.filter(resolved_at=None).count() == 0
    assert [row.day.on for row in SetAside.objects.order_by("pk")] == [day("01-20"), day("01-21")]


@pytest.mark.django_db
def test_a_case_that_fails_when_it_is_reviewed_is_reviewed_again_the_next_night() -> None:
    a_loan(("01-10", "500.00", "0.00"), loan_no="GOOD")
    a_loan(("01-10", "500.00", "0.00"), loan_no="BAD", portfolio="cards")
    close("01-20")
    due = Case.objects.get(lead_loan__loan_no="BAD").review_on
    assert due is not None
    lost = without_policy()
    assert close_day(on=due, at=LATER).set_aside == 1
    bad, good = Case.objects.get(lead_loan__loan_no="BAD"), Case.objects.get(lead_loan__loan_no="GOOD")
    assert SetAside.objects.get().case == bad
    assert bad.review_on == due != good.review_on
    mended(lost)
    assert close_day(on=due + dt.timedelta(days=1), at=LATER).set_aside == 0
    assert SetAside.objects.get().resolved_at == LATER


@pytest.mark.django_db
def test_the_same_night_again_settles_what_it_set_aside() -> None:
    a_loan(portfolio="cards")
    lost = without_policy()
    close("01-20")
    mended(lost)
    assert close("01-20").opened == 1
    assert (SetAside.objects.get().resolved_at, ClosedDay.objects.get().opened) == (AT, 1)


@pytest.mark.django_db
def test_what_needs_nothing_any_more_is_settled_by_the_next_night_that_passes() -> None:
    loan = a_loan(portfolio="cards")
    lost = without_policy()
    close("01-20")
    mended(lost)
    pay(loan, "9000.00", "01-21", on="01-21")
    assert close("01-22").opened == 0
    assert SetAside.objects.get().resolved_at == AT


@pytest.mark.django_db
def test_an_error_is_kept_without_personal_data() -> None:
    case = a_case(("01-10", "100.00", "0.00"), ("02-10", "100.00", "0.00"), on="01-20")
    pay(case.lead_loan, "101.00", "01-25", on="01-25")
    Case.objects.update(chased_at="li@x.test")  # whatever slipped into the column
    close("02-11")
    row = SetAside.objects.get()
    assert row.error == "ValueError"
    assert "***@x.test' is not a valid Stage" in row.message
    assert "li" not in row.message.split("@")[0]


@pytest.mark.django_db
def test_an_error_is_kept_in_one_line() -> None:
    a_loan()
    PolicyVersion.objects.create(line="broken", number=1, terms={"no": "terms"}, created_at=AT)
    Portfolio.objects.update(policy_line="broken")
    close("01-20")
    row = SetAside.objects.get()
    assert (row.error, row.message.count("\n")) == ("ValidationError", 0)
    assert "for Terms" in row.message


@pytest.mark.django_db
def test_who_may_tries_again_at_once_and_it_works_when_the_cause_is_gone() -> None:
    a_loan(portfolio="cards")
    lost = without_policy()
    close("01-20")
    row, by = SetAside.objects.get(), person(Role.SUPERVISOR)
    again: dict[str, Any] = {"set_aside": row, "by": by, "on": day("01-20")}
    assert try_again(**again, at=AT + dt.timedelta(hours=1)) is False
    assert SetAside.objects.get().at == AT + dt.timedelta(hours=1)
    mended(lost)
    assert try_again(**again, at=LATER) is True
    row.refresh_from_db()
    assert (row.resolved_at, row.resolved_by_name, Case.objects.get().opened_on) == (
        LATER,
        by.get_username(),
        day("01-20"),
    )
    assert try_again(**again, at=LATER) is True
    assert (Case.objects.count(), CaseMove.objects.count()) == (1, 1)


@pytest.mark.usefixtures("some_days_later")
def test_what_the_database_refuses_is_no_failing_case_and_the_chunk_is_free_again() -> None:
    expected = undisturbed()
    night = plan_day(on=ON, at=LATER)
    with held(the_last_of_a_review()), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(OperationalError):
            drain(night)
        cursor.execute("RESET lock_timeout")
    assert SetAside.objects.count() == 0
    drain(night)
    assert result() == expected


@pytest.mark.django_db
def test_a_case_that_opened_after_the_night_was_planned_is_not_opened_again() -> None:
    loan = a_loan()
    plan_day(on=day("01-20"), at=AT)
    assert open_pairs(pairs=[(loan.borrower_id, loan.portfolio_id)], on=day("01-20"), at=AT) == 1
    assert close("01-20").changes == 0
    assert (Case.objects.count(), SetAside.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_a_later_day_waits_until_the_one_that_was_begun_is_finished() -> None:
    a_loan()
    night = plan_day(on=day("01-20"), at=AT)
    with pytest.raises(DayRefused, match="2025-01-20 is not finished yet"):
        close("01-21")
    assert finish_day(day=night, at=AT) is False
    assert close("01-20").opened == 1
    assert finish_day(day=night, at=AT) is False
    assert close("01-21").changes == 0
    assert AuditEntry.objects.filter(action="cases.close_day").count() == 2
