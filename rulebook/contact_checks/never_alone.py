"""CN-VISIT-02: nobody visits a borrower alone."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A visit by fewer people than the rule asks for."""
    least: int = rule.values["min_visitors"]
    return Refusal(rule, None) if facts.visitors < least else None
