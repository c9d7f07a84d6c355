"""Did the spreadsheet keep what was typed?"""

from collections.abc import Iterator

from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A number that lost digits and a cell that holds an error (#N/A) cannot be taken at their word."""
    for sheet in facts.tape.of(*facts.tape.sheets):
        fields = {place: field for field, place in sheet.places.items()}
        for row in sheet.rows:
            for place, rule in row.doubts:
                # Columns that the portal does not know may hold what they like.
                if place in fields:
                    yield sheet.finding(row.line, fields[place], row.cells[place], rule)
