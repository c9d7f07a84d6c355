"""People who call, log and book at the same moment: each waits for the other, and nobody for ever."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from cases.desk_services import log as log_at_the_desk
from cases.night_services import close_day
from contacts.models import Attempt, Clearance, Promise
from contacts.promise_services import lock_borrowers
from contacts.services import ContactRefused, reserve
from tests.contacts.build import a_case, ask, caller, colleague, day, log, moment, pay, phone_of, promise, target, undo


def at_once(*actions: Callable[[], object]) -> list[Any]:
    """What came of each action, all begun together: its answer, or the code of the refusal."""
    ready = threading.Barrier(len(actions), timeout=20)
    answers: list[Any] = []

    def run(action: Callable[[], object]) -> None:
        try:
            ready.wait()
            answers.append(action())
        except ContactRefused as refused:
            answers.append(refused.code)
        except Exception as error:
            answers.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def wait_until_two_wait() -> None:
    with connection.cursor() as cursor:
        for _attempt in range(500):
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= 2:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_of_ten_who_ask_for_the_last_slot_one_is_allowed(committed: None) -> None:
    case = a_case()
    for hour in ("08", "09"):
        log(case, "WILL", f"02-09 {hour}:00")
    people, its, at = [colleague(f"caller{n}") for n in range(10)], target(case), moment("02-09 10:00")
    answers = at_once(*[lambda by=by: reserve(target=its, by=by, at=at).allowed for by in people])
    assert sorted(answers) == [False] * 9 + [True]
    assert Clearance.objects.filter(at=at, rule_id="CN-FREQ-01").count() == 9


def test_a_call_that_is_logged_by_two_clicks_is_logged_once(committed: None) -> None:
    case, by = a_case(), caller()
    ask(case, "02-09 10:00")
    clicks = [lambda: log(case, "WILL", "02-09 10:05", by=by).outcome_id] * 2
    answers: list[Any] = []
    both = threading.Thread(target=lambda: answers.extend(at_once(*clicks)))
    with transaction.atomic():
        lock_borrowers(case.borrower_id)
        both.start()
        wait_until_two_wait()
    both.join()
    assert sorted(answers) == ["WILL", "logged"]
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_money_a_new_promise_and_the_close_of_day_wait_for_each_other(committed: None, attempt: int) -> None:
    case, by = a_case(), caller()
    promise(case, "2000.00", "02-11")
    paid = pay(case, "2000.00", "02-10 09:00")
    at = moment("02-10 10:00")
    said = {"amount": Decimal(3000), "date": day("02-14")}
    desk: dict[str, Any] = {"case": case, "point": phone_of(case), "by": by, "at": at, "is_inbound": True}
    answers = at_once(
        lambda: undo(paid, "02-10 10:00") and "ok",
        lambda: log_at_the_desk(**desk, outcome="PTP", said=said) and "ok",
        lambda: close_day(on=day("02-10"), at=at) and "ok",
    )
    assert answers == ["ok"] * 3
    states = {(each.amount, each.state) for each in Promise.objects.all()}
    assert states == {(Decimal(2000), "superseded"), (Decimal(3000), "open")}
