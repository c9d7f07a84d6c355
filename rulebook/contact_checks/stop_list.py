"""CN-WHO-05: a person who asked not to be contacted is not contacted, for whatever purpose."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A stopped number stays stopped; a borrower's no-contact hold covers third parties too and ends when it says."""
    if facts.number_status == "stopped":
        return Refusal(rule, None)
    holds = [hold for hold in facts.running_holds(at) if hold.kind == "no_contact"]
    return Refusal(rule, facts.all_over_at(holds)) if holds else None
