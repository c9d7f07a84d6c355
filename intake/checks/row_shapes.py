"""Has every row as many cells as the header?"""

from collections.abc import Iterator

from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A row with a cell too many or too few has slipped: none of its values is shown."""
    for sheet in facts.tape.sheets.values():
        for row in sheet.misshapen:
            sizes = {"cells": str(len(row.cells)), "header": str(len(sheet.header))}
            yield sheet.finding(row.line, "", "", "row_shape", **sizes)
