"""Numbers of instalments are whole numbers."""

import pytest

from intake.checks.counts import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("instalment_count", "0", "malformed_count"),
        ("instalment_count", "-1", "malformed_count"),
        ("instalment_count", "3.0", "malformed_count"),
        ("instalment_count", "three", "malformed_count"),
        ("instalment_count", "03", "malformed_count"),
        ("instalment_count", "10000", "malformed_count"),
        ("instalment_count", "３", "malformed_count"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.LOANS, **{field: value}))))
    assert found == [("loans.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("instalment_count", "1"),
        ("instalment_count", "36"),
        ("instalment_count", "9999"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.LOANS, **{field: value})))) == []


def test_the_number_of_an_instalment_is_checked_too() -> None:
    assert told(check(facts(changed(Kind.INSTALMENTS, 1, seq="2a")))) == [
        ("instalments.csv", 3, "seq", "malformed_count")
    ]
