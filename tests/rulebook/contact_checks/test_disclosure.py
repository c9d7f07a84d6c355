"""HOUSE-DISCLOSE-01: nobody else reads about the debt."""

import pytest

from rulebook.contact_checks.disclosure import refuses
from rulebook.contact_rules import Purpose, Refusal, Who
from tests.rulebook.contact_facts import NOON, email, rule, sms

RULE = rule("HOUSE-DISCLOSE-01")


@pytest.mark.parametrize("purpose", Purpose)
def test_a_message_about_the_debt_goes_to_nobody_elses_number_or_address(purpose: Purpose):
    for message in (sms, email):
        assert refuses(message(purpose=purpose, number_is_shared=True), RULE, NOON) == Refusal(RULE, None)
        assert refuses(message(purpose=purpose, who=Who.THIRD_PARTY), RULE, NOON) == Refusal(RULE, None)
        assert refuses(message(purpose=purpose), RULE, NOON) is None


def test_a_message_that_says_nothing_of_it_may():
    assert refuses(sms(number_is_shared=True, mentions_debt=False), RULE, NOON) is None
    assert refuses(sms(who=Who.THIRD_PARTY, purpose=Purpose.LOCATE, mentions_debt=False), RULE, NOON) is None
