"""The night's task closes the date that begins."""

import pytest
import time_machine

from cases.models import Case, ClosedDay
from cases.tasks import close_day
from collections_portal.schedule import SCHEDULE
from tests.cases.build import a_loan, day

pytestmark = pytest.mark.django_db


def test_the_task_closes_the_local_date_and_is_on_the_schedule() -> None:
    a_loan()
    with time_machine.travel("2025-01-11T00:30:00+08:00"):
        assert close_day() == 1
    assert Case.objects.get().opened_on == ClosedDay.objects.get().on == day("01-11")
    assert close_day.name in {entry["task"] for entry in SCHEDULE.values()}
