"""How much of a long proof runs: with every `make test` a part that finds what breaks, with `make prove` all of it."""

import os

FULL = os.environ.get("FULL_PROOF") == "1"


def size(*, full: int, every_day: int) -> int:
    """The number for this run."""
    return full if FULL else every_day
