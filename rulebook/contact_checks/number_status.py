"""HOUSE-NUMBER-01: a number or address that is wrong or not in service is not tried again."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """Only a number or address in use is used; a status nobody knows is not."""
    return None if facts.number_status == "ok" else Refusal(rule, None)
