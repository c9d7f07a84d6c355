"""HOUSE-HOLD-01: which hold stops which purpose, and until when."""

import pytest

from rulebook.contact_checks.held import refuses
from rulebook.contact_rules import Channel, Purpose, Refusal
from tests.rulebook.contact_facts import (
    EVERY_PURPOSE,
    NOON,
    days,
    facts,
    held,
    letter,
    moment,
    rule,
    sms,
    third_party,
    visit,
)

RULE = rule("HOUSE-HOLD-01")
CHASING = {Purpose.COLLECT, Purpose.DUE_REMINDER}


@pytest.mark.parametrize(
    ("kind", "stopped"),
    [
        *((kind, CHASING | {Purpose.LOCATE}) for kind in ("dispute", "hardship", "bankruptcy", "complaint", "fraud")),
        *((kind, CHASING | {Purpose.LOCATE}) for kind in ("regulator", "manual", "a kind of tomorrow")),
        ("deceased", CHASING),
        ("represented", EVERY_PURPOSE),
        ("no_contact", set()),
    ],
)
def test_a_hold_stops_what_its_kind_is_about(kind: str, stopped: set[Purpose]):
    refused = {purpose for purpose in EVERY_PURPOSE if refuses(facts(holds=held(kind), purpose=purpose), RULE, NOON)}
    assert refused == stopped


@pytest.mark.parametrize("purpose", Purpose)
def test_nothing_is_sent_to_a_dead_person_but_the_relatives_may_be_asked(purpose: Purpose):
    for contact in (sms, visit, letter):
        assert refuses(contact(holds=held("deceased"), purpose=purpose), RULE, NOON) == Refusal(RULE, None)
    asked = third_party(holds=held("deceased"), purpose=purpose, channel=Channel.MESSAGE)
    assert bool(refuses(asked, RULE, NOON)) == (purpose in CHASING)


@pytest.mark.parametrize("kind", ["dispute", "bankruptcy", "fraud", "regulator", "manual"])
def test_messages_visits_and_letters_are_stopped_by_the_other_holds_as_calls_are(kind: str):
    for contact in (sms, visit, letter):
        asked = {purpose: contact(holds=held(kind), purpose=purpose) for purpose in EVERY_PURPOSE}
        refused = {purpose for purpose, given in asked.items() if refuses(given, RULE, NOON)}
        assert refused == CHASING | {Purpose.LOCATE}


def test_a_hold_without_an_end_waits_for_a_person():
    assert refuses(facts(holds=held("dispute")), RULE, NOON) == Refusal(RULE, None)
    assert refuses(facts(holds=()), RULE, NOON) is None


def test_a_hold_ends_with_the_first_moment_of_its_last_day_plus_one():
    stopped = facts(holds=held("dispute", until_on=days(3)))
    assert refuses(stopped, RULE, NOON) == Refusal(RULE, moment("2026-11-03 00:00"))
    assert refuses(stopped, RULE, moment("2026-11-02 23:59")) == Refusal(RULE, moment("2026-11-03 00:00"))
    assert refuses(stopped, RULE, moment("2026-11-03 00:00")) is None


def test_of_several_holds_the_last_decides():
    soon, later = held("dispute", until_on=days(1)), held("hardship", until_on=days(5))
    assert refuses(facts(holds=soon + later), RULE, NOON) == Refusal(RULE, moment("2026-11-05 00:00"))
    assert refuses(facts(holds=soon + held("fraud")), RULE, NOON) == Refusal(RULE, None)
    assert refuses(facts(holds=soon + held("no_contact")), RULE, NOON) == Refusal(RULE, moment("2026-11-01 00:00"))


def test_without_a_known_time_zone_no_hold_ends():
    assert refuses(facts(holds=held("dispute", until_on=days(-9)), zone="Nowhere"), RULE, NOON) == Refusal(RULE, None)
    assert refuses(facts(holds=held("dispute", until_on=days(-9))), RULE, NOON) is None
