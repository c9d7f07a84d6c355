"""The file for the bureau, line by line, in the portal's own format (docs/bureau.md)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from bureau.models import Decision, RecordDispute, RecordExport, RecordRow
from loans.models import Portfolio

COLUMNS = (
    *("portfolio", "currency", "loan_no", "borrower_no", "id_type", "id_number", "kind", "as_of", "version", "action"),
    *("code", "overdue_amount", "days_past_due", "overdue_ended_on", "kept_until", "disputed", "borrower_statement"),
    *("reported_on", "source_hash"),
)
ID_TYPE = "resident_id"
CHUNK = 500
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _reportable(rows: QuerySet[RecordRow]) -> QuerySet[RecordRow]:
    """Without versions that say the same to the bureau as those they correct."""
    return rows.exclude(changed=["source"])


def rows_between(portfolio: Portfolio, after: int, until: int) -> QuerySet[RecordRow]:
    """The rows of a portfolio after one and up to another; of several versions of a row the latest."""
    mine = _reportable(RecordRow.objects.filter(portfolio=portfolio, pk__gt=after, pk__lte=until))
    same = {"loan": OuterRef("loan"), "kind": OuterRef("kind"), "as_of_on": OuterRef("as_of_on")}
    later = mine.filter(**same, version__gt=OuterRef("version"))
    handed_over = _reportable(RecordRow.objects.filter(**same, pk__lte=after))
    return mine.filter(~Exists(later)).annotate(was_handed_over=Exists(handed_over)).order_by("pk")


def lines(export: RecordExport, *, in_clear: bool) -> Iterator[tuple[Any, ...]]:
    """The lines of a file under COLUMNS, on any day those of the day it was made; ID numbers masked unless in clear."""
    found = rows_between(export.portfolio, export.after_row_id, export.until_row_id)
    chunk: list[RecordRow] = []
    for row in found.select_related("loan", "borrower").iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _lines(export, chunk, in_clear)
            chunk = []
    yield from _lines(export, chunk, in_clear)


def _lines(export: RecordExport, rows: list[RecordRow], in_clear: bool) -> Iterator[tuple[Any, ...]]:
    taken_in = RecordDispute.objects.filter(loan__in={row.loan_id for row in rows}, opened_at__lte=export.made_at)
    disputed = set(taken_in.exclude(decided_at__lte=export.made_at).values_list("loan_id", flat=True))
    upheld = taken_in.filter(decision=Decision.UPHELD, decided_at__lte=export.made_at)
    statements = {its.loan_id: its.statement for its in upheld.order_by("decided_at", "pk")}
    portfolio = export.portfolio
    for row in rows:
        statement = statements.get(row.loan_id, "")
        yield (
            portfolio.code,
            portfolio.currency,
            row.loan.loan_no,
            row.borrower.borrower_no,
            ID_TYPE,
            row.borrower.id_number if in_clear else row.borrower.masked_id_number,
            row.kind,
            row.as_of_on,
            row.version,
            "corrected" if getattr(row, "was_handed_over", False) else "new",
            row.code,
            row.overdue_amount,
            row.days_past_due,
            row.ended_on or "",
            row.expires_on or "",
            "yes" if row.loan_id in disputed else "no",
            _harmless(statement) if in_clear else "yes" if statement else "",
            row.reported_on,
            row.source_hash,
        )


def _harmless(text: str) -> str:
    """Somebody's own words, which no spreadsheet calculates."""
    return f"'{text}" if text.startswith(FORMULA) else text
