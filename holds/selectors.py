"""Reading holds: what must not be done to whom, on a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from holds.models import Hold, Kind

# A borrower and a portfolio, by their rows.
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """What holds say about a borrower in a portfolio on a day; `changes_on` is the next day on which that changes."""

    active: Sequence[Hold] = field(default_factory=tuple)
    changes_on: dt.date | None = None

    @property
    def stops_escalation(self) -> bool:
        """Whether a case must not escalate."""
        return any(hold.stops_escalation for hold in self.active)

    @property
    def is_disputed(self) -> bool:
        """Whether the borrower disputes the debt."""
        return any(hold.kind == Kind.DISPUTE for hold in self.active)


def held(pairs: Collection[Pair], on: dt.date) -> dict[Pair, Held]:
    """What holds say about many on a day, in one query; everybody asked about is in the answer."""
    rows: dict[Pair, list[Hold]] = defaultdict(list)
    borrowers, portfolios = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    for hold in Hold.objects.filter(borrower__in=borrowers, portfolio__in=portfolios).order_by("from_on", "pk"):
        rows[hold.borrower_id, hold.portfolio_id].append(hold)
    return {pair: _held(rows[pair], on) for pair in pairs}


def _held(holds: Sequence[Hold], on: dt.date) -> Held:
    days = (day for hold in holds for day in (hold.from_on, hold.ends_on) if day and day > on)
    return Held([hold for hold in holds if hold.is_active(on)], min(days, default=None))
