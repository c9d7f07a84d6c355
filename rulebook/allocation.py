"""How a payment is split over what is owed (民法典 art. 561)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rulebook.terms import AllocationTerms, Component


@dataclass(frozen=True, slots=True)
class Owed:
    """One part of the debt; costs hang on no instalment (`seq` None)."""

    seq: int | None
    component: Component
    amount: Decimal


def payment_order(owed: Iterable[Owed], terms: AllocationTerms) -> list[Owed]:
    """What is owed, in the order in which money settles it.

    Component-first goes through all instalments, oldest first, for one component before the next. Instalment-first settles an instalment
    whole before the next one; costs come before all instalments where the order names them first, after them otherwise.
    """
    rank = {component: place for place, component in enumerate(terms.order)}
    if terms.style == "component_first":
        return sorted(owed, key=lambda o: (rank[o.component], o.seq or 0))
    costs_at = -1 if rank[Component.COST] == 0 else 1
    return sorted(owed, key=lambda o: (costs_at if o.seq is None else 0, o.seq or 0, rank[o.component]))


def allocate(amount: Decimal, owed: Sequence[Owed], terms: AllocationTerms) -> tuple[list[Owed], Decimal]:
    """What the money settles, and what is left over as unapplied credit."""
    settled = []
    for part in payment_order(owed, terms):
        if amount <= 0:
            break
        paid = min(amount, part.amount)
        if paid > 0:
            settled.append(Owed(part.seq, part.component, paid))
            amount -= paid
    return settled, amount
