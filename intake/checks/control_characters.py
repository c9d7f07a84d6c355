"""Is there something in the text that nobody can see?"""

import re
from collections.abc import Iterator

from intake.columns import COLUMNS
from intake.facts import Facts, Finding

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Addresses are sent in several lines.
_CONTROL_IN_ADDRESS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def check(facts: Facts) -> Iterator[Finding]:
    """Control characters are refused: they hide in references, and the database keeps no NUL."""
    for sheet in facts.tape.of(*facts.tape.sheets):
        for column in COLUMNS[sheet.kind]:
            yield from sheet.findings(column.field, _rule_in_address if column.field == "address" else _rule)


def _rule(text: str) -> str | None:
    return "control_character" if _CONTROL.search(text) else None


def _rule_in_address(text: str) -> str | None:
    return "control_character" if _CONTROL_IN_ADDRESS.search(text) else None
