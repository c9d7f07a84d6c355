"""How promises came out, and the cases behind what a page lists."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from cases.selectors import open_cases
from contacts.lifecycle import PromiseState
from contacts.models import Promise
from holds.selectors import Pair
from rulebook.money import ZERO

SETTLED = (PromiseState.KEPT, PromiseState.PARTIAL, PromiseState.BROKEN)


@dataclass(frozen=True, slots=True)
class Kept:
    """How the promises that somebody took and that were due in a month came out, by number and by amount."""

    promises: int
    kept: int
    promised: Decimal
    counted: Decimal

    @property
    def rate(self) -> Decimal | None:
        """The share of promises kept; None where none was due."""
        return Decimal(self.kept) / self.promises if self.promises else None


def kept_by(user_ids: Collection[int], on: dt.date) -> dict[int, Kept]:
    """How the promises came out that each took and that were due this month; open ones do not count yet."""
    due = Promise.objects.filter(made_by_id_then__in=user_ids, state__in=SETTLED, due_on__gte=on.replace(day=1))
    rows = list(due.filter(due_on__lte=on).values_list("made_by_id_then", "state", "amount", "counted"))
    return {
        pk: Kept(
            promises=sum(by == pk for by, *_rest in rows),
            kept=sum(by == pk and state == PromiseState.KEPT for by, state, *_rest in rows),
            promised=sum((amount for by, _state, amount, _counted in rows if by == pk), ZERO),
            counted=sum((counted for by, _state, _amount, counted in rows if by == pk), ZERO),
        )
        for pk in user_ids
    }


def open_cases_of(pairs: Collection[Pair]) -> dict[Pair, int]:
    """The open case of each borrower and portfolio, by their rows."""
    cases = open_cases().filter(borrower__in={pair[0] for pair in pairs})
    rows = cases.values_list("borrower_id", "portfolio_id", "pk")
    return {(borrower, portfolio): pk for borrower, portfolio, pk in rows if (borrower, portfolio) in pairs}
