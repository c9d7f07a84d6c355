"""A number can be called."""

import pytest

from intake.checks.phones import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("phone", "123", "impossible_phone"),
        ("phone", "158000000011111", "impossible_phone"),
        ("phone", "１５８00000001", "impossible_phone"),
        ("phone", "no phone", "impossible_phone"),
        ("phone", "+999 123", "impossible_phone"),
        ("phone", "15800000001ext3", "impossible_phone"),
        ("phone", "abc15800000001", "impossible_phone"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.BORROWERS, **{field: value}))))
    assert found == [("borrowers.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "15800000001"),
        ("phone", "+86 158 0000 0001"),
        ("phone", "010-62345678"),
        ("phone", "+852 9123 4567"),
        ("phone", ""),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.BORROWERS, **{field: value})))) == []


def test_the_value_is_masked() -> None:
    found = list(check(facts(changed(Kind.BORROWERS, phone="158000000011111"))))
    assert "15800000001" not in found[0].value


def test_a_contact_is_checked_too() -> None:
    assert told(check(facts(changed(Kind.CONTACTS, phone="12")))) == [("contacts.csv", 2, "phone", "impossible_phone")]
