"""A yearly rate is a fraction."""

import pytest

from intake.checks.rates import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("annual_rate", "18%", "malformed_rate"),
        ("annual_rate", "0,18", "malformed_rate"),
        ("annual_rate", "1e-1", "malformed_rate"),
        ("annual_rate", "abc", "malformed_rate"),
        ("annual_rate", ".", "malformed_rate"),
        ("annual_rate", "18", "rate_out_of_range"),
        ("annual_rate", "1.000001", "rate_out_of_range"),
        ("annual_rate", "-0.1", "rate_out_of_range"),
        ("annual_rate", "0.1234567", "over_precise_rate"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.LOANS, **{field: value}))))
    assert found == [("loans.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("annual_rate", "0"),
        ("annual_rate", "0.18"),
        ("annual_rate", "1"),
        ("annual_rate", "0.123456"),
        ("annual_rate", "1.000000"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.LOANS, **{field: value})))) == []
