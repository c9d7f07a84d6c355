"""Counts how arrears moved from month to month among the clients of the UCI panel.

python -m intake.demo.count_transitions uci_credit_card.csv.gz > intake/data/uci_transitions.csv

Needs nothing but Python; `intake/data/README.md` says where the panel comes from and what is done to it.
"""

import csv
import gzip
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

# April to September 2005, in that order: the panel numbers its months backwards and has no PAY_1.
STATUS = ("PAY_6", "PAY_5", "PAY_4", "PAY_3", "PAY_2", "PAY_0")
# What the client paid in each of the months that a status is reached in, May to September.
PAID = ("PAY_AMT5", "PAY_AMT4", "PAY_AMT3", "PAY_AMT2", "PAY_AMT1")
COLUMNS = ("months_late", "next_months_late", "client_months", "frequency", "paid_something")
Move = tuple[int, int, bool]


def moves(client: Mapping[str, str]) -> Iterator[Move]:
    """A client's five moves: months late, months late a month later, and whether any money came in between."""
    # -2 (nothing used), -1 (paid in full) and 0 (paid the minimum) are all on time.
    status = [max(0, _whole(client[name])) for name in STATUS]
    late = status[0]
    for found, paid in zip(status[1:], PAID, strict=True):
        # One instalment falls due a month, so nobody gets two months later within one.
        then = min(found, late + 1)
        yield late, then, _whole(client[paid]) > 0
        late = then


def _whole(text: str) -> int:
    # A spreadsheet wrote some amounts of the panel as 1.00E+05.
    return int(float(text))


def rows(clients: Iterable[Mapping[str, str]]) -> Iterator[tuple[int, int, int, str, str]]:
    """The table: each move with how often it happened, as a count and as a share of its starting status."""
    count: Counter[tuple[int, int]] = Counter()
    with_money: Counter[tuple[int, int]] = Counter()
    for client in clients:
        for late, then, paid in moves(client):
            count[late, then] += 1
            with_money[late, then] += paid
    started: Counter[int] = Counter()
    for (late, _then), client_months in count.items():
        started[late] += client_months
    for (late, then), client_months in sorted(count.items()):
        frequency, paid_share = client_months / started[late], with_money[late, then] / client_months
        yield late, then, client_months, f"{frequency:.6f}", f"{paid_share:.4f}"


def write(panel: Path, out: TextIO) -> None:
    """Read the panel, plain or gzipped, and write the table."""
    opener = gzip.open if panel.suffix == ".gz" else open
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    with opener(panel, "rt", encoding="ascii", newline="") as lines:
        writer.writerows(rows(csv.DictReader(lines)))


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.stdout)
