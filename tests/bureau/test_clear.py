"""The end of an overdue is reported the day it is known, starts the five years, and erases nothing."""

import datetime as dt

import pytest

from bureau import tasks
from bureau.models import LoanRecord, RecordRow
from bureau.services import clear_cured
from cases.lifecycle import Stage
from cases.models import Case
from tests.bureau.build import TODAY, a_told_case, report, rows
from tests.cases.build import AT, day, pay, undo
from tests.loans import build as loans

pytestmark = pytest.mark.django_db
TWO = (("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"))


def test_a_cure_is_reported_at_once_and_starts_the_clock() -> None:
    case = a_told_case(*TWO)
    report()
    pay(case.lead_loan, "1100.00", "02-08")
    assert rows() == ["L1 monthly 01-31 1 v1", "L1 cleared 02-09 N v1"]
    row, record = RecordRow.objects.get(kind="cleared"), LoanRecord.objects.get()
    assert (row.ended_on, row.expires_on, row.reason) == (day("02-08"), dt.date(2030, 2, 8), "cured")
    assert (record.is_adverse, record.was_adverse, record.cleared_on) == (False, True, TODAY)
    assert record.expires_on == dt.date(2030, 2, 8)
    assert Case.objects.get().stage == Stage.WATCH
    report("02-28", on=day("03-02"))
    assert rows()[2:] == ["L1 monthly 02-28 N v1"]


def test_a_payment_taken_back_takes_the_end_back_and_paid_again_brings_it_again() -> None:
    case = a_told_case(*TWO)
    report()
    event = pay(case.lead_loan, "1100.00", "02-08")
    undo(event)
    assert rows()[2:] == ["L1 cleared 02-09 1 v2"]
    record = LoanRecord.objects.get()
    assert (record.is_adverse, record.expires_on) == (True, None)
    pay(case.lead_loan, "1100.00", "02-09", reference="R2")
    assert rows()[3:] == ["L1 cleared 02-09 N v3"]
    assert LoanRecord.objects.get().expires_on == dt.date(2030, 2, 9)


def test_a_part_payment_clears_nothing() -> None:
    case = a_told_case(*TWO)
    report()
    pay(case.lead_loan, "500.00", "02-08")
    assert len(rows()) == 1


def test_what_was_paid_past_us_is_cleared_by_the_sweep() -> None:
    case = a_told_case(*TWO)
    report()
    loans.pay(case.lead_loan, "1100.00", "02-08")
    assert clear_cured(on=TODAY, at=AT) == 1
    assert rows()[1:] == ["L1 cleared 02-09 N v1"]
    assert tasks.carry_on() == 0


def test_late_again_after_a_cure_is_another_overdue_that_needs_its_own_notice() -> None:
    case = a_told_case(("01-10", "1000.00", "0.00"), ("02-10", "1000.00", "0.00"), ("04-10", "9.00", "0.00"))
    report()
    pay(case.lead_loan, "1100.00", "02-08")
    run = report("02-28", on=day("03-02"))
    assert (rows()[2:], run.held_back) == ([], 1)
