"""How arrears move from month to month, as counted in the UCI panel (`intake/data/README.md`)."""

import csv
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from random import Random

TABLE = Path(__file__).resolve().parent.parent / "data" / "uci_transitions.csv"


class Transitions:
    """For each number of months late, how often each number follows a month later."""

    def __init__(self, counts: dict[tuple[int, int], int], with_money: dict[tuple[int, int], float]) -> None:
        self._with_money = with_money
        self._next: dict[int, list[int]] = defaultdict(list)
        self._weights: dict[int, list[int]] = defaultdict(list)
        for (late, then), client_months in sorted(counts.items()):
            self._next[late].append(then)
            self._weights[late].append(client_months)

    @property
    def statuses(self) -> list[int]:
        """The numbers of months late that the table tells of."""
        return sorted(self._next)

    def frequencies(self, late: int) -> dict[int, float]:
        """What follows a status, as shares that add up to one."""
        total = sum(self._weights[late])
        return {then: weight / total for then, weight in zip(self._next[late], self._weights[late], strict=True)}

    def paid_something(self, late: int, then: int) -> float:
        """In which share of these moves some money came."""
        return self._with_money[late, then]

    def walk(self, months: int, dice: Random) -> list[int]:
        """Months late at the start of a loan and after each of its months; it starts on time."""
        path = [0]
        for _month in range(months):
            late = path[-1]
            path.append(dice.choices(self._next[late], self._weights[late])[0])
        return path

    def expected(self, months: int) -> dict[int, float]:
        """The share of loans in each status after some months, when all start on time."""
        shares = {0: 1.0}
        for _month in range(months):
            after: dict[int, float] = defaultdict(float)
            for late, share in shares.items():
                for then, frequency in self.frequencies(late).items():
                    after[then] += share * frequency
            shares = dict(after)
        return shares


@lru_cache(maxsize=1)
def uci_transitions() -> Transitions:
    """The table that the portal ships."""
    counts, with_money = {}, {}
    with TABLE.open(encoding="ascii", newline="") as lines:
        for row in csv.DictReader(lines):
            move = int(row["months_late"]), int(row["next_months_late"])
            counts[move] = int(row["client_months"])
            with_money[move] = float(row["paid_something"])
    return Transitions(counts, with_money)
