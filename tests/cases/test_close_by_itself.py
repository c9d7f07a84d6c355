"""The night's task closes the date that begins, after the days that were missed; a run nobody works on is picked up."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from celery.schedules import crontab

from audit.models import AuditEntry
from cases.models import Case, CaseMove, ClosedDay
from cases.night_services import days_to_close, plan_day
from cases.tasks import CLOSES_AT, carry_the_night_on, close_day, work_on_night
from collections_portal.schedule import SCHEDULE
from tests.cases.build import AT, a_loan, close, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_night(django_capture_on_commit_callbacks) -> Callable[[Callable[[], object], str], None]:
    """Run a task at a moment of 2025, and the workers it sends when its transaction is through."""

    def run(task: Callable[[], object], moment: str) -> None:
        with time_machine.travel(f"2025-{moment}:00+08:00"), django_capture_on_commit_callbacks(execute=True):
            task()

    return run


def finished() -> list[dt.date]:
    """The days in the order in which they were finished, each time one was."""
    done = AuditEntry.objects.filter(action="cases.close_day").order_by("pk").values_list("subject", flat=True)
    return [dt.date.fromisoformat(subject.removeprefix("day ")) for subject in done]


def test_the_task_closes_the_local_date_and_is_on_the_schedule(at_night) -> None:
    a_loan()
    at_night(close_day, "01-11T00:30")
    assert Case.objects.get().opened_on == ClosedDay.objects.get().on == day("01-11")
    assert finished() == [day("01-11")]
    assert {close_day.name, carry_the_night_on.name} <= {entry["task"] for entry in SCHEDULE.values()}


def test_days_that_were_missed_are_closed_in_order_before_today(at_night) -> None:
    a_loan()
    close("01-09")
    at_night(close_day, "01-12T00:30")
    assert finished() == [day("01-09"), day("01-10"), day("01-11"), day("01-12")]
    assert Case.objects.get().opened_on == day("01-11")


def test_a_portal_that_never_closed_a_day_begins_with_today_and_one_up_to_date_has_nothing_to_close() -> None:
    assert days_to_close(day("01-12")) == [day("01-12")]
    close("01-12")
    assert days_to_close(day("01-12")) == []
    assert days_to_close(day("01-14")) == [day("01-13"), day("01-14")]


def test_a_day_that_was_begun_comes_before_those_that_were_missed() -> None:
    close("01-09")
    plan_day(on=day("01-10"), at=AT)
    assert days_to_close(day("01-12")) == [day("01-10"), day("01-11"), day("01-12")]


def test_a_run_that_nobody_works_on_is_picked_up_and_a_finished_one_left_alone(at_night) -> None:
    a_loan()
    plan_day(on=day("01-11"), at=AT)  # and then the power went
    at_night(carry_the_night_on, "01-11T00:40")
    assert finished() == [day("01-11")]
    at_night(carry_the_night_on, "01-11T00:45")
    assert (finished(), CaseMove.objects.count()) == ([day("01-11")], 1)


def test_a_missed_day_is_begun_at_any_hour_but_today_not_before_its_own(at_night) -> None:
    at_night(carry_the_night_on, "01-11T00:25")
    assert finished() == []
    close("01-10")
    at_night(carry_the_night_on, "01-11T00:25")
    assert finished() == [day("01-10")]
    at_night(carry_the_night_on, "01-12T00:25")
    assert finished() == [day("01-10"), day("01-11"), day("01-12")]


def test_today_is_closed_also_when_nobody_was_there_at_its_hour(at_night) -> None:
    close("01-10")
    at_night(carry_the_night_on, "01-11T02:00")
    assert finished() == [day("01-10"), day("01-11")]
    at_night(carry_the_night_on, "01-11T02:05")
    assert finished() == [day("01-10"), day("01-11")]


def test_a_portal_whose_very_first_night_was_missed_closes_it_late(at_night) -> None:
    a_loan()
    at_night(carry_the_night_on, "01-11T08:00")
    assert Case.objects.get().opened_on == day("01-11")


def test_the_hour_from_which_on_today_counts_as_missed_is_that_of_the_schedule() -> None:
    assert SCHEDULE["close the day"]["schedule"] == crontab(hour=CLOSES_AT.hour, minute=CLOSES_AT.minute)


def test_a_worker_that_comes_late_or_twice_finds_nothing_to_do() -> None:
    a_loan()
    close("01-11")
    before = ClosedDay.objects.get()
    work_on_night(before.pk)
    after = ClosedDay.objects.get()
    assert (after.opened, after.finished_at, CaseMove.objects.count()) == (1, before.finished_at, 1)
