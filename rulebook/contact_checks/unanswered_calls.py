"""CN-FREQ-03: a number that does not answer is tried so many times a day and no more."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule
from rulebook.local_time import day_after_starts_at


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """The day's attempts at this number are used up; the next are allowed when the calendar day there is over."""
    return None if left(facts, rule, at) else Refusal(rule, day_after_starts_at(facts.day(at), facts.zone))


def left(facts: ContactFacts, rule: Rule, at: dt.datetime) -> int:
    """How many more times the number may ring in vain today; 0 without a known time zone."""
    most: int = rule.values["max"]
    used = sum(not call.connected and call.number == facts.number for call in facts.calls_today(at))
    return max(0, most - used) if facts.day(at) else 0
