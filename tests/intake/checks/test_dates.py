"""Dates are days of the calendar, and not still to come."""

import pytest

from intake.checks.dates import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("received_on", "2026-02-30", "impossible_date"),
        ("received_on", "2025-02-29", "impossible_date"),
        ("received_on", "0202-01-10", "impossible_date"),
        ("received_on", "2026-13-01", "impossible_date"),
        ("received_on", "2026/02/01", "malformed_date"),
        ("received_on", "01.02.2026", "malformed_date"),
        ("received_on", "20260201", "malformed_date"),
        ("received_on", "2026-2-1", "malformed_date"),
        ("received_on", "46054", "malformed_date"),
        ("received_on", "2026-02-01T10:30:00", "malformed_date"),
        ("received_on", "２０２６-02-01", "malformed_date"),
        ("received_on", "2026-03-02", "future_date"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.PAYMENTS, **{field: value}))))
    assert found == [("payments.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("received_on", "2026-03-01"),
        ("received_on", "2024-02-29"),
        ("received_on", "2026-01-10"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.PAYMENTS, **{field: value})))) == []


def test_a_loan_cannot_have_been_disbursed_tomorrow_but_an_instalment_may_be_due_then() -> None:
    assert told(check(facts(changed(Kind.LOANS, disbursed_on="2026-03-02")))) == [
        ("loans.csv", 2, "disbursed_on", "future_date")
    ]
    assert told(check(facts(changed(Kind.INSTALMENTS, 2, due_on="2029-03-02")))) == []
    assert told(check(facts(changed(Kind.INSTALMENTS, 2, due_on="2026-02-30")))) == [
        ("instalments.csv", 4, "due_on", "impossible_date")
    ]
