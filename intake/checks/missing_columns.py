"""Is every column there, once?"""

from collections.abc import Iterator

from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A column that is missing, or two that mean the same, make every row of the file unreadable."""
    for sheet in facts.tape.sheets.values():
        for field in sheet.missing:
            yield sheet.finding(sheet.header_line, field, "", "missing_column")
        for field in sheet.repeated:
            yield sheet.finding(sheet.header_line, field, "", "repeated_column")
