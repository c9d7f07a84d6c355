"""CN-WHO-02: a contact is asked only where the borrower is, and only when the borrower cannot be reached."""

import datetime as dt
from itertools import takewhile

from rulebook.contact_rules import ContactFacts, Purpose, Refusal, Rule, Who
from rulebook.local_time import day_after_starts_at


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A third party, unless to locate a borrower who is dead, lacks capacity, has no usable number or never answers."""
    if facts.who is Who.BORROWER:
        return None
    if facts.purpose is not Purpose.LOCATE:
        return Refusal(rule, None)
    if facts.is_deceased or not facts.own_numbers_usable:
        return None
    since = _unreachable_since(facts, rule.values["failed_calls_in_a_row"])
    return None if since and since <= at else Refusal(rule, since)


def _unreachable_since(facts: ContactFacts, failures: int) -> dt.datetime | None:
    """The start of the day after so many calls in a row failed; None while there were fewer or somebody answered."""
    own = [call for call in facts.calls if call.who is Who.BORROWER]
    failed = list(takewhile(lambda call: not call.connected, reversed(own)))[::-1]
    if len(failed) < failures:
        return None
    return day_after_starts_at(facts.day(failed[failures - 1].at), facts.zone)
