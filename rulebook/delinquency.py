"""How late a borrower is."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pause:
    """Days `[from_on, until_on)` that do not count for penalty, clock or both; no end means until further notice."""

    from_on: dt.date
    until_on: dt.date | None
    stops_penalty: bool = True
    stops_clock: bool = True


def days_past_due(oldest_unpaid_due_on: dt.date | None, pauses: Iterable[Pause], on: dt.date) -> int:
    """Days since the oldest unpaid instalment fell due, less the days on which the clock stood still."""
    if oldest_unpaid_due_on is None or oldest_unpaid_due_on >= on:
        return 0
    stopped: set[int] = set()
    for pause in pauses:
        if pause.stops_clock:
            first = max(pause.from_on, oldest_unpaid_due_on)
            last = min(pause.until_on or on, on)
            stopped.update(range(first.toordinal(), last.toordinal()))
    return (on - oldest_unpaid_due_on).days - len(stopped)
