"""Whom a plan finds because something happened: on the day of the last plan, after it, or long before and only now."""

import datetime as dt

import pytest
from django.db import connection

from audit.models import AuditEntry
from borrowers.reach_services import lift_opt_out, opt_out
from cases.night_services import close_day
from contacts.models import FollowUp
from contacts.services import finish_follow_up
from holds.models import Hold
from holds.services import lift, place
from loans.models import Loan, Portfolio
from policies.models import PolicyVersion
from reminders.models import OutboxMessage, PlannedDay
from reminders.plan_selectors import day_to_plan
from staff.roles import Role
from tests.contacts.build import caller, log, pay, promise, undo
from tests.loans.build import person
from tests.reminders.build import a_late_loan, a_loan, case_of, day, moment, night, only, planned

pytestmark = pytest.mark.django_db


def hold(loan: Loan, from_on: str, until_on: str | None = None) -> Hold:
    return place(
        borrower=loan.borrower,
        portfolio=loan.portfolio,
        kind="manual",
        from_on=day(from_on),
        until_on=day(until_on) if until_on else None,
        stops_penalty=False,
        stops_clock=False,
        reason="flood",
        evidence="",
        by=person(),
        at=moment(f"{from_on} 09:00"),
    )


def steps() -> list[str]:
    return [step for step, _medium, _state in planned()]


@pytest.mark.parametrize("mistaken", [False, True])
def test_a_hold_that_somebody_lifts_by_day_lets_the_latest_step_through(mistaken: bool) -> None:
    loan = a_late_loan()
    night("01-11")
    held = hold(loan, "01-12")
    for on in ("01-13", "01-14", "01-18"):
        assert night(on).planned == 0
    lift(
        hold=held,
        reason="over",
        mistaken=mistaken,
        by=person(Role.SUPERVISOR),
        on=day("01-18"),
        at=moment("01-18 10:00"),
    )
    assert night("01-19").planned == 1
    assert steps() == ["overdue_1", "overdue_7"]


def test_a_payment_that_is_taken_back_by_day_brings_the_step_that_was_missed() -> None:
    loan = a_late_loan()
    night("01-11")
    paid = pay(case_of(loan), "8100.00", "01-12 10:00")
    for on in ("01-13", "01-14"):
        assert night(on).planned == 0
    undo(paid, "01-14 11:00")
    assert case_of(loan).stage == "reminder"
    assert night("01-15").planned == 1
    assert steps() == ["overdue_1", "overdue_3"]


def test_a_promise_that_turns_out_broken_by_day_brings_the_step_that_was_missed() -> None:
    loan = a_late_loan()
    night("01-11")
    promise(case_of(loan), "2000.00", "01-13", "01-11 10:00")
    paid = pay(case_of(loan), "2000.00", "01-12 10:00")
    for on in ("01-12", "01-14", "01-16"):
        night(on)
    before = steps()
    undo(paid, "01-16 11:00")
    night("01-17")
    assert steps()[len(before) :] == ["overdue_7"]


def test_a_lifted_opt_out_lets_the_latest_step_through() -> None:
    loan = a_late_loan()
    stopped = opt_out(borrower=loan.borrower, medium="sms", how="TD", by=None, at=moment("01-10 09:00"))
    assert (night("01-11").planned, night("01-13").planned) == (0, 0)
    by = person(Role.SUPERVISOR)
    lift_opt_out(opt_out=stopped, reason="asked for it", by=by, at=moment("01-13 10:00"))
    assert night("01-14").planned == 1
    assert only().step == "overdue_3"


def test_who_was_said_to_have_paid_gets_the_step_once_somebody_has_looked() -> None:
    loan = a_late_loan()
    night("01-11")
    log(case_of(loan), "PAID", "01-12 10:00", date=day("01-12"), method="transfer")
    assert night("01-13").planned == 0
    task = FollowUp.objects.get(kind="verify")
    finish_follow_up(follow_up=task, note="nothing came", by=caller(), at=moment("01-13 15:00"))
    assert night("01-14").planned == 1
    assert steps() == ["overdue_1", "overdue_3"]


def test_a_payment_that_nobody_looks_for_in_time_silences_nobody_for_ever() -> None:
    loan = a_late_loan()
    night("01-11")
    log(case_of(loan), "PAID", "01-12 10:00", date=day("01-12"), method="transfer")
    assert night("01-13").planned == 0
    assert night("01-14").planned == 1
    assert steps() == ["overdue_1", "overdue_3"]


def test_while_a_payment_is_looked_for_no_due_date_is_reminded_of_and_afterwards_it_is() -> None:
    loan = a_late_loan(("01-10", "4000.00", "0.00"))
    night("01-11")
    a_loan(("01-20", "500.00", "0.00"), loan_no="L2", borrower_no=loan.borrower.borrower_no)
    log(case_of(loan), "PAID", "01-17 10:00", date=day("01-17"), method="transfer")
    before = len(planned())
    night("01-17")
    assert "before_due_3" not in steps()
    night("01-18")
    night("01-19")
    assert steps()[before:].count("before_due_3") == 1


def test_a_case_that_opens_after_the_day_was_planned_gets_its_step_the_next_day() -> None:
    a_late_loan()
    night("01-14")
    a_late_loan(loan_no="L2", phone="15800000002")
    close_day(on=day("01-14"), at=moment("01-14 15:00"))
    assert night("01-15").planned == 1
    assert OutboxMessage.objects.get(loan__loan_no="L2").step == "overdue_3"


def test_a_due_date_that_was_held_is_reminded_of_when_the_hold_ends() -> None:
    loan = a_late_loan(("02-10", "4000.00", "0.00"))
    night("02-06")
    hold(loan, "02-07", "02-08")
    assert night("02-07").planned == 0
    assert night("02-08").planned == 1
    assert only().step == "before_due_3"


def test_a_reminder_that_comes_before_a_day_is_too_late_on_that_day() -> None:
    loan = a_late_loan()
    night("01-11")
    promise(case_of(loan), "8000.00", "01-14", "01-11 10:00")
    night("01-13")
    eve = OutboxMessage.objects.get(step="promise_eve")
    assert eve.expires_at == moment("01-14 00:00")


def test_a_borrower_for_whom_it_fails_is_left_out_and_the_others_are_planned() -> None:
    loans = [a_late_loan(loan_no=f"L{number}", phone=f"1580000000{number}") for number in range(1, 6)]
    with connection.cursor() as cursor:
        broken = f"ADD CONSTRAINT broken CHECK (loan_id <> {loans[1].pk})"
        cursor.execute(f"ALTER TABLE reminders_outboxmessage {broken}")
    plan = night("01-11")
    assert (plan.planned, plan.failed, PlannedDay.objects.get().planned) == (4, 1, 4)
    assert not OutboxMessage.objects.filter(loan=loans[1]).exists()
    assert AuditEntry.objects.get(action="reminders.plan_day").details["failed"] == 1


def test_a_policy_line_that_cannot_be_read_stops_no_other() -> None:
    a_late_loan()
    other = a_loan(loan_no="BAD", portfolio="cards")
    PolicyVersion.objects.create(line="broken", number=1, terms={"no": "terms"}, created_at=moment("01-01 09:00"))
    Portfolio.objects.filter(pk=other.portfolio_id).update(policy_line="broken")
    assert night("01-11").planned == 1
    assert only().portfolio.code == "consumer"


def test_a_day_that_is_over_is_not_planned_by_itself_any_more() -> None:
    loan = a_late_loan()
    close_day(on=day("01-11"), at=moment("01-13 08:00"))
    assert day_to_plan(day("01-11")) == day("01-11")
    assert day_to_plan(day("01-13")) is None
    for on in ("01-12", "01-13"):
        close_day(on=day(on), at=moment("01-13 08:05"))
    assert day_to_plan(day("01-13")) == day("01-13")
    night("01-13")
    assert day_to_plan(day("01-13")) is None
    assert (only().step, only().loan, PlannedDay.objects.count()) == ("overdue_3", loan, 1)
    assert AuditEntry.objects.filter(action="reminders.plan_day").count() == 1
    assert only().expires_at - moment("01-13 00:00") == dt.timedelta(days=2)
