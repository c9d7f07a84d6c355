"""Who may open the pages of the overdue record."""

from typing import Any

from bureau.export_services import make_export
from bureau.models import RecordDispute
from staff.roles import Role
from tests.access_rows import AUDITOR, OPERATIONS, Row, some_case
from tests.bureau.build import TODAY, answer, dispute, report
from tests.cast import AT
from tests.loans.build import a_loan, day, person

READERS = frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER, Role.AUDITOR})
REFUSED = frozenset({422})


def some_run() -> dict[str, Any]:
    a_loan(("02-20", "500.00", "0.00"), seen_by="East")
    return {"pk": report(by=person(of="East")).pk}


def some_export() -> dict[str, Any]:
    some_run()
    by = person(of="East")
    portfolio = by.team.portfolios.get()  # type: ignore[union-attr]
    return {"pk": make_export(portfolio=portfolio, by=by, on=day("02-09"), at=AT).pk}


def some_dispute() -> dict[str, Any]:
    loan = a_loan(("02-20", "500.00", "0.00"), seen_by="East")
    report(by=person(of="East"))
    return {"pk": dispute(loan, by=person(of="East"), on=TODAY).pk}


def some_answered_dispute() -> dict[str, Any]:
    key = some_dispute()
    answer(RecordDispute.objects.get(**key), "upheld", by=person(of="East"))
    return key


def some_borrower() -> dict[str, Any]:
    return {"borrower_no": a_loan(seen_by="East").borrower.borrower_no}


BUREAU: dict[str, Row] = {
    "bureau:runs": Row(READERS),
    "bureau:start": Row(OPERATIONS),
    "bureau:run": Row(READERS, kwargs=some_run),
    "bureau:progress": Row(READERS, kwargs=some_run),
    "bureau:held": Row(READERS),
    "bureau:write_notices": Row(OPERATIONS, "post"),
    "bureau:make_export": Row(OPERATIONS, "post"),
    "bureau:download": Row(OPERATIONS | AUDITOR, kwargs=some_export),
    "bureau:disputes": Row(READERS),
    "bureau:dispute": Row(READERS, kwargs=some_dispute),
    "bureau:answer": Row(OPERATIONS, "post", kwargs=some_dispute, answers=REFUSED),
    "bureau:write_letter": Row(OPERATIONS, "post", kwargs=some_answered_dispute),
    "bureau:borrower": Row(READERS, kwargs=some_borrower),
    "bureau:open_dispute": Row(frozenset({Role.COLLECTOR, Role.SUPERVISOR, Role.OPERATIONS}), kwargs=some_borrower),
    "bureau:panel": Row(READERS, kwargs=some_case),
    "bureau:my_day": Row(READERS),
}
