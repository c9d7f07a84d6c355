"""CN-TIME-01: at night nobody is contacted, by the clock where that person is."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule
from rulebook.local_time import ONE_DAY, local


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """The hours `[quiet_from, quiet_until)`, for every purpose; without a known time zone it is always night."""
    there = local(at, facts.zone)
    if there is None:
        return Refusal(rule, None)
    begins, ends = rule.values["quiet_from"], rule.values["quiet_until"]
    now = there.time()
    is_late, is_early = now >= begins, now < ends
    if not (is_late or is_early if begins > ends else is_late and is_early):
        return None
    # The wall clock is set forward, not the moment: a night in which the clocks change is shorter or longer.
    wakes = there.replace(hour=ends.hour, minute=ends.minute, second=ends.second, microsecond=0)
    return Refusal(rule, (wakes if is_early else wakes + ONE_DAY).astimezone(dt.UTC))
