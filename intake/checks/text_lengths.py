"""Does every text fit?"""

from collections.abc import Iterator

from intake.cells import READERS
from intake.columns import COLUMNS
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A text longer than its field is refused, never cut off; amounts, dates and ID numbers have their own rules."""
    for sheet in facts.tape.of(*facts.tape.sheets):
        for column in COLUMNS[sheet.kind]:
            if column.field in READERS or column.field == "id_number":
                continue
            too_long = {text for text in sheet.column(column.field) if len(text) > column.longest}
            yield from sheet.findings(
                column.field,
                lambda text, too_long=too_long: "too_long" if text in too_long else None,  # type: ignore[misc]
                longest=str(column.longest),
            )
