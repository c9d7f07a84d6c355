"""Can a reference be typed again?"""

from collections.abc import Iterator

from intake.columns import COLUMNS
from intake.facts import REFERENCES, Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A reference with a space, also at its end, would look like another one and not be found again."""
    for sheet in facts.tape.of(*facts.tape.sheets):
        for column in COLUMNS[sheet.kind]:
            if column.field in REFERENCES:
                yield from sheet.findings(column.field, _rule)


def _rule(text: str) -> str | None:
    # `isspace` knows the ideographic space too; control characters have a check of their own.
    return "reference_with_space" if any(char.isspace() and char >= " " for char in text) else None
