"""Is every date in the calendar, and not still to come where it tells of the past?"""

import datetime as dt
from collections.abc import Iterator

from intake.cells import read_date
from intake.columns import Kind
from intake.facts import Facts, Finding

ANY_DAY = {Kind.INSTALMENTS: "due_on"}
UNTIL_TODAY = {Kind.LOANS: "disbursed_on", Kind.PAYMENTS: "received_on"}


def check(facts: Facts) -> Iterator[Finding]:
    """Dates are written YYYY-MM-DD; money cannot have moved after today."""

    def until_today(text: str) -> str | None:
        day = read_date(text)
        return day if isinstance(day, str) else _future(day, facts.on)

    for sheet in facts.tape.of(*ANY_DAY):
        yield from sheet.findings(ANY_DAY[sheet.kind], _rule)
    for sheet in facts.tape.of(*UNTIL_TODAY):
        yield from sheet.findings(UNTIL_TODAY[sheet.kind], until_today, today=facts.on.isoformat())


def _rule(text: str) -> str | None:
    day = read_date(text)
    return day if isinstance(day, str) else None


def _future(day: dt.date, today: dt.date) -> str | None:
    return "future_date" if day > today else None
