"""History changes, and what was reported of it is corrected by a new row; the old one stays."""

import pytest

from bureau import tasks
from bureau.models import HeldBack, LoanRecord, RecordRow
from tests.bureau.build import a_told_case, report, rows
from tests.cases.build import a_case, a_loan, pay, undo
from tests.loans import build as loans

pytestmark = pytest.mark.django_db


def test_a_payment_booked_late_corrects_the_month_at_once() -> None:
    case = a_told_case(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"))
    report()
    event = pay(case.lead_loan, "1100.00", "01-20")
    assert rows() == ["L1 monthly 01-31 1 v1", "L1 monthly 01-31 M v2"]
    old, new = RecordRow.objects.order_by("pk")
    assert (new.corrects, new.reason, new.cause) == (old, "history", event)
    assert new.changed == ["code", "overdue_amount", "days_past_due", "ended_on", "source"]
    # Wrongly reported, so there is nothing adverse left, and nothing to clear.
    record = LoanRecord.objects.get()
    assert (record.latest, record.is_adverse, record.was_adverse, record.expires_on) == (new, False, False, None)
    undo(event)
    assert rows()[2:] == ["L1 monthly 01-31 1 v3"]
    assert LoanRecord.objects.get().is_adverse


def test_a_reversal_that_makes_a_month_late_for_the_first_time_waits_for_a_notice() -> None:
    case = a_case(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"), on="01-15")
    event = pay(case.lead_loan, "1100.00", "01-20")
    report()
    undo(event)
    assert rows() == ["L1 monthly 01-31 M v1"]
    assert HeldBack.objects.get().why == "no_notice"
    report()
    assert len(rows()) == 1


def test_a_change_that_reports_nothing_else_is_kept_as_a_version_only() -> None:
    loan = a_loan(("01-10", "100.00", "0.00"), ("03-10", "1000.00", "0.00"))
    first = pay(loan, "100.00", "01-08")
    report()
    undo(first)
    pay(loan, "100.00", "01-08", reference="R2")
    newest = RecordRow.objects.order_by("pk").last()
    assert newest is not None
    assert (newest.version, newest.code, newest.changed) == (2, "N", ["source"])
    assert report().corrected == 0
    assert not HeldBack.objects.filter(reported_as=None).exists()


def test_what_was_booked_past_us_is_found_at_night_and_by_making_the_report_again() -> None:
    case = a_told_case(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"))
    report()
    loans.pay(case.lead_loan, "1100.00", "01-20")
    assert len(rows()) == 1
    assert tasks.compare_changed() == 1
    assert rows()[1:] == ["L1 monthly 01-31 M v2"]
    assert tasks.compare_changed() == 0
    loans.pay(case.lead_loan, "1.00", "01-21", "R2")
    assert report().corrected == 0
    assert rows()[2:] == ["L1 monthly 01-31 M v3"]


def test_nothing_is_written_for_a_loan_that_was_never_reported() -> None:
    loan = a_loan()
    pay(loan, "100.00", "01-20")
    assert (rows(), LoanRecord.objects.count()) == ([], 0)
