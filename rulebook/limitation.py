"""Until when a debt can be enforced (诉讼时效): three years, counted anew whenever it is asked for or acknowledged.

民法典 art. 188: three years. Art. 189: of a debt in instalments they begin with the last one's due date. Art. 195: a
demand that reached the borrower, their agreement to pay, or going to court begins them anew. Art. 192: once they are
over only the borrower's own agreement does. Paying a part is taken as agreement while they run.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class RestartKind(StrEnum):
    """What begins the period anew."""

    LETTER = "letter"
    MESSAGE = "message"
    PROMISE = "promise"
    PAYMENT = "payment"
    SUIT = "suit"
    PAYMENT_ORDER = "payment_order"


# Once the period is over only a new agreement of the borrower counts.
REVIVES = (RestartKind.PROMISE,)


@dataclass(frozen=True, slots=True)
class Restart:
    """Something that begins the period anew on a day; of a court's procedure the day on which it ended."""

    on: dt.date
    kind: RestartKind


@dataclass(frozen=True, slots=True)
class Limitation:
    """From when the period runs and its last day, with each restart that led there, in order."""

    starts_on: dt.date
    expires_on: dt.date
    restarts: tuple[Restart, ...] = ()


def limitation(last_due_on: dt.date, restarts: Iterable[Restart], years: int = 3) -> Limitation:
    """The period of one loan, from the due date of its last instalment; what came before that day changes nothing."""
    starts_on, counted = last_due_on, []
    for restart in sorted(restarts, key=lambda restart: (restart.on, restart.kind)):
        is_over = restart.on > _years_after(starts_on, years)
        if restart.on > last_due_on and (not is_over or restart.kind in REVIVES):
            starts_on = restart.on
            counted.append(restart)
    return Limitation(starts_on, _years_after(starts_on, years), tuple(counted))


def _years_after(day: dt.date, years: int) -> dt.date:
    """The same day so many years later (art. 202); of 29 February, the last of February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
