"""HOUSE-DISCLOSE-01: nobody but the borrower reads about the debt."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule, Who


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A message about the debt to a number or address that is somebody else's, alone or together with the borrower."""
    is_theirs = facts.number_is_shared or facts.who is Who.THIRD_PARTY
    return Refusal(rule, None) if facts.mentions_debt and is_theirs else None
