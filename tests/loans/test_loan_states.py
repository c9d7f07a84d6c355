"""`manage.py loan_states`: what was true on a date by value date, for dates long past too."""

import io

import pytest
from django.core.management import call_command

from tests.loans.build import a_loan, pay

pytestmark = pytest.mark.django_db
HEADER = "loan_no,borrower_no,dpd,overdue_principal,overdue_interest,penalty,unapplied"


@pytest.fixture(autouse=True)
def two_loans() -> None:
    pay(a_loan(), "2000.00", "01-25")
    pay(a_loan(loan_no="L2", portfolio="cards"), "100.00", "01-05", reference="R2")


def states(*words: str) -> list[str]:
    out = io.StringIO()
    call_command("loan_states", *words, stdout=out)
    return out.getvalue().splitlines()


def test_a_line_for_each_loan_by_its_number() -> None:
    assert states("--on", "2025-02-09") == [
        HEADER,
        "L1,BL1,30,6080.00,0.00,60.80,0.00",
        "L2,BL2,30,7900.00,0.00,158.00,0.00",
    ]


def test_a_past_date_knows_only_what_had_its_value_date_by_then() -> None:
    assert states("--on", "2025-01-24") == [
        HEADER,
        "L1,BL1,14,8000.00,0.00,74.67,0.00",
        "L2,BL2,14,7900.00,0.00,73.73,0.00",
    ]
    assert states("--on", "2025-01-09")[1:] == ["L1,BL1,0,0.00,0.00,0.00,0.00", "L2,BL2,0,0.00,0.00,0.00,100.00"]


def test_one_portfolio_alone() -> None:
    assert [line.split(",")[0] for line in states("--on", "2025-02-09", "--portfolio", "cards")] == ["loan_no", "L2"]
    assert states("--on", "2025-02-09", "--portfolio", "nobody") == [HEADER]
