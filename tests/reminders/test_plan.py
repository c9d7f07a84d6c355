"""Which messages a day asks for: the steps of the policy, each once, and nothing for those who are left alone."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from borrowers.models import Status
from borrowers.services import set_status
from contacts.models import FollowUp, FollowUpKind
from holds.services import place
from loans.closing_services import close_loans
from loans.models import ClosedAs
from policies.services import add_version
from reminders.models import OutboxChange, OutboxMessage, PlannedDay
from reminders.plan_services import plan_day
from rulebook.terms import Terms
from staff.roles import Role
from tests.cases.build import close
from tests.contacts.build import log, pay, promise
from tests.loans.build import pay as post
from tests.loans.build import person
from tests.reminders.build import a_late_loan, case_of, day, moment, night, only, planned

pytestmark = pytest.mark.django_db


def test_the_first_day_past_due_asks_for_a_text_message() -> None:
    loan = a_late_loan()
    assert night("01-11").planned == 1
    message = only()
    assert (message.step, message.medium, message.purpose) == ("overdue_1", "sms", "collect")
    assert message.case == case_of(loan)
    assert message.anchor_on == day("01-10")
    assert message.send_after == moment("01-11 09:00")
    assert message.expires_at == moment("01-13 00:00")
    assert message.policy_version.number == 1


def test_every_night_again_adds_nothing() -> None:
    a_late_loan()
    night("01-11")
    assert night("01-11").planned == 0
    assert plan_day(on=day("01-11"), at=moment("01-11 12:00")).planned == 0
    assert OutboxMessage.objects.count() == OutboxChange.objects.count() == 1


def test_each_step_comes_on_its_day_and_no_other_day_has_one() -> None:
    a_late_loan()
    by_day = {n: night((dt.date(2025, 1, 10) + dt.timedelta(days=n)).strftime("%m-%d")).planned for n in range(1, 33)}
    assert [n for n, count in by_day.items() if count] == [1, 3, 7, 15, 30]
    assert set(by_day.values()) == {0, 1}


def test_of_several_missed_steps_only_the_latest_is_planned() -> None:
    a_late_loan()
    night("01-11")
    night("01-19")
    assert [step for step, _medium, _state in planned()] == ["overdue_1", "overdue_7"]


def test_a_step_that_was_not_sent_yet_gives_way_to_the_next() -> None:
    a_late_loan()
    night("01-11")
    night("01-13")
    assert planned() == [("overdue_1", "sms", "cancelled"), ("overdue_3", "sms", "planned")]
    assert OutboxMessage.objects.get(step="overdue_1").why == "superseded"


def test_whoever_has_a_mailbox_gets_the_step_by_what_the_policy_names_first() -> None:
    a_late_loan(email="li@example.test")
    night("01-11")
    night("01-13")
    assert [(step, medium) for step, medium, _state in planned()] == [("overdue_1", "sms"), ("overdue_3", "email")]


def test_before_a_due_date_only_what_is_unpaid_is_reminded_of() -> None:
    a_late_loan(("02-10", "4000.00", "0.00"), ("03-10", "4000.00", "0.00"))
    paid = a_late_loan(("02-10", "4000.00", "0.00"), ("03-10", "4000.00", "0.00"), loan_no="L2")
    post(paid, "4000.00", "02-06", reference="R2")
    assert night("02-06").planned == 0
    assert night("02-07").planned == 1
    message = only()
    assert (message.step, message.purpose, message.case) == ("before_due_3", "due_reminder", None)


def test_a_missed_day_before_a_due_date_is_made_up_for_until_the_day_itself() -> None:
    a_late_loan(("02-10", "4000.00", "0.00"))
    night("02-05")
    assert night("02-09").planned == 1
    a_late_loan(("02-10", "4000.00", "0.00"), loan_no="L2")
    assert night("02-10").planned == 0


def test_the_eve_of_a_promise_is_reminded_of_and_the_promise_silences_the_steps() -> None:
    loan = a_late_loan()
    night("01-11")
    promise(case_of(loan), "8000.00", "01-14", "01-11 10:00")
    assert night("01-12").planned == 0
    assert night("01-13").planned == 1
    last = OutboxMessage.objects.order_by("-pk")[0]
    assert (last.step, last.purpose, last.anchor_on) == ("promise_eve", "due_reminder", day("01-14"))


def test_a_broken_promise_brings_the_step_that_was_missed_meanwhile() -> None:
    loan = a_late_loan()
    night("01-11")
    promise(case_of(loan), "8000.00", "01-14", "01-11 10:00")
    for on in ("01-12", "01-13", "01-14", "01-15"):
        night(on)
    assert "overdue_3" not in {step for step, _medium, _state in planned()}
    assert night("01-16").planned == 1
    assert planned()[-1] == ("overdue_3", "sms", "planned")


def test_nothing_is_planned_while_a_hold_stops_messages_and_one_step_when_it_ends() -> None:
    loan = a_late_loan()
    night("01-11")
    log(case_of(loan), "DISP", "01-12 10:00", type="amount", text="never borrowed")
    for on in ("01-13", "01-14", "01-17"):
        assert night(on).planned == 0


def test_a_hold_that_ends_lets_the_latest_step_through() -> None:
    loan = a_late_loan()
    night("01-11")
    place(
        borrower=loan.borrower,
        portfolio=loan.portfolio,
        kind="manual",
        from_on=day("01-12"),
        until_on=day("01-19"),
        stops_penalty=False,
        stops_clock=False,
        reason="flood",
        evidence="",
        by=person(),
        at=moment("01-12 09:00"),
    )
    assert night("01-18").planned == 0
    assert night("01-19").planned == 1
    assert planned()[-1] == ("overdue_7", "sms", "planned")


def test_a_cured_case_gets_no_step_and_is_reminded_of_the_next_due_date() -> None:
    loan = a_late_loan(("01-10", "4000.00", "0.00"), ("02-10", "4000.00", "0.00"))
    night("01-11")
    pay(case_of(loan), "4100.00", "01-12 10:00")
    for on in ("01-13", "02-05", "02-07", "02-09"):
        night(on)
    steps = [(step, medium) for step, medium, _state in planned()]
    assert steps == [("overdue_1", "sms"), ("watch_5", "sms"), ("watch_1", "sms")]


def test_without_any_way_to_write_nothing_is_planned() -> None:
    loan = a_late_loan()
    phone = loan.borrower.phones.get()
    set_status(point=phone, status=Status.INVALID, by=None, at=moment("01-10 09:00"))
    assert night("01-11").planned == 0


def test_a_courtesy_call_is_asked_for_once_in_the_first_stage() -> None:
    loan = a_late_loan()
    night("01-11")
    assert night("01-16").courtesy_calls == 1
    assert night("01-17").courtesy_calls == 0
    call = FollowUp.objects.get(kind=FollowUpKind.COURTESY)
    assert call.due_at == moment("01-16 09:00")
    assert case_of(loan).line is not None


def test_whoever_was_called_already_gets_no_courtesy_call() -> None:
    loan = a_late_loan()
    night("01-11")
    log(case_of(loan), "WILL", "01-12 10:00")
    assert night("01-16").courtesy_calls == 0


def test_the_policy_that_rules_on_the_day_says_the_steps() -> None:
    a_late_loan()
    steps = [step for step in Terms().reminders.steps if step.code != "overdue_1"]
    terms = Terms().model_copy(update={"reminders": Terms().reminders.model_copy(update={"steps": tuple(steps)})})
    add_version(line="default", terms=terms, effective_on=day("01-11"), by=None, at=moment("01-10 09:00"))
    assert night("01-11").planned == 0
    assert night("01-13").planned == 1
    assert only().policy_version.number == 2


def test_a_plan_says_how_much_it_made() -> None:
    a_late_loan()
    night("01-11")
    written = PlannedDay.objects.get(on=day("01-11"))
    assert (written.planned, written.courtesy_calls) == (1, 0)
    assert written.finished_at == moment("01-11 00:30")


def test_planning_many_costs_as_many_queries_as_planning_few() -> None:
    def cost(on: str) -> int:
        close(on)
        with CaptureQueriesContext(connection) as queries:
            plan_day(on=day(on), at=moment(f"{on} 00:40"))
        return len(queries)

    a_late_loan()
    cost("01-11")
    few = cost("01-13")
    for number in range(2, 12):
        a_late_loan(("01-14", "100.00", "0.00"), loan_no=f"L{number}", phone=f"158000000{number:02d}")
    assert cost("01-15") <= few + 2
    assert OutboxMessage.objects.filter(step="overdue_1").count() == 11


def test_a_loan_that_was_closed_is_not_reminded_of_what_falls_due_and_one_that_runs_is() -> None:
    closed, running = (a_late_loan(("02-09", "500.00", "0.00"), loan_no=name) for name in ("L1", "L2"))
    its: dict[str, Any] = {
        "reason": "given back",
        "by": person(Role.SUPERVISOR),
        "on": day("02-03"),
        "at": moment("02-03 10:00"),
    }
    close_loans(loans=[closed], how=ClosedAs.WITHDRAWN, **its)
    night("02-06")
    assert [message.loan for message in OutboxMessage.objects.all()] == [running]
