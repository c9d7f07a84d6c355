"""CN-WHO-06: a number of which nobody can say lawfully where it came from is not used."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A number without a source, or with one that is not on the list."""
    return None if facts.number_source in rule.values["sources"] else Refusal(rule, None)
