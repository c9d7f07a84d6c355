"""Every row has as many cells as the header."""

from intake.checks.row_shapes import check
from intake.columns import Kind
from intake.facts import Facts, OnFile
from intake.readers import TapeFile, read_tape
from intake.understanding import understand
from tests.intake.build import ON, header, told


def facts_of(*lines: str) -> Facts:
    text = "\n".join([",".join(header(Kind.PAYMENTS)), *lines])
    tape = read_tape([TapeFile("payments.csv", text.encode())])
    return Facts(tape, understand(tape), OnFile(), ON)


def test_a_cell_too_many_and_a_cell_too_few_are_refused_without_showing_what_is_in_them() -> None:
    found = list(
        check(facts_of("P1,L1,2026-01-10,5.00,transfer,张三", "P2,L1,2026-01-10,5.00", "P3,L1,2026-01-10,5.00,x"))
    )
    assert told(found) == [("payments.csv", 2, "", "row_shape"), ("payments.csv", 3, "", "row_shape")]
    assert [finding.value for finding in found] == ["", ""]


def test_empty_lines_mean_nothing() -> None:
    assert told(check(facts_of("", "P1,L1,2026-01-10,5.00,x", "", ""))) == []


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    rows = facts_of('P1,L1,2026-01-10,5.00,"a', 'b"', "", "P2,L1").tape.sheets[Kind.PAYMENTS]
    assert ([row.line for row in rows.rows], [row.line for row in rows.misshapen]) == ([2], [5])
