"""HOUSE-HOLD-01: a hold stops the chasing, and a lawyer stops everything; nothing is sent to the dead."""

import datetime as dt

from rulebook.contact_rules import Channel, ContactFacts, HoldFacts, Purpose, Refusal, Rule, Who

CHASING = {Purpose.COLLECT, Purpose.DUE_REMINDER}


def refuses(facts: ContactFacts, rule: Rule, at: dt.datetime) -> Refusal | None:
    """A running hold that concerns the purpose; allowed again when the last of them ends, if all have an end."""
    holds = [hold for hold in facts.running_holds(at) if _stops(hold, facts)]
    return Refusal(rule, facts.all_over_at(holds)) if holds else None


def _stops(hold: HoldFacts, facts: ContactFacts) -> bool:
    """Whoever has a lawyer is not spoken to at all; a death stops the chasing, not the search for relatives.

    What is written to a dead person is read by somebody else, and whoever opens the door there is somebody else, so
    nothing is sent and nobody goes. Every other hold stops chasing and
    searching. Answers and notices go on, and a request not to be contacted is the stop list's.
    """
    purpose = facts.purpose
    if hold.kind == "no_contact":
        return False
    if hold.kind == "represented" or purpose in CHASING:
        return True
    if hold.kind == "deceased":
        return facts.channel is not Channel.CALL and facts.who is Who.BORROWER
    return purpose is Purpose.LOCATE
