"""CN-FREQ-05: so many text messages and e-mails a day and borrower, whatever they are about."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Medium, Refusal, Rule
from rulebook.local_time import day_after_starts_at


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """The day's messages are used up; the next are allowed when the calendar day there is over.

    A message of which nobody knows how it would be carried waits for a person.
    """
    if facts.medium is None:
        return Refusal(rule, None)
    if left(facts, facts.medium, rule, at):
        return None
    return Refusal(rule, day_after_starts_at(facts.day(at), facts.zone))


def left(facts: ContactFacts, medium: Medium, rule: Rule, at: dt.datetime) -> int:
    """How many messages the day has left, those about to be sent counted; 0 without a known time zone."""
    most: int = rule.values[f"max_{medium}"]
    used = sum(message.medium is medium for message in facts.messages_today(at))
    return max(0, most - used) if facts.day(at) else 0
