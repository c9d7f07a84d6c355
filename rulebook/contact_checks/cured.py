"""HOUSE-CURED-01: where nothing is in arrears, nobody is collected from."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Purpose, Refusal, Rule

STOPPED = {Purpose.COLLECT, Purpose.LOCATE}


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A cured case is neither collected nor searched for; its reminders, notices and answers go on."""
    return Refusal(rule, None) if facts.is_cured and facts.purpose in STOPPED else None
