"""Nothing invisible hides in a text."""

import pytest

from intake.checks.control_characters import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("name", "李\x00顺华", "control_character"),
        ("borrower_no", "B1\x1f9", "control_character"),
        ("name", "李\n顺华", "control_character"),
        ("address", "海淀区\x00", "control_character"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.BORROWERS, **{field: value}))))
    assert found == [("borrowers.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "海淀区\n中关村大街2号"),
        ("name", "欧阳 娜娜"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.BORROWERS, **{field: value})))) == []
