"""Cents are rounded half up, where money is posted or shown."""

from decimal import Decimal

import pytest

from rulebook.money import to_cents


@pytest.mark.parametrize(
    ("exact", "cents"),
    [
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
        ("0.0049999", "0.00"),
        ("1", "1.00"),
        ("68.5125", "68.51"),
    ],
)
def test_half_a_cent_is_rounded_up(exact: str, cents: str) -> None:
    assert str(to_cents(Decimal(exact))) == cents
