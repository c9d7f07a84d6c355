"""Is everything filled in that has to be?"""

from collections.abc import Iterator

from intake.columns import COLUMNS
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A required field must not be empty."""
    for sheet in facts.tape.of(*facts.tape.sheets):
        for column in COLUMNS[sheet.kind]:
            if column.required and "" in (texts := sheet.column(column.field)):
                for row, text in zip(sheet.rows, texts, strict=True):
                    if not text:
                        yield sheet.finding(row.line, column.field, "", "required")
