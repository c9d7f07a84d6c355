"""Do we have texts in the borrower's language?"""

from collections.abc import Iterator

from django.conf import settings

from intake.columns import Kind
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """Messages are written in the languages of the portal, so a borrower speaks one of them."""
    known = dict(settings.LANGUAGES)
    for sheet in facts.tape.of(Kind.BORROWERS):
        yield from sheet.findings(
            "language", lambda text: None if text in known else "unknown_language", known=", ".join(known)
        )
