"""We have texts in the borrower's language."""

import pytest

from intake.checks.languages import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("language", "fr", "unknown_language"),
        ("language", "zh", "unknown_language"),
        ("language", "中文", "unknown_language"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.BORROWERS, **{field: value}))))
    assert found == [("borrowers.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "en"),
        ("language", "zh-hans"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.BORROWERS, **{field: value})))) == []
