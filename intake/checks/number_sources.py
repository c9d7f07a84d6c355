"""Do we know where each number comes from?"""

from collections.abc import Iterator

from borrowers.models import Source
from intake.columns import Kind
from intake.facts import Facts, Finding

FIELDS = {Kind.BORROWERS: "phone_source", Kind.CONTACTS: "source"}


def check(facts: Facts) -> Iterator[Finding]:
    """CN-WHO-06: a number may be used only if we know where it comes from, and from there."""
    known = set(Source.values)
    for sheet in facts.tape.of(*FIELDS):
        field = FIELDS[sheet.kind]
        yield from sheet.findings(
            field, lambda text: None if text in known else "unknown_source", known=", ".join(Source.values)
        )
        for row, phone, source in zip(sheet.rows, sheet.column("phone"), sheet.column(field), strict=True):
            if phone and not source:
                yield sheet.finding(row.line, field, "", "number_without_source")
