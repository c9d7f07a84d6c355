"""Can the number be called at all?"""

import re
from collections.abc import Iterator

import phonenumbers

from intake.columns import Kind
from intake.facts import Facts, Finding

HOME = "CN"
# What people put into a number to read it more easily; full-width digits and words are refused.
_WRITTEN = re.compile(r"\+?[0-9][0-9 ()-]*")


def check(facts: Facts) -> Iterator[Finding]:
    """A number must be possible in China, or anywhere when it starts with + and a country code."""
    for sheet in facts.tape.of(Kind.BORROWERS, Kind.CONTACTS):
        yield from sheet.findings("phone", _rule)


def _rule(text: str) -> str | None:
    if _WRITTEN.fullmatch(text) is None:
        return "impossible_phone"
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return "impossible_phone"
    return None if phonenumbers.is_possible_number(number) else "impossible_phone"
