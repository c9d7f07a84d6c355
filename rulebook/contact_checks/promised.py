"""HOUSE-PROMISE-01: who promised to pay is left in peace until the promise is due."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Purpose, Refusal, Rule
from rulebook.local_time import day_after_starts_at

MUTED = {Purpose.COLLECT, Purpose.LOCATE}


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """An open promise mutes collection through its last day; the reminder before it is due is still allowed."""
    last, today = facts.promise_until_on, facts.day(at)
    if last is None or facts.purpose not in MUTED or (today and today > last):
        return None
    return Refusal(rule, day_after_starts_at(last, facts.zone))
