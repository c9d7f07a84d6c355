"""Nothing required is empty."""

import pytest

from intake.checks.required_fields import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("borrower_no", "", "required"),
        ("name", "  ", "required"),
        ("id_number", "", "required"),
        ("language", "", "required"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.BORROWERS, **{field: value}))))
    assert found == [("borrowers.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("phone", ""),
        ("address", ""),
        ("province", ""),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.BORROWERS, **{field: value})))) == []
