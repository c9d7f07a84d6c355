"""CN-FREQ-01: so many connected calls a day and borrower, over all loans, portfolios and numbers."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule
from rulebook.local_time import day_after_starts_at


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """The day's calls are used up; the next ones are allowed when the calendar day there is over."""
    return None if left(facts, rule, at) else Refusal(rule, day_after_starts_at(facts.day(at), facts.zone))


def left(facts: ContactFacts, rule: Rule, at: dt.datetime) -> int:
    """How many connected calls the day has left, open reservations counted; 0 without a known time zone.

    The borrower's calls and those to all third parties about that borrower are two counts with the same limit.
    """
    most: int = rule.values["max"]
    used = sum(call.connected and call.who is facts.who for call in facts.calls_today(at))
    return max(0, most - used) if facts.day(at) else 0
