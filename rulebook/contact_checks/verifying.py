"""HOUSE-VERIFY-01: who says it is paid is believed while that is being looked up."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Purpose, Refusal, Rule

MUTED = {Purpose.COLLECT, Purpose.DUE_REMINDER, Purpose.LOCATE}


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """While a payment is being verified nobody asks for it again."""
    until = facts.verifying_until
    return Refusal(rule, until) if until and at < until and facts.purpose in MUTED else None
