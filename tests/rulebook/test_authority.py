"""One person may let a little go; more takes two."""

from decimal import Decimal

import pytest

from rulebook.authority import takes_two
from rulebook.terms import AuthorityTerms


@pytest.mark.parametrize(
    ("given_up", "overdue", "two"),
    [
        ("0.00", "0.00", False),
        ("300.00", "1000.00", False),
        ("300.01", "1000.00", True),
        ("10000.00", "90000.00", False),
        ("10000.01", "90000.00", True),
    ],
)
def test_beyond_a_share_of_what_is_overdue_or_beyond_an_amount_it_takes_two(
    given_up: str, overdue: str, two: bool
) -> None:
    assert takes_two(Decimal(given_up), Decimal(overdue), AuthorityTerms()) is two
