"""HOUSE-TEXT-01: a message is sent only when it says something and every value in it is filled in."""

import datetime as dt

from rulebook.contact_rules import ContactFacts, Refusal, Rule


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A text without a letter or a digit, or one in which a curly bracket of a placeholder is left."""
    if facts.text is None:
        return None
    says_something = any(sign.isalnum() for sign in facts.text)
    is_filled = not any(bracket in facts.text for bracket in rule.values["brackets"])
    return None if says_something and is_filled else Refusal(rule, None)
