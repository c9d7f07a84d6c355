"""An ID number can be one."""

import pytest

from intake.checks.id_numbers import check
from intake.columns import Kind
from tests.intake.build import changed, facts, told


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("id_number", "990000200202020023", "id_checksum"),
        ("id_number", "990000200213020022", "id_birth_date"),
        ("id_number", "990000200202300022", "id_birth_date"),
        ("id_number", "990000189902020022", "id_birth_date"),
        ("id_number", "990000202702020022", "id_birth_date"),
        ("id_number", "99000020020202002", "malformed_id_number"),
        ("id_number", "9900002002020200220", "malformed_id_number"),
        ("id_number", "990000020202002", "malformed_id_number"),
        ("id_number", "99000020020202002A", "malformed_id_number"),
        ("id_number", "９９0000200202020022", "malformed_id_number"),
    ],
)
def test_refuses(field: str, value: str, rule: str) -> None:
    found = told(check(facts(changed(Kind.BORROWERS, **{field: value}))))
    assert found == [("borrowers.csv", 2, field, rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id_number", "990000200202020022"),
        ("id_number", "11010519491231002X"),
        ("id_number", "11010519491231002x"),
    ],
)
def test_accepts(field: str, value: str) -> None:
    assert told(check(facts(changed(Kind.BORROWERS, **{field: value})))) == []
