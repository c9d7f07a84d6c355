"""Do the instalments of a loan follow one another?"""

from collections.abc import Iterator
from itertools import pairwise

from intake.columns import Kind
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """Each instalment falls due after the one before it, in whatever order the file has them."""
    for sheet in facts.tape.of(Kind.INSTALMENTS):
        for schedule in facts.schedules.values():
            ordered = sorted(schedule, key=lambda line: line.row.seq)
            for before, after in pairwise(ordered):
                if before.row.seq < after.row.seq and after.row.due_on <= before.row.due_on:
                    day = before.row.due_on.isoformat()
                    yield sheet.finding(
                        after.line, "due_on", after.row.due_on.isoformat(), "due_dates_not_increasing", before=day
                    )
