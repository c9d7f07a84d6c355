"""Every text fits."""

import pytest

from intake.checks.text_lengths import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("payment_ref", "PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP", "too_long"),
        ("channel", "ccccccccccccccccccccc", "too_long"),
        ("loan_no", "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL", "too_long"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.PAYMENTS, **{field: value}))))
    assert found == [("payments.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("payment_ref", "PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP"),
        ("channel", "cccccccccccccccccccc"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.PAYMENTS, **{field: value})))) == []
