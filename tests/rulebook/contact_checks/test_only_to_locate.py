"""CN-WHO-02: when a third party may be asked where the borrower is."""

from rulebook.contact_checks.only_to_locate import refuses
from rulebook.contact_rules import PastCall, Purpose, Refusal
from tests.rulebook.contact_facts import (
    EVERY_PURPOSE,
    NOON,
    call,
    call_to_third_party,
    facts,
    moment,
    rule,
    third_party,
)

RULE = rule("CN-WHO-02")
FAILED: tuple[PastCall, ...] = (call("2026-10-30 09:00"), call("2026-10-30 13:00"), call("2026-10-30 19:00"))


def test_a_third_party_is_asked_where_an_unreachable_borrower_is_and_nothing_else():
    asked = {purpose: third_party(purpose=purpose, own_numbers_usable=0) for purpose in EVERY_PURPOSE}
    assert {purpose for purpose, given in asked.items() if not refuses(given, RULE, NOON)} == {Purpose.LOCATE}
    assert refuses(third_party(purpose=Purpose.NOTICE, own_numbers_usable=0), RULE, NOON) == Refusal(RULE, None)


def test_the_borrower_is_no_matter_of_this_rule():
    assert [refuses(facts(purpose=purpose), RULE, NOON) for purpose in Purpose] == [None] * len(Purpose)


def test_a_borrower_who_can_be_reached_is_not_looked_for():
    assert refuses(third_party(own_numbers_usable=1), RULE, NOON) == Refusal(RULE, None)
    assert refuses(third_party(own_numbers_usable=0), RULE, NOON) is None
    assert refuses(third_party(is_deceased=True), RULE, NOON) is None


def test_three_failed_calls_in_a_row_count_from_the_next_day_on():
    assert refuses(third_party(calls=FAILED), RULE, moment("2026-10-30 20:00")) == Refusal(
        RULE, moment("2026-10-31 00:00")
    )
    assert refuses(third_party(calls=FAILED), RULE, moment("2026-10-31 00:00")) is None
    assert refuses(third_party(calls=FAILED[:2]), RULE, NOON) == Refusal(RULE, None)


def test_further_failed_calls_take_nothing_back():
    assert refuses(third_party(calls=(*FAILED, call("2026-10-31 09:00"))), RULE, NOON) is None


def test_a_call_that_was_answered_starts_the_row_anew():
    answered = call("2026-10-30 15:00", connected=True)
    assert refuses(third_party(calls=(*FAILED[:2], answered, FAILED[2])), RULE, NOON) == Refusal(RULE, None)
    assert refuses(third_party(calls=(answered, *FAILED)), RULE, NOON) is None


def test_a_call_still_reserved_may_yet_reach_the_borrower():
    assert refuses(third_party(calls=(*FAILED, call("2026-10-31 11:59", connected=True))), RULE, NOON) == Refusal(
        RULE, None
    )


def test_calls_to_third_parties_say_nothing_about_the_borrower():
    theirs = tuple(call_to_third_party(f"2026-10-30 {hour}:00", connected=False) for hour in (10, 11, 12))
    assert refuses(third_party(calls=theirs), RULE, NOON) == Refusal(RULE, None)
    answered = call_to_third_party("2026-10-30 20:00", connected=True)
    assert refuses(third_party(calls=(*FAILED, answered)), RULE, NOON) is None


def test_without_a_known_time_zone_the_next_day_never_comes():
    assert refuses(third_party(calls=FAILED, zone="Nowhere"), RULE, NOON) == Refusal(RULE, None)
