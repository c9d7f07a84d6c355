"""CN-WHO-01: the debt is collected from those who owe it, never from a contact."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Purpose, Refusal, Rule, Who


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A third party is never asked to pay."""
    return Refusal(rule, None) if facts.who is Who.THIRD_PARTY and facts.purpose is Purpose.COLLECT else None
