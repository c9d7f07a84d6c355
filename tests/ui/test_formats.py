"""Amounts, days and moments look the same on every page and in both languages."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from ui.formats import day, moment, money


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("1234567.8"), "1,234,567.80"),
        (Decimal("0.005"), "0.01"),
        (Decimal("-12.3"), "-12.30"),
        (0, "0.00"),
        (None, ""),
    ],
)
def test_money_has_separators_and_two_decimals(amount: Decimal | int | None, shown: str) -> None:
    assert money(amount) == shown


def test_a_float_is_not_money() -> None:
    with pytest.raises(TypeError):
        money(0.1)  # type: ignore[arg-type]


def test_a_day_is_written_the_iso_way_and_in_the_readers_zone() -> None:
    assert day(dt.date(2026, 10, 31)) == "2026-10-31"
    assert day(dt.datetime(2026, 10, 31, 17, 0, tzinfo=dt.UTC)) == "2026-11-01"
    assert moment(dt.datetime(2026, 10, 31, 17, 0, tzinfo=dt.UTC)) == "2026-11-01 01:00:00"
    assert day(None) == moment(None) == ""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_ids_and_years_get_no_separator_in_any_language(language: str) -> None:
    with translation.override(language):
        assert Template("{{ number }}").render(Context({"number": 123456})) == "123456"
