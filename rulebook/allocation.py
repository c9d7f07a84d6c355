"""How a payment is split over what is owed (民法典 art. 561)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rulebook.terms import AllocationTerms, Component


@dataclass(frozen=True, slots=True)
class Owed:
    """One part of the debt; costs hang on no instalment (`seq` None)."""

    seq: int | None
    component: Component
    amount: Decimal


def payment_order(owed: Sequence[Owed], terms: AllocationTerms) -> list[Owed]:
    """What is owed, given oldest instalment first, in the order in which money settles it.

    Component-first goes through all instalments, oldest first, for one component before the next. Instalment-first
    settles an instalment whole before the next one; costs come before all instalments where the order names them
    first, after them otherwise.
    """
    rank = {component: place for place, component in enumerate(terms.order)}
    if terms.style == "component_first":
        return sorted(owed, key=lambda o: rank[o.component])
    # Age is the place in `owed`, not `seq`: a lender may number its instalments in another order than they fall due.
    age = {seq: place for place, seq in enumerate(dict.fromkeys(o.seq for o in owed if o.seq is not None))}
    costs_at = -1 if rank[Component.COST] == 0 else len(age)
    return sorted(owed, key=lambda o: (costs_at if o.seq is None else age[o.seq], rank[o.component]))


def allocate(amount: Decimal, owed: Sequence[Owed], terms: AllocationTerms) -> tuple[list[Owed], Decimal]:
    """What the money settles of parts that are owed more than nothing, and what is left over as unapplied credit."""
    settled = []
    for part in payment_order(owed, terms):
        if amount <= 0:
            break
        paid = min(amount, part.amount)
        settled.append(Owed(part.seq, part.component, paid))
        amount -= paid
    return settled, amount
