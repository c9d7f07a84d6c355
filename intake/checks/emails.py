"""Can the e-mail address be one?"""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from intake.columns import Kind
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """An e-mail address may be left out, but one that is given must be well-formed."""
    for sheet in facts.tape.of(Kind.BORROWERS):
        yield from sheet.findings("email", _rule)


def _rule(text: str) -> str | None:
    try:
        validate_email(text)
    except ValidationError:
        return "malformed_email"
    return None
