"""The contact gate: may this person be contacted now, and if not, which rule says so and until when.

The checks are asked in one order, from how the case stands to how often the phone rang today, how a visit is made and
what a message says, and the first no counts. They fail closed: what is not known is not allowed. Only a text that is
not written yet is not asked about: whoever sends it asks again with the text.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rulebook.contact_checks import (
    connected_calls,
    consent_to_enter,
    cured,
    daytime,
    disclosure,
    forbidden_words,
    held,
    message_text,
    messages_a_day,
    never_alone,
    never_from_contacts,
    number_source,
    number_status,
    only_to_locate,
    opted_out,
    promised,
    quiet_hours,
    stop_list,
    unanswered_calls,
    verifying,
)
from rulebook.contact_rules import ContactFacts, Preset, Refusal, Rule

Check = Callable[[ContactFacts, Rule, dt.datetime], Refusal | None]
CONNECTED, UNANSWERED, MESSAGES = "CN-FREQ-01", "CN-FREQ-03", "CN-FREQ-05"
CHECKS: Mapping[str, Check] = {
    # how the case stands
    "HOUSE-CURED-01": cured.refuses,
    "HOUSE-HOLD-01": held.refuses,
    "HOUSE-PROMISE-01": promised.refuses,
    "HOUSE-VERIFY-01": verifying.refuses,
    # who is contacted, and why
    "CN-WHO-05": stop_list.refuses,
    "CN-WHO-01": never_from_contacts.refuses,
    "CN-WHO-02": only_to_locate.refuses,
    # the medium and the number
    "HOUSE-OPTOUT-01": opted_out.refuses,
    "CN-WHO-06": number_source.refuses,
    "HOUSE-NUMBER-01": number_status.refuses,
    # the clock, and how often
    "CN-TIME-01": quiet_hours.refuses,
    "HOUSE-DAYTIME-01": daytime.refuses,
    CONNECTED: connected_calls.refuses,
    UNANSWERED: unanswered_calls.refuses,
    MESSAGES: messages_a_day.refuses,
    # how a visit is made
    "CN-VISIT-02": never_alone.refuses,
    "CN-VISIT-01": consent_to_enter.refuses,
    # what a message says
    "HOUSE-TEXT-01": message_text.refuses,
    "CN-FORB-01": forbidden_words.refuses,
    "HOUSE-DISCLOSE-01": disclosure.refuses,
}
# Each rule lets go once and for all, except the night and the hours of the policy, which may come after each of them.
MOST_STEPS = 3 * len(CHECKS)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of the day: connected calls to the borrower, unanswered ones to this number, and what stops us.

    `next_allowed_at` is the next moment at which nothing does, now if nothing does; None: a person has to mend it.
    """

    connected_left: int
    unanswered_left: int
    next_allowed_at: dt.datetime | None
    refusal: Refusal | None


def check(facts: ContactFacts, preset: Preset, at: dt.datetime) -> Refusal | None:
    """The first rule that refuses the contact at that moment; None when it is allowed."""
    for rule_id, refuses in CHECKS.items():
        rule = preset.rules[rule_id]
        refusal = refuses(facts, rule, at) if rule.applies(facts.channel) else None
        if refusal:
            return refusal
    return None


def earliest(facts: ContactFacts, preset: Preset, at: dt.datetime) -> dt.datetime | None:
    """The first moment from `at` on at which nothing refuses the contact; None when a person has to mend something."""
    moment = at
    for _ in range(MOST_STEPS):
        refusal = check(facts, preset, moment)
        if refusal is None:
            return moment
        if refusal.next_allowed_at is None:
            return None
        moment = refusal.next_allowed_at
    return None


def budget(facts: ContactFacts, preset: Preset, at: dt.datetime) -> Budget:
    """What is left of the day for this person and number, and what refuses a contact right now."""
    return Budget(
        connected_left=connected_calls.left(facts, preset.rules[CONNECTED], at),
        unanswered_left=unanswered_calls.left(facts, preset.rules[UNANSWERED], at),
        next_allowed_at=earliest(facts, preset, at),
        refusal=check(facts, preset, at),
    )
