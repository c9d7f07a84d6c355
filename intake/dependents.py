"""Rows that are sound but hang on a row that was rejected."""

from collections.abc import Iterator

from intake.columns import Kind
from intake.facts import Facts, Finding, Sheet

Causes = dict[str, Finding]


def dependents(facts: Facts, findings: list[Finding]) -> Iterator[Finding]:
    """Reject contacts and loans of rejected borrowers, and everything of a loan one of whose rows was rejected."""
    causes: dict[str, dict[int, Finding]] = {}
    for finding in findings:
        causes.setdefault(finding.file, {}).setdefault(finding.line, finding)
    borrowers = _causes(facts, Kind.BORROWERS, "borrower_no", causes)
    yield from _reject(facts, Kind.CONTACTS, "borrower_no", borrowers, causes)
    yield from _reject(facts, Kind.LOANS, "borrower_no", borrowers, causes)
    # One bad instalment rejects its loan: half a schedule cannot be replayed.
    instalments = _causes(facts, Kind.INSTALMENTS, "loan_no", causes)
    yield from _reject(facts, Kind.LOANS, "loan_no", instalments, causes)
    loans = instalments | _causes(facts, Kind.LOANS, "loan_no", causes)
    yield from _reject(facts, Kind.INSTALMENTS, "loan_no", loans, causes)
    yield from _reject(facts, Kind.PAYMENTS, "loan_no", loans, causes)


def _causes(facts: Facts, kind: Kind, field: str, causes: dict[str, dict[int, Finding]]) -> Causes:
    """For each reference of a rejected row of a file, the finding that rejected it first."""
    sheet = facts.tape.sheets.get(kind)
    if sheet is None or field not in sheet.places:
        return {}
    own = causes.get(sheet.file, {})
    whole = None if sheet.readable else next(iter(own.values()))
    found: Causes = {}
    for line, text in _lines(sheet, field):
        if text and (cause := whole or own.get(line)):
            found.setdefault(text, cause)
    return found


def _lines(sheet: Sheet, field: str) -> Iterator[tuple[int, str]]:
    yield from ((row.line, text) for row, text in zip(sheet.rows, sheet.column(field), strict=True))
    place = sheet.places[field]
    yield from ((row.line, row.cells[place]) for row in sheet.misshapen if place < len(row.cells))


def _reject(
    facts: Facts, kind: Kind, field: str, roots: Causes, causes: dict[str, dict[int, Finding]]
) -> Iterator[Finding]:
    if not roots:
        return
    for sheet in facts.tape.of(kind):
        own = causes.setdefault(sheet.file, {})
        for row, text in zip(sheet.rows, sheet.column(field), strict=True):
            if (root := roots.get(text)) and row.line not in own:
                # Named is the row to be mended, not the one in between.
                own[row.line] = root
                where = {"file": root.file, "line": str(root.line), "field": root.field}
                yield sheet.finding(row.line, field, text, "depends_on_rejected", **where)
