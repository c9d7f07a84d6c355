"""CN-FREQ-03: six unanswered attempts a day and number."""

from rulebook.contact_checks.unanswered_calls import left, refuses
from rulebook.contact_rules import PastCall, Refusal
from tests.rulebook.contact_facts import NOON, call, call_to_third_party, facts, moment, rule, third_party

RULE = rule("CN-FREQ-03")
SIX: tuple[PastCall, ...] = tuple(call(f"2026-10-31 09:0{minute}") for minute in range(6))
MIDNIGHT = moment("2026-11-01 00:00")


def test_the_sixth_unanswered_call_of_a_day_is_the_last():
    assert (refuses(facts(calls=SIX[:5]), RULE, NOON), left(facts(calls=SIX[:5]), RULE, NOON)) == (None, 1)
    assert (refuses(facts(calls=SIX), RULE, NOON), left(facts(calls=SIX), RULE, NOON)) == (Refusal(RULE, MIDNIGHT), 0)


def test_the_next_day_brings_new_attempts():
    assert (refuses(facts(calls=SIX), RULE, MIDNIGHT), left(facts(calls=SIX), RULE, MIDNIGHT)) == (None, 6)


def test_more_attempts_than_allowed_leave_none_not_less():
    assert left(facts(calls=SIX + SIX), RULE, NOON) == 0


def test_every_number_has_attempts_of_its_own():
    assert left(facts(calls=SIX, number="another of their own"), RULE, NOON) == 6


def test_an_answered_call_is_no_attempt_in_vain():
    assert left(facts(calls=(*SIX[:5], call("2026-10-31 10:00", connected=True))), RULE, NOON) == 1


def test_a_third_party_is_not_rung_without_end_either():
    theirs = tuple(call_to_third_party(f"2026-10-31 09:0{minute}", connected=False) for minute in range(6))
    assert refuses(third_party(calls=theirs), RULE, NOON) == Refusal(RULE, MIDNIGHT)
    assert refuses(third_party(calls=theirs[:5]), RULE, NOON) is None


def test_without_a_known_time_zone_nothing_is_left():
    assert refuses(facts(zone="Nowhere"), RULE, NOON) == Refusal(RULE, None)
    assert left(facts(zone="Nowhere"), RULE, NOON) == 0
