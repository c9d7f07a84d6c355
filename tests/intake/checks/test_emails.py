"""An e-mail address may be left out, not be nonsense."""

import pytest

from intake.checks.emails import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("email", "b1", "malformed_email"),
        ("email", "b1@", "malformed_email"),
        ("email", "@example.test", "malformed_email"),
        ("email", "b1 @example.test", "malformed_email"),
        ("email", "b1@example", "malformed_email"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.BORROWERS, **{field: value}))))
    assert found == [("borrowers.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "b1@example.test"),
        ("email", ""),
        ("email", "first.last+x@mail.example.test"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.BORROWERS, **{field: value})))) == []
