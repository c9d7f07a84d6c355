"""A spreadsheet kept what was typed."""

from typing import Any

from intake.checks.doubtful_cells import check
from intake.columns import Kind
from intake.facts import Facts, OnFile
from intake.readers import read_tape
from intake.understanding import understand
from tests.intake.build import ON, as_xlsx, good_tape, told


def facts_of(**fields: Any) -> Facts:
    tape = read_tape([as_xlsx(Kind.BORROWERS, [good_tape()[Kind.BORROWERS][0] | fields])])
    return Facts(tape, understand(tape), OnFile(), ON)


def test_an_id_number_in_a_number_cell_has_lost_its_last_digits() -> None:
    for number in (990000200202020022, 9.9000020020202e17):
        found = list(check(facts_of(id_number=number)))
        assert told(found) == [("borrowers.xlsx", 2, "id_number", "lost_digits")]
        assert "20020202" not in found[0].value


def test_an_error_cell_is_refused() -> None:
    assert told(check(facts_of(email="#N/A"))) == [("borrowers.xlsx", 2, "email", "error_cell")]


def test_a_phone_in_a_number_cell_is_whole() -> None:
    read = facts_of(phone=15800000001)
    assert told(check(read)) == []
    assert read.rows.borrowers[0].row.phone == "15800000001"
