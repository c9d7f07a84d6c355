"""A worker that dies, a task that comes twice, two people at one button: never doubled, and always said."""

import contextlib
import datetime as dt
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from intake import loading, services
from intake.columns import Kind
from intake.lifecycle import State
from intake.models import ImportRun
from intake.selectors import Progress, progress_key, progress_of
from intake.tasks import load as load_task
from loans.models import Loan
from loans.services import book_payments
from staff.models import User
from tests.intake.build import AT, ON, changed, files_of, good_tape

LATER = AT + dt.timedelta(seconds=5)


def checked(by: User) -> ImportRun:
    run = services.receive(files=files_of(good_tape()), by=by, at=AT)
    services.check_run(run_id=run.pk, attempt=run.attempt, on=ON, at=AT)
    return ImportRun.objects.get(pk=run.pk)


def asked(by: User) -> ImportRun:
    return services.ask_to_load(run_id=checked(by).pk, partial=False, by=by, at=AT)


def state_of(run: ImportRun) -> str:
    return str(ImportRun.objects.get(pk=run.pk).state)


def in_another_connection(work: Callable[[], None]) -> threading.Thread:
    def then_close() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=then_close)
    thread.start()
    return thread


def test_of_two_people_who_press_load_the_second_is_told(operations: User) -> None:
    run = asked(operations)
    with pytest.raises(services.ImportRefused, match="already loading"):
        services.ask_to_load(run_id=run.pk, partial=False, by=operations, at=LATER)


def test_a_task_that_is_delivered_twice_loads_once(operations: User) -> None:
    run = asked(operations)
    for _delivery in range(2):
        services.load_run(run_id=run.pk, attempt=run.attempt, on=ON, at=LATER)
    assert (state_of(run), Loan.objects.count()) == (State.LOADED, 2)


def test_a_load_that_fails_undoes_all_of_it_is_shown_as_interrupted_and_can_begin_again(
    operations: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(operations)

    def fails(**_facts: object) -> int:
        raise RuntimeError("the worker was killed")

    with monkeypatch.context() as broken:
        broken.setattr(loading, "book_payments", fails)
        with pytest.raises(RuntimeError):
            load_task(run.pk, run.attempt)
    assert (state_of(run), Loan.objects.count()) == (State.INTERRUPTED, 0)
    again = services.ask_to_load(run_id=run.pk, partial=False, by=operations, at=LATER)
    services.load_run(run_id=run.pk, attempt=run.attempt, on=ON, at=LATER)
    assert Loan.objects.count() == 0  # the old attempt does nothing
    services.load_run(run_id=run.pk, attempt=again.attempt, on=ON, at=LATER)
    assert Loan.objects.count() == 2


def test_a_load_whose_worker_is_gone_is_noticed_and_one_that_waits_its_turn_is_not(operations: User) -> None:
    run = asked(operations)
    services.notice_interruption(run_id=run.pk, at=LATER)
    assert state_of(run) == State.LOADING
    cache.set(progress_key(run.pk, run.attempt), (10, 100))
    services.notice_interruption(run_id=run.pk, at=LATER)
    assert state_of(run) == State.INTERRUPTED
    services.load_run(run_id=run.pk, attempt=run.attempt, on=ON, at=LATER)
    assert Loan.objects.count() == 0


def test_a_check_that_never_reached_a_worker_can_be_asked_for_again(operations: User) -> None:
    run = services.receive(files=files_of(good_tape()), by=operations, at=AT)
    services.notice_interruption(run_id=run.pk, at=AT + services.QUEUE_PATIENCE)
    assert state_of(run) == State.CHECKING
    services.notice_interruption(run_id=run.pk, at=AT + services.QUEUE_PATIENCE + dt.timedelta(seconds=1))
    assert state_of(run) == State.INTERRUPTED
    run = services.ask_to_check_again(run_id=run.pk, by=operations, at=LATER)
    services.check_run(run_id=run.pk, attempt=1, on=ON, at=LATER)
    assert state_of(run) == State.CHECKING
    services.check_run(run_id=run.pk, attempt=run.attempt, on=ON, at=LATER)
    assert state_of(run) == State.CHECKED


def test_what_came_in_since_the_check_is_seen_before_loading(operations: User) -> None:
    run = asked(operations)
    other = changed(Kind.BORROWERS, address="elsewhere")
    services.import_tape(
        files=files_of(other),
        partial=False,
        by=operations,
        team=operations.team,
        at=AT,
        on=ON,
        progress=lambda *_: None,
    )
    services.load_run(run_id=run.pk, attempt=run.attempt, on=ON, at=LATER)
    found = ImportRun.objects.get(pk=run.pk)
    assert found.state == State.CHECKED
    assert found.findings[0]["rule"] == "reused_reference"


@pytest.mark.usefixtures("committed")
def test_progress_is_seen_by_others_while_the_load_is_open_and_the_load_is_not_called_interrupted(
    operations: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(operations)
    half_way, go_on = threading.Event(), threading.Event()

    def slow(**facts: object) -> int:
        half_way.set()
        go_on.wait(20)
        return book_payments(**facts)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "book_payments", slow)
    worker = in_another_connection(lambda: services.load_run(run_id=run.pk, attempt=run.attempt, on=ON, at=LATER))
    assert half_way.wait(20)
    assert progress_of(run) == Progress(7, 9)
    services.notice_interruption(run_id=run.pk, at=AT + dt.timedelta(hours=1))
    assert (state_of(run), Loan.objects.count()) == (State.LOADING, 0)
    with pytest.raises(services.ImportRefused, match="being worked on"):  # at once, not after the load
        services.discard(run_id=run.pk, by=operations, at=LATER)
    go_on.set()
    worker.join(20)
    assert (state_of(run), Loan.objects.count()) == (State.LOADED, 2)


@pytest.mark.usefixtures("committed")
def test_two_tapes_with_the_same_loans_at_the_same_moment_are_loaded_once(operations: User) -> None:
    first, second = asked(operations), asked(operations)
    workers = [
        in_another_connection(partial(services.load_run, run_id=run.pk, attempt=run.attempt, on=ON, at=LATER))
        for run in (first, second)
    ]
    for worker in workers:
        worker.join(20)
    assert Loan.objects.count() == 2
    totals = sorted(ImportRun.objects.get(pk=run.pk).total["new"] for run in (first, second))
    assert totals == [0, 11]


@pytest.mark.usefixtures("committed")
def test_a_connection_that_dies_half_way_leaves_nothing_behind(operations: User) -> None:
    run = asked(operations)

    def dies() -> None:
        with transaction.atomic():
            services.load_run(run_id=run.pk, attempt=run.attempt, on=ON, at=LATER)
            assert Loan.objects.count() == 2
            connection.connection.close()
            connection.needs_rollback = False
            connection.closed_in_transaction = True

    worker = in_another_connection(lambda: _ignoring_errors(dies))
    worker.join(20)
    assert Loan.objects.count() == 0
    services.notice_interruption(run_id=run.pk, at=LATER)
    assert state_of(run) == State.INTERRUPTED


def _ignoring_errors(work: Callable[[], None]) -> None:
    # The connection is gone; how Django says so does not matter here.
    with contextlib.suppress(Exception):
        work()
