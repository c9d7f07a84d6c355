"""A reference can be typed again."""

import pytest

from intake.checks.reference_spaces import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("payment_ref", "P 1", "reference_with_space"),
        ("payment_ref", " P1", "reference_with_space"),
        ("loan_no", "L1 ", "reference_with_space"),
        ("loan_no", "L1\u3000", "reference_with_space"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.PAYMENTS, **{field: value}))))
    assert found == [("payments.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("payment_ref", "P-1/2026_x"),
        ("channel", "bank transfer"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.PAYMENTS, **{field: value})))) == []
