"""Why the overdue amount of a case is another than the day before: one reason for each case."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """Why a case counts for more or less than in the brief before."""

    NEW = "new"
    REVERSED = "reversed"
    CURED = "cured"
    ENDED = "ended"
    CLOSED = "closed"
    GROWN = "grown"
    PAID = "paid"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What a case counted for in the brief before and counts for now, and what happened to it in between.

    `has_ended`: it, or a loan of it, was settled, written off or withdrawn since.
    `was_reversed`: a payment or a cost was taken back since the brief before was made.
    """

    before: Decimal
    after: Decimal
    is_closed: bool = False
    has_ended: bool = False
    is_watched: bool = False
    was_reversed: bool = False

    @property
    def difference(self) -> Decimal:
        """How much more the case counts for now; negative where less."""
        return self.after - self.before


def kind_of(change: CaseChange) -> Kind:
    """The one reason a case is listed under: how it ended first, then what was taken back, then the money."""
    if change.has_ended and change.difference < 0:
        return Kind.ENDED
    if change.is_closed:
        return Kind.CLOSED
    if change.was_reversed:
        return Kind.REVERSED
    if change.difference < 0 and (change.is_watched or not change.after):
        # A watched case with a remainder that nobody touched is not cured every day again.
        return Kind.CURED
    if change.difference > 0:
        return Kind.GROWN if change.before else Kind.NEW
    return Kind.PAID if change.difference < 0 else Kind.SAME
