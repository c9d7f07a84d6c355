"""Amounts are money to the cent."""

import pytest

from intake.checks.amounts import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("amount", "1,234.50", "malformed_amount"),
        ("amount", "１２３４", "malformed_amount"),
        ("amount", "1e3", "malformed_amount"),
        ("amount", "NaN", "malformed_amount"),
        ("amount", "Infinity", "malformed_amount"),
        ("amount", "12.", "malformed_amount"),
        ("amount", "+5", "malformed_amount"),
        ("amount", "¥5", "malformed_amount"),
        ("amount", ".5", "malformed_amount"),
        ("amount", "1 000", "malformed_amount"),
        ("amount", "--5", "malformed_amount"),
        ("amount", "0x10", "malformed_amount"),
        ("amount", "1.005", "over_precise_amount"),
        ("amount", "1.500", "over_precise_amount"),
        ("amount", "0", "amount_not_positive"),
        ("amount", "0.00", "amount_not_positive"),
        ("amount", "-5.00", "amount_not_positive"),
        ("amount", "1000000000000", "too_large_amount"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.PAYMENTS, **{field: value}))))
    assert found == [("payments.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "1234.50"),
        ("amount", "7"),
        ("amount", "0.01"),
        ("amount", "7.5"),
        ("amount", " 7.50 "),
        ("amount", "999999999999.99"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.PAYMENTS, **{field: value})))) == []


def test_a_principal_of_nothing_is_refused() -> None:
    assert told(check(facts(changed(Kind.LOANS, principal="0.00")))) == [
        ("loans.csv", 2, "principal", "amount_not_positive")
    ]


def test_an_instalment_may_have_principal_or_interest_only_but_nothing_negative() -> None:
    assert told(check(facts(changed(Kind.INSTALMENTS, principal_due="0.00")))) == []
    assert told(check(facts(changed(Kind.INSTALMENTS, interest_due="0")))) == []
    assert told(check(facts(changed(Kind.INSTALMENTS, interest_due="-0.01")))) == [
        ("instalments.csv", 2, "interest_due", "amount_negative")
    ]
