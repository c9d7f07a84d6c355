"""Reject files: the refused rows as they were sent, with line, field and rule in front, to be mended and sent again."""

import csv
import io
import re
from collections.abc import Iterator

from intake.columns import REJECT_COLUMNS, plain_label
from intake.facts import Finding, Row, Sheet
from intake.rules import sentence
from intake.verdicts import Verdict

# With the mark Excel opens it as UTF-8 instead of guessing.
ENCODING = "utf-8-sig"
# A spreadsheet would run these as a formula; a sign before a number is only a sign.
_FORMULA = re.compile(r"(?![+-][0-9 ().-]+$)[=+\-@\t\r]")


def reject_files(verdict: Verdict) -> dict[str, bytes]:
    """For each file with refused rows its reject file in CSV, by the name of the file it came from."""
    by_place: dict[tuple[str, int], list[Finding]] = {}
    for finding in verdict.findings:
        by_place.setdefault((finding.file, finding.line), []).append(finding)
    return {
        sheet.file: _write(sheet, verdict.rejected[sheet.kind], by_place)
        for sheet in verdict.tape.of_any()
        if verdict.rejected[sheet.kind]
    }


def reject_name(file_name: str) -> str:
    """`payments.rejected.csv` for `payments.xlsx`: its first part still says which file of a tape it is."""
    return f"{file_name.rsplit('.', 1)[0]}.rejected.csv"


def _write(sheet: Sheet, lines: frozenset[int], by_place: dict[tuple[str, int], list[Finding]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    # A reject file that comes back still broken gets new reasons instead of a second set of them.
    old = {plain_label(label) for label in REJECT_COLUMNS}
    kept = [place for place, label in enumerate(sheet.header) if plain_label(label) not in old]
    writer.writerow([*REJECT_COLUMNS, *(_safe(sheet.header[place]) for place in kept)])
    for row in _rows(sheet, lines):
        found = by_place.get((sheet.file, row.line)) or by_place[sheet.file, sheet.header_line]
        writer.writerow([row.line, *_reasons(found), *_cells(sheet, row, kept)])
    return text.getvalue().encode(ENCODING)


def _rows(sheet: Sheet, lines: frozenset[int]) -> Iterator[Row]:
    rows = (row for row in (*sheet.rows, *sheet.misshapen) if row.line in lines)
    return iter(sorted(rows, key=lambda row: row.line))


def _reasons(found: list[Finding]) -> tuple[str, str]:
    fields = "; ".join(dict.fromkeys(finding.field for finding in found if finding.field))
    return fields, " ".join(sentence(finding.rule, dict(finding.details)) for finding in found)


def _cells(sheet: Sheet, row: Row, kept: list[int]) -> list[str]:
    # A row that slipped has no column for each cell: it is given whole.
    cells = [row.cells[place] for place in kept] if len(row.cells) == len(sheet.header) else list(row.cells)
    return [_safe(cell) for cell in cells]


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
