"""HOUSE-DAYTIME-01: messages are sent within the hours of the policy, by the clock where the person is."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule
from rulebook.local_time import ONE_DAY, local


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """Outside the hours `[opens, closes)` of one day; allowed again when they next open.

    Hours that never open, and a place without a known time zone, wait for a person.
    """
    if facts.daytime is None:
        return None
    there, (opens, closes) = local(at, facts.zone), facts.daytime
    if there is None or opens >= closes:
        return Refusal(rule, None)
    if opens <= there.time() < closes:
        return None
    day = there.date() if there.time() < opens else there.date() + ONE_DAY
    # The wall clock is set, not the moment moved: a night in which the clocks change is shorter or longer.
    return Refusal(rule, dt.datetime.combine(day, opens, there.tzinfo).astimezone(dt.UTC))
