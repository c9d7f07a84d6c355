"""Files are read as lenders send them, or refused with the place where reading ended."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from intake.columns import COLUMNS, Kind
from intake.readers import TapeFile, read_tape
from intake.readers.refusals import UnreadableTape
from intake.understanding import understand
from tests.intake.build import as_csv, as_xlsx, csv_text, good_tape


def refusals(*files: TapeFile) -> list[tuple[str, str, dict[str, str]]]:
    with pytest.raises(UnreadableTape) as refused:
        read_tape(list(files))
    return [(finding.file, finding.rule, dict(finding.details)) for finding in refused.value.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_utf8_with_and_without_mark_and_gb18030_give_the_same_rows(encoding: str) -> None:
    people = good_tape()[Kind.BORROWERS]
    rows = understand(read_tape([as_csv(Kind.BORROWERS, people, encoding)])).borrowers
    assert [line.row.name for line in rows] == ["李顺华", "张平"]


def test_every_file_decides_for_itself() -> None:
    tape = good_tape()
    files = [as_csv(Kind.BORROWERS, tape[Kind.BORROWERS], "gb18030"), as_csv(Kind.CONTACTS, tape[Kind.CONTACTS])]
    rows = understand(read_tape(files))
    assert (rows.borrowers[0].row.name, rows.contacts[0].row.name) == ("李顺华", "李贵")


def test_a_byte_that_is_neither_is_named_by_its_offset() -> None:
    content = csv_text(Kind.PAYMENTS, good_tape()[Kind.PAYMENTS]).encode()
    broken = content[:70] + b"\xff" + content[70:]
    assert refusals(TapeFile("payments.csv", broken)) == [
        ("payments.csv", "undecodable", {"encodings": "UTF-8, GB18030", "offset": "70"})
    ]


def test_a_broken_utf8_file_is_not_taken_for_gb18030() -> None:
    content = csv_text(Kind.BORROWERS, good_tape()[Kind.BORROWERS]).encode()
    place = content.index("中关村".encode())
    broken = content[: place + 1] + content[place + 2 :]
    for mark in (b"", b"\xef\xbb\xbf"):
        assert refusals(TapeFile("borrowers.csv", mark + broken)) == [
            ("borrowers.csv", "undecodable", {"encodings": "UTF-8", "offset": str(len(mark) + place)})
        ]


def test_an_open_quote_is_refused_with_the_line_where_it_opens() -> None:
    text = csv_text(Kind.PAYMENTS, good_tape()[Kind.PAYMENTS]) + '"P3,L1,2026-01-10,5.00,x\r\n'
    with pytest.raises(UnreadableTape) as refused:
        read_tape([TapeFile("payments.csv", text.encode())])
    assert [(finding.rule, finding.line) for finding in refused.value.findings] == [("broken_csv", 4)]


def test_all_files_that_cannot_be_read_are_named_at_once() -> None:
    payments = as_csv(Kind.PAYMENTS, good_tape()[Kind.PAYMENTS])
    found = refusals(
        TapeFile("loans.xlsx", b"not a workbook"),
        TapeFile("borrowers.csv", b""),
        TapeFile("letter.csv", b"dear,sirs\n1,2\n"),
        TapeFile("contacts.pdf", b"%PDF"),
        payments,
        TapeFile("还款.csv", payments.content),
    )
    assert [(file, rule) for file, rule, _details in found] == [
        ("loans.xlsx", "broken_xlsx"),
        ("borrowers.csv", "empty_file"),
        ("letter.csv", "unknown_kind"),
        ("contacts.pdf", "unknown_ending"),
        ("还款.csv", "same_kind"),
    ]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_file_with_another_name_is_known_by_its_columns(kind: Kind) -> None:
    content = as_csv(kind, good_tape()[kind]).content
    assert set(read_tape([TapeFile("export 2026-03-01.csv", content)]).sheets) == {kind}


@pytest.mark.parametrize("kind", list(Kind))
def test_no_two_labels_of_a_file_mean_different_fields(kind: Kind) -> None:
    labels = [label for column in COLUMNS[kind] for label in (column.field, *column.labels)]
    assert len(labels) == len(set(labels))


def test_a_workbook_gives_the_same_rows_as_csv_whether_cells_are_text_numbers_or_dates() -> None:
    plain = good_tape()[Kind.LOANS]
    typed: list[dict[str, Any]] = [
        row
        | {
            "principal": float(row["principal"]),
            "annual_rate": 0.12,
            "disbursed_on": dt.date(2025, 12, 10),
            "instalment_count": int(row["instalment_count"]),
        }
        for row in plain
    ]
    as_text = understand(read_tape([as_csv(Kind.LOANS, plain)])).loans
    assert understand(read_tape([as_xlsx(Kind.LOANS, plain)])).loans == as_text
    assert understand(read_tape([as_xlsx(Kind.LOANS, typed)])).loans == as_text


def test_an_amount_from_a_formula_is_what_the_spreadsheet_shows() -> None:
    row = good_tape()[Kind.PAYMENTS][0] | {"amount": 310.1 * 3}
    assert understand(read_tape([as_xlsx(Kind.PAYMENTS, [row])])).payments[0].row.amount == Decimal("930.3")


def test_a_small_rate_in_a_number_cell_is_written_without_exponent() -> None:
    row = good_tape()[Kind.LOANS][0] | {"annual_rate": 0.00005}
    assert understand(read_tape([as_xlsx(Kind.LOANS, [row])])).loans[0].row.annual_rate == Decimal("0.00005")


def test_a_date_cell_with_a_time_of_day_is_not_a_date() -> None:
    row = good_tape()[Kind.PAYMENTS][0] | {"received_on": dt.datetime(2026, 1, 10, 10, 30)}
    assert understand(read_tape([as_xlsx(Kind.PAYMENTS, [row])])).payments == ()


def test_rows_of_a_workbook_keep_their_numbers_and_other_sheets_are_reported() -> None:
    rows: list[dict[str, Any]] = good_tape()[Kind.PAYMENTS]
    empty = dict.fromkeys(rows[0])
    sheet = read_tape([as_xlsx(Kind.PAYMENTS, [rows[0], empty, rows[1]], "notes")]).sheets[Kind.PAYMENTS]
    assert [row.line for row in sheet.rows] == [2, 4]
    assert sheet.unread_sheets == ("notes",)
