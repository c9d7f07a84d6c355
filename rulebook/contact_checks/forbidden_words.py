"""CN-FORB-01: nobody is threatened, and nobody pretends to be a court or the police."""

import datetime as dt
import unicodedata

from rulebook.contact_rules import ContactFacts, Refusal, Rule

INVISIBLE = "Cf"  # characters that show nothing, such as the zero-width space


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A text with a phrase of the list, also where spaces or invisible signs are put between its letters."""
    text = _plain(facts.text or "")
    return Refusal(rule, None) if any(_plain(phrase) in text for phrase in rule.values["phrases"]) else None


def _plain(text: str) -> str:
    """The text in one form of writing, without what only sets letters apart."""
    signs = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in signs if not sign.isspace() and unicodedata.category(sign) != INVISIBLE)
