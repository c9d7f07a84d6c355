"""Beat was away at night: what the sweeps do when it is back is what they would have done at their hours."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import transaction

from cases.models import Case, CaseMove
from cases.tasks import carry_the_night_on, close_day
from contacts.models import Promise
from loans.models import Portfolio
from reminders.models import OutboxMessage
from reminders.tasks import plan_day
from reports.models import BriefLine
from reports.tasks import make_briefs
from tests.cases.build import close, pay
from tests.contacts.build import promise
from tests.reminders.build import a_late_loan, a_voice, case_of, night

pytestmark = pytest.mark.django_db

Sweep = Callable[[], object]


@pytest.fixture
def at(django_capture_on_commit_callbacks) -> Callable[[Sweep, str], None]:
    """Run a sweep at an hour of 12 February 2025, and the workers it sends."""

    def run(sweep: Sweep, hour: str) -> None:
        with (
            time_machine.travel(f"2025-02-12T{hour}:00+08:00", tick=False),
            django_capture_on_commit_callbacks(execute=True),
        ):
            sweep()

    return run


def some_days() -> None:
    """Borrowers to whom the night of 12 February matters: one becomes late, one pays, one breaks a promise."""
    a_late_loan(("02-11", "700.00", "0.00"), loan_no="NEW")
    paid, promised = (a_late_loan(loan_no=name, email=f"{name.lower()}@example.test") for name in ("PAID", "PROMISED"))
    a_late_loan(("02-15", "700.00", "0.00"), loan_no="SOON")
    a_voice(Portfolio.objects.get())
    close("02-09")
    promise(case_of(promised), "8000.00", "02-10")
    night("02-11")
    pay(paid, "9000.00", "02-11", on="02-11")


def came_to() -> dict[str, list[Any]]:
    """What the night left behind, without the moments at which it was written and the numbers that rows get."""
    loan = "lead_loan__loan_no"
    rows = {
        "cases": Case.objects.values_list(loan, "stage", "stage_since", "opened_on", "closed_on", "review_on", "line"),
        "moves": CaseMove.objects.values_list(f"case__{loan}", "move", "source", "target", "on"),
        "promises": Promise.objects.values_list("state", "settled_on"),
        "messages": OutboxMessage.objects.values_list(
            "loan__loan_no", "step", "medium", "state", "planned_on", "send_after", "expires_at"
        ),
        "brief": BriefLine.objects.values_list(f"case__{loan}", "kind", "before", "after", "brief__on"),
    }
    return {name: sorted(found, key=repr) for name, found in rows.items()}


def test_a_night_that_begins_hours_late_leaves_the_rows_of_one_on_time(at: Callable[[Sweep, str], None]) -> None:
    some_days()
    before = came_to()
    with transaction.atomic():
        for sweep, hour in ((close_day, "00:30"), (plan_day, "00:35"), (make_briefs, "01:00")):
            at(sweep, hour)
        on_time = came_to()
        transaction.set_rollback(True)
    assert came_to() == before
    for sweep in (carry_the_night_on, plan_day, make_briefs):
        at(sweep, "08:40")
    late = came_to()
    assert late == on_time
    assert [name for name in late if late[name] == before[name]] == []
    for sweep in (close_day, carry_the_night_on, plan_day, make_briefs):
        at(sweep, "08:45")
    assert came_to() == late
