"""HOUSE-PROMISE-01: an open promise mutes collection."""

from rulebook.contact_checks.promised import refuses
from rulebook.contact_rules import Purpose, Refusal
from tests.rulebook.contact_facts import EVERY_PURPOSE, NOON, days, facts, moment, rule

RULE = rule("HOUSE-PROMISE-01")


def test_an_open_promise_mutes_collection_through_its_last_day():
    promised = facts(promise_until_on=days(1))
    assert refuses(promised, RULE, NOON) == Refusal(RULE, moment("2026-11-02 00:00"))
    assert refuses(promised, RULE, moment("2026-11-01 23:59")) == Refusal(RULE, moment("2026-11-02 00:00"))
    assert refuses(promised, RULE, moment("2026-11-02 00:00")) is None
    assert refuses(facts(), RULE, NOON) is None


def test_the_last_day_is_that_of_the_borrower():
    overseas = facts(promise_until_on=days(0), zone="America/New_York")
    one_in_the_night_in_shanghai = moment("2026-11-01 01:00")
    assert refuses(facts(promise_until_on=days(0)), RULE, one_in_the_night_in_shanghai) is None
    assert refuses(overseas, RULE, one_in_the_night_in_shanghai) == Refusal(
        RULE, moment("2026-11-01 00:00", "America/New_York")
    )


def test_the_reminder_before_a_promise_and_other_purposes_are_allowed():
    promised = {purpose: facts(promise_until_on=days(1), purpose=purpose) for purpose in EVERY_PURPOSE}
    refused = {purpose for purpose, given in promised.items() if refuses(given, RULE, NOON)}
    assert refused == {Purpose.COLLECT, Purpose.LOCATE}


def test_without_a_known_time_zone_a_promise_is_never_over():
    assert refuses(facts(promise_until_on=days(-9), zone="Nowhere"), RULE, NOON) == Refusal(RULE, None)
    assert refuses(facts(promise_until_on=days(-9)), RULE, NOON) is None
