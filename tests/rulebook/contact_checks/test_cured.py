"""HOUSE-CURED-01: no arrears, no collection."""

from rulebook.contact_checks.cured import refuses
from rulebook.contact_rules import Purpose, Refusal
from tests.rulebook.contact_facts import EVERY_PURPOSE, NOON, facts, rule

RULE = rule("HOUSE-CURED-01")


def test_a_cured_borrower_is_not_collected_from_until_somebody_owes_again():
    assert refuses(facts(is_cured=True), RULE, NOON) == Refusal(RULE, None)
    assert refuses(facts(is_cured=False), RULE, NOON) is None


def test_a_cured_borrower_still_gets_reminders_notices_and_answers():
    refused = {purpose for purpose in EVERY_PURPOSE if refuses(facts(is_cured=True, purpose=purpose), RULE, NOON)}
    assert refused == {Purpose.COLLECT, Purpose.LOCATE}
