"""Can the ID number be one?"""

import datetime as dt
import re
from collections.abc import Iterator

from stdnum.iso7064 import mod_11_2

from intake.columns import Kind
from intake.facts import Facts, Finding

_SHAPE = re.compile(r"[0-9]{17}[0-9Xx]")


def check(facts: Facts) -> Iterator[Finding]:
    """17 digits and a check digit by ISO 7064 MOD 11-2, with a birth date that exists; area codes are not checked."""

    def rule(text: str) -> str | None:
        if _SHAPE.fullmatch(text) is None:
            return "malformed_id_number"
        if not _was_born(text[6:14], facts.on):
            return "id_birth_date"
        return None if mod_11_2.is_valid(text.upper()) else "id_checksum"

    for sheet in facts.tape.of(Kind.BORROWERS):
        yield from sheet.findings("id_number", rule)


def _was_born(digits: str, today: dt.date) -> bool:
    try:
        born_on = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born_on.year >= 1900 and born_on <= today
