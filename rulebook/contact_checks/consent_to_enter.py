"""CN-VISIT-01: visitors go inside only where somebody who lives there asked them in, and that is written down."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """Going in without consent; standing at the door takes none."""
    return Refusal(rule, None) if facts.enters and not facts.may_enter else None
