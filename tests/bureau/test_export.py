"""The file for the bureau: every row in one file, corrections marked, and the same on any day."""

import csv
import io
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from bureau.export_selectors import COLUMNS, lines
from bureau.export_services import make_export
from bureau.models import RecordExport
from bureau.services import RecordRefused
from loans.models import Portfolio
from staff.models import User
from staff.roles import Role
from tests.bureau.build import TODAY, a_told_case, answer, dispute, loan_of, report
from tests.cases.build import AT, a_loan, pay, person
from tests.cast import SignedIn

pytestmark = pytest.mark.django_db


def export(by: User | None = None) -> RecordExport:
    portfolio = Portfolio.objects.get(code="consumer")
    return make_export(portfolio=portfolio, by=by or person(), on=TODAY, at=AT)


def told(its: RecordExport, *names: str, in_clear: bool = True) -> list[tuple[Any, ...]]:
    found = [dict(zip(COLUMNS, line, strict=True)) for line in lines(its, in_clear=in_clear)]
    return [tuple(line[name] for name in names) for line in found]


def test_a_file_has_what_came_since_the_one_before_and_marks_corrections() -> None:
    case = a_told_case(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"))
    a_loan(("02-20", "500.00", "0.00"), loan_no="L2")
    report()
    first = export()
    assert told(first, "loan_no", "code", "action", "version") == [("L1", "1", "new", 1), ("L2", "N", "new", 1)]
    with pytest.raises(RecordRefused) as refused:
        export()
    assert refused.value.code == "nothing_new"
    pay(case.lead_loan, "1100.00", "01-20")
    second = export()
    assert told(second, "loan_no", "code", "action", "version") == [("L1", "M", "corrected", 2)]
    assert (first.rows, second.rows) == (2, 1)
    with pytest.raises(PermissionDenied):
        export(by=person(Role.SUPERVISOR))


def test_a_row_corrected_before_it_was_handed_over_goes_out_once_as_it_is_right() -> None:
    case = a_told_case(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"))
    report()
    pay(case.lead_loan, "1100.00", "01-20")
    assert told(export(), "code", "action", "version") == [("M", "new", 2)]


def test_a_disputed_row_is_marked_until_it_was_answered_and_then_has_the_statement() -> None:
    loan = loan_of(a_told_case())
    report()
    its = dispute(loan)
    first = export()
    assert told(first, "disputed", "borrower_statement") == [("yes", "")]
    answer(its, "upheld", statement="=1+1 I was ill.")
    assert told(first, "disputed", "borrower_statement") == [("no", "'=1+1 I was ill.")]  # answered at the same moment
    assert told(first, "borrower_statement", in_clear=False) == [("yes",)]


@time_machine.travel("2025-02-09T10:00:00+08:00", tick=False)
def test_operations_take_id_numbers_and_an_auditor_masked_ones(
    signed_in: SignedIn, auditor: User, supervisor: User
) -> None:
    a_told_case()
    report()
    its = export()
    found = {}
    for by in (person(), auditor):
        response = signed_in(by).get(f"/bureau/exports/{its.pk}/")
        content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
        found[by.role] = next(csv.DictReader(io.StringIO(content)))
        assert response["Cache-Control"].startswith("max-age=0")
    assert found["operations"]["id_number"] == "990000200202020022"
    assert found["auditor"]["id_number"] == "990000********0022"
    downloads = AuditEntry.objects.filter(action="bureau.download").order_by("pk")
    assert [entry.details["id_numbers"] for entry in downloads] == ["clear", "masked"]
    assert signed_in(supervisor).get(f"/bureau/exports/{its.pk}/").status_code == 403
