"""Timing two things against each other, and saying whether the ratio is good enough."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much longer one thing takes than another; good while it is not above the goal."""

    suite: str
    name: str
    value: float
    goal: float

    @property
    def ok(self) -> bool:
        """Whether the goal is met."""
        return self.value <= self.goal

    def as_json(self) -> dict[str, Any]:
        """What a machine reads."""
        return asdict(self) | {"value": round(self.value, 3), "ok": self.ok}


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long something takes once."""
    began = clock()
    work()
    return clock() - began


def best(
    *works: Callable[[], object], rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """The shortest time of each, taken in turns, so that a busy minute of the machine hits all of them alike."""
    times = [[seconds(work, clock) for work in works] for _round in range(rounds)]
    return [min(of_one) for of_one in zip(*times, strict=True)]


def table(ratios: Sequence[Ratio]) -> str:
    """What a person reads."""
    width = max((len(ratio.name) for ratio in ratios), default=0)
    lines = [f"{'suite':<8}{'what':<{width}}{'ratio':>9}{'goal':>9}"]
    for ratio in ratios:
        missed = "" if ratio.ok else "  MISSED"
        lines.append(f"{ratio.suite:<8}{ratio.name:<{width}}{ratio.value:>9.3f}{ratio.goal:>9.2f}{missed}")
    return "\n".join(lines)
