"""Who gets which case: by load, by district or in turn; a promise stays with who took it, and nobody gets too many."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import NamedTuple


class Strategy(StrEnum):
    """How cases are spread over desks."""

    LOAD = "load"  # first to who has the fewest open cases for their capacity
    DISTRICT = "district"  # among those who cover the borrower's city, by load
    ROUND_ROBIN = "round_robin"  # one each in turn, whatever they have already


class Why(StrEnum):
    """Why a case stays where it is though it was to be given away."""

    CAPACITY = "capacity"
    DISTRICT = "district"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who can own cases: `load` open ones now, `capacity` at most, in `cities`."""

    person: int
    load: int
    capacity: int
    cities: frozenset[str] = frozenset()
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class ToAssign:
    """A case that is to find an owner, or another one; `promise_holder` took the promise that is open in it."""

    case: int
    city: str = ""
    promise_holder: int | None = None
    owner: int | None = None


class Move(NamedTuple):
    """A case goes from one owner (None: the pool) to another."""

    case: int
    giver: int | None
    taker: int | None


class Left(NamedTuple):
    """A case for which nobody was found; it stays where it is."""

    case: int
    why: Why


class Plan(NamedTuple):
    """What would move, in an order in which nobody has too many at any moment, and what would not."""

    moves: tuple[Move, ...]
    left: tuple[Left, ...]


def plan(
    cases: Collection[ToAssign],
    desks: Collection[Desk],
    strategy: Strategy,
    *,
    keep_promises: bool = True,
    giver: int | None = None,
) -> Plan:
    """Say who gets which case; the same question has the same answer.

    Nobody gets a case beyond their capacity or while away. Whoever owns a case keeps it where their share allows it.
    With `keep_promises` a case goes first of all to who took its open promise. `giver` gives their cases away: they get
    nothing else.
    """
    floor = _Floor(sorted(desks, key=lambda desk: desk.person))
    rest = []
    for case in sorted(cases, key=lambda its: its.case):
        if keep_promises and floor.has_room_for_promise(case):
            floor.give(case, case.promise_holder)
        else:
            rest.append(case)
    takers = [desk for desk in floor.desks.values() if not desk.is_away and desk.person != giver]
    for city, group in _groups(rest, strategy):
        covering = takers if city is None else [desk for desk in takers if city in desk.cities]
        nobody = Why.NOBODY if city is None else Why.DISTRICT
        floor.deal(group, covering, strategy, Why.CAPACITY if covering else nobody)
    return Plan(tuple(floor.moves), tuple(floor.left))


def _groups(cases: Iterable[ToAssign], strategy: Strategy) -> list[tuple[str | None, list[ToAssign]]]:
    """Cases that the same desks can take; only by district the city (else None) makes a difference."""
    groups: dict[str | None, list[ToAssign]] = defaultdict(list)
    for case in cases:
        groups[case.city if strategy is Strategy.DISTRICT else None].append(case)
    return sorted(groups.items(), key=lambda group: group[0] or "")


class _Floor:
    """The desks with what they have, while cases are given one after the other."""

    def __init__(self, desks: Sequence[Desk]) -> None:
        self.desks: dict[int | None, Desk] = {desk.person: desk for desk in desks}
        self.loads: Counter[int | None] = Counter({desk.person: desk.load for desk in desks})
        self.moves: list[Move] = []
        self.left: list[Left] = []

    def has_room_for_promise(self, case: ToAssign) -> bool:
        holder = self.desks.get(case.promise_holder)
        if holder is None or holder.is_away:
            return False
        return case.owner == holder.person or self.loads[holder.person] < holder.capacity

    def give(self, case: ToAssign, taker: int | None) -> None:
        if case.owner == taker:
            return
        self.moves.append(Move(case.case, case.owner, taker))
        self.loads[taker] += 1
        self.loads[case.owner] -= 1

    def deal(self, group: Sequence[ToAssign], takers: Sequence[Desk], strategy: Strategy, why: Why) -> None:
        """Spread a group: owners keep as many as is their share, the others fill the seats that are free."""
        owned = Counter(case.owner for case in group)
        seats = [_seats(desk, self.loads[desk.person] - owned[desk.person], strategy) for desk in takers]
        shares: list[int | None] = [person for _order, person in islice(merge(*seats), len(group))]
        kept = Counter(shares) & owned
        free = _without(shares, kept)
        staying = Counter(kept)
        for case in group:
            if staying[case.owner]:
                staying[case.owner] -= 1
            elif (taker := next(free, None)) is not None:
                self.give(case, taker)
            else:
                self.left.append(Left(case.case, why))


def _seats(desk: Desk, taken: int, strategy: Strategy) -> Iterator[tuple[float, int]]:
    """The free seats of a desk, with what orders them among those of all desks."""
    for nth in range(desk.capacity - taken):
        yield (nth if strategy is Strategy.ROUND_ROBIN else (taken + nth) / desk.capacity), desk.person


def _without(shares: Iterable[int | None], kept: Counter[int | None]) -> Iterator[int | None]:
    """The seats in order, less those whose owners keep a case on them."""
    kept = Counter(kept)
    for person in shares:
        if kept[person]:
            kept[person] -= 1
        else:
            yield person
