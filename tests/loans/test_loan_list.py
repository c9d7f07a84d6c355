"""The list of loans, its filter, and the file of all states."""

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from staff.roles import Role
from tests.loans.build import a_loan, pay
from tests.loans.test_loan_page import signed_in
from ui import tables

pytestmark = pytest.mark.django_db


def test_the_list_shows_the_loans_of_ones_own_team() -> None:
    a_loan()
    a_loan(loan_no="L2", portfolio="cards", seen_by="South")
    page = signed_in(Role.COLLECTOR).get(reverse("loans:loans")).content.decode()
    assert ">L1<" in page
    assert ">L2<" not in page


def test_a_page_says_which_rows_of_how_many_it_shows_and_counts_no_further_than_the_cap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for n in range(30):
        a_loan(loan_no=f"L{n:02}")
    client = signed_in(Role.COLLECTOR)
    assert "26–30 of 30" in client.get(reverse("loans:loans"), {"page": "2"}).content.decode()
    monkeypatch.setattr(tables, "COUNT_CAP", 20)
    assert "1–25 of more than 20" in client.get(reverse("loans:loans")).content.decode()


def test_somebody_without_loans_is_told_where_they_come_from() -> None:
    assert "No loans yet" in signed_in(Role.COLLECTOR).get(reverse("loans:loans")).content.decode()


def test_the_filter_tells_loans_in_arrears_from_the_others() -> None:
    a_loan()
    pay(a_loan(loan_no="L2"), "8000", "01-09", reference="R2")
    client = signed_in(Role.COLLECTOR)
    late = client.get(reverse("loans:loans"), {"arrears": "yes"}).content.decode()
    well = client.get(reverse("loans:loans"), {"arrears": "no"}).content.decode()
    assert ">L1<" in late
    assert ">L2<" not in late
    assert ">L2<" in well
    assert ">L1<" not in well


def test_operations_take_the_states_out_as_csv_and_it_is_written_down() -> None:
    a_loan()
    a_loan(loan_no="L2", portfolio="cards", seen_by="South")
    response = signed_in(Role.OPERATIONS).get(reverse("loans:states"), {"on": "2025-02-09"})
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text == (
        "loan_no,borrower_no,dpd,overdue_principal,overdue_interest,penalty,unapplied\n"
        "L1,BL1,30,8000.00,0.00,160.00,0.00\n"
    )
    assert AuditEntry.objects.filter(action="loans.export_states").count() == 1


def test_a_collector_may_not_take_the_states_out() -> None:
    assert signed_in(Role.COLLECTOR).get(reverse("loans:states")).status_code == 403
