"""Every number says where it comes from."""

import pytest

from intake.checks.number_sources import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("phone_source", "", "number_without_source"),
        ("phone_source", "bought", "unknown_source"),
        ("phone_source", "Contract", "unknown_source"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.BORROWERS, **{field: value}))))
    assert found == [("borrowers.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone_source", "contract"),
        ("phone_source", "bureau_authorised"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.BORROWERS, **{field: value})))) == []


def test_somebody_without_a_number_needs_no_source() -> None:
    assert told(check(facts(changed(Kind.BORROWERS, phone="", phone_source="")))) == []


def test_a_contact_is_checked_too() -> None:
    assert told(check(facts(changed(Kind.CONTACTS, source="")))) == [
        ("contacts.csv", 2, "source", "number_without_source")
    ]
