"""Does a reference stand in the file once?"""

from collections.abc import Iterator

from intake.columns import KEYS
from intake.facts import Facts, Finding

LINES_SHOWN = 5


def check(facts: Facts) -> Iterator[Finding]:
    """Two rows with one reference are refused, both of them and even when they are equal: which one is meant?"""
    for sheet in facts.tape.of(*facts.tape.sheets):
        fields = KEYS[sheet.kind]
        keys = list(zip(*(sheet.column(field) for field in fields), strict=True))
        if len(set(keys)) == len(keys):
            continue
        lines: dict[tuple[str, ...], list[int]] = {}
        for row, key in zip(sheet.rows, keys, strict=True):
            lines.setdefault(key, []).append(row.line)
        for key, where in lines.items():
            # An empty reference is found by the check of required fields.
            if len(where) > 1 and all(key):
                for line in where:
                    # A column of dashes would otherwise name every line of the file on every line.
                    others = [str(other) for other in where[: LINES_SHOWN + 1] if other != line][:LINES_SHOWN]
                    more = ", …" if len(where) - 1 > LINES_SHOWN else ""
                    yield sheet.finding(line, fields[-1], key[-1], "duplicate", lines=", ".join(others) + more)
