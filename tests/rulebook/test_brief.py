"""The one reason under which a case stands in a brief."""

from decimal import Decimal

import pytest

from rulebook.brief import CaseChange, Kind, kind_of


def change(before: str, after: str, **happened: bool) -> CaseChange:
    return CaseChange(Decimal(before), Decimal(after), **happened)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("0.00", "500.00", Kind.NEW),
        ("500.00", "500.01", Kind.GROWN),
        ("500.00", "499.99", Kind.PAID),
        ("500.00", "0.00", Kind.CURED),
        ("500.00", "500.00", Kind.SAME),
        ("0.00", "0.00", Kind.SAME),
    ],
)
def test_the_money_alone_says_new_grown_paid_cured_or_unchanged(before: str, after: str, kind: Kind) -> None:
    assert kind_of(change(before, after)) is kind


def test_a_watched_case_is_cured_when_it_owes_less_and_not_again_while_its_remainder_stays() -> None:
    assert kind_of(change("500.00", "3.00", is_watched=True)) is Kind.CURED
    assert kind_of(change("500.00", "3.00")) is Kind.PAID
    assert kind_of(change("3.00", "3.00", is_watched=True)) is Kind.SAME
    assert kind_of(change("3.00", "8.00", is_watched=True)) is Kind.GROWN


@pytest.mark.parametrize("after", ["0.00", "400.00", "500.00", "600.00"])
def test_money_taken_back_comes_before_what_it_did_to_the_sum(after: str) -> None:
    assert kind_of(change("500.00", after, was_reversed=True)) is Kind.REVERSED


def test_a_case_that_ended_is_closed_whatever_else_happened() -> None:
    assert kind_of(change("500.00", "0.00", is_closed=True, was_reversed=True)) is Kind.CLOSED
    assert kind_of(change("0.00", "0.00", is_closed=True)) is Kind.CLOSED


def test_what_was_given_up_is_told_before_anything_else_and_what_was_paid_before_is_not_given_up() -> None:
    assert kind_of(change("500.00", "0.00", has_ended=True, is_closed=True)) is Kind.ENDED
    assert kind_of(change("500.00", "100.00", has_ended=True, was_reversed=True)) is Kind.ENDED
    assert kind_of(change("0.00", "0.00", has_ended=True, is_closed=True)) is Kind.CLOSED


def test_the_difference_is_exact_to_the_cent() -> None:
    assert change("0.30", "0.10").difference == Decimal("-0.20")
