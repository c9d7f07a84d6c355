"""HOUSE-VERIFY-01: nobody asks again for what is said to be paid."""

import datetime as dt

from rulebook.contact_checks.verifying import refuses
from rulebook.contact_rules import Purpose, Refusal
from tests.rulebook.contact_facts import EVERY_PURPOSE, NOON, facts, rule

RULE = rule("HOUSE-VERIFY-01")
TOMORROW = NOON + dt.timedelta(days=1)


def test_who_says_it_is_paid_is_left_alone_until_it_is_verified():
    paid = facts(verifying_until=TOMORROW)
    assert refuses(paid, RULE, NOON) == Refusal(RULE, TOMORROW)
    assert refuses(paid, RULE, TOMORROW - dt.timedelta.resolution) == Refusal(RULE, TOMORROW)
    assert refuses(paid, RULE, TOMORROW) is None
    assert refuses(facts(), RULE, NOON) is None


def test_notices_and_answers_do_not_wait_for_the_bank():
    paid = {purpose: facts(verifying_until=TOMORROW, purpose=purpose) for purpose in EVERY_PURPOSE}
    refused = {purpose for purpose, given in paid.items() if refuses(given, RULE, NOON)}
    assert refused == {Purpose.COLLECT, Purpose.DUE_REMINDER, Purpose.LOCATE}
