"""Small steps of a record through the real services. A loan of 8,000 is due 2025-01-10; today is 9 February."""

import datetime as dt
from typing import Any

from bureau.dispute_services import answer_dispute, open_dispute
from bureau.models import RecordDispute, RecordRow, ReportRun
from bureau.run_services import run_month
from cases.models import Case
from loans.models import Loan, Portfolio
from staff.models import User
from tests.cases.build import AT, a_case, day, person
from tests.contacts.build_places import letter

TODAY = day("02-09")


def a_told_case(*schedule: tuple[str, str, str], told_on: str = "01-20", **loan: Any) -> Case:
    """A case whose borrower had notice."""
    case = a_case(*schedule, on="01-15", **loan)
    letter(case, "report_notice", f"{told_on} 10:00")
    return case


def report(month_end: str = "01-31", on: dt.date = TODAY, by: User | None = None) -> ReportRun:
    portfolio = Portfolio.objects.get(code="consumer")
    return run_month(portfolio=portfolio, month_end=day(month_end), by=by or person(), on=on, at=AT)


def rows() -> list[str]:
    """Every row in the order of writing, to be read in a test."""
    found = RecordRow.objects.order_by("pk").select_related("loan")
    return [f"{row.loan} {row.kind} {row.as_of_on:%m-%d} {row.code} v{row.version}" for row in found]


def loan_of(case: Case) -> Loan:
    return Loan.objects.select_related("portfolio").get(pk=case.lead_loan_id)


def dispute(loan: Loan, text: str = "I paid in January.", **more: Any) -> RecordDispute:
    given: dict[str, Any] = {"opened_on": TODAY, "by": person(), "on": TODAY, "at": AT, **more}
    return open_dispute(loan=loan, text=text, **given)


def answer(its: RecordDispute, decision: str, **more: Any) -> RecordDispute:
    given: dict[str, Any] = {"answer": "We looked.", "statement": "", "by": person(), "on": TODAY, "at": AT, **more}
    return answer_dispute(dispute=its, decision=decision, **given)
