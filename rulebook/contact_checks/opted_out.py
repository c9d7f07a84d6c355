"""HOUSE-OPTOUT-01: a borrower who stopped text messages or e-mails gets none, for whatever purpose."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A medium stays stopped until somebody lifts that at the borrower's wish; notices take another way."""
    return Refusal(rule, None) if facts.opted_out else None
