"""CN-FORB-01: nobody is threatened, and nobody pretends to be a court or the police."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule
from rulebook.message_words import found_in


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A text with a phrase of the list, also where spaces, signs or nothing visible is put between its letters."""
    return Refusal(rule, None) if any(found_in(facts.text or "", rule.values["phrases"])) else None
