"""`manage.py explain`: the lines of every number add up to it."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from loans.models import Loan
from rulebook.money import to_cents
from tests.loans.build import a_loan, charge, pay, stands

pytestmark = pytest.mark.django_db
NUMBERS = ["overdue_principal", "overdue_interest", "penalty", "cost", "unapplied"]


@pytest.fixture
def loan() -> Loan:
    loan = a_loan(("01-10", "4000.00", "60.00"), ("02-01", "4000.00", "30.00"), ("03-01", "1000.00", "10.00"))
    pay(loan, "1000.00", "01-25")
    charge(loan, "50.00", "01-15", reference="COURT-7")
    return loan


def explained(*words: str) -> str:
    out = io.StringIO()
    call_command("explain", *words, stdout=out)
    return out.getvalue()


def as_json(on: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explained("L1", "--on", on, "--json"))
    return found


@pytest.mark.parametrize("on", ["2025-01-10", "2025-01-24", "2025-01-25", "2025-02-09", "2026-02-09"])
def test_the_lines_add_up_to_the_number_and_the_number_is_that_of_the_loan(loan: Loan, on: str) -> None:
    found, standing = as_json(on), stands(loan, on)
    assert [number["name"] for number in found["numbers"]] == NUMBERS
    for number in found["numbers"]:
        amount = Decimal(number["amount"])
        assert amount == getattr(standing, number["name"])
        assert sum((Decimal(line["amount"]) for line in number["lines"]), Decimal(0)) == amount
    assert found["dpd"] == standing.days_past_due


def test_the_segments_of_a_penalty_line_add_up_to_it_and_name_their_policy(loan: Loan) -> None:
    penalty = next(number for number in as_json("2025-02-09")["numbers"] if number["name"] == "penalty")
    grown = [line for line in penalty["lines"] if line["segments"]]
    assert grown
    for line in grown:
        total = sum((Decimal(part["amount"]) for part in line["segments"]), Decimal(0))
        assert to_cents(total) == Decimal(line["amount"])
        assert all(part["policy_version"] == 1 for part in line["segments"])


def test_people_read_the_same_with_base_rate_days_and_reference(loan: Loan) -> None:
    said = explained("L1", "--on", "2025-02-09")
    assert said.startswith("L1 on 2025-02-09: 30 days past due\n")
    assert "x 0.24 / 360 x 15 days" in said
    assert "(R1)" in said
    assert "policy v1" in said


def test_a_loan_that_does_not_exist_is_said(loan: Loan) -> None:
    with pytest.raises(CommandError, match=r"There is no loan L9\."):
        explained("L9", "--on", "2025-02-09")
