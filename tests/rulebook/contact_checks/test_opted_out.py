"""HOUSE-OPTOUT-01: who stopped a medium gets nothing by it."""

import pytest

from rulebook.contact_checks.opted_out import refuses
from rulebook.contact_rules import Purpose, Refusal
from tests.rulebook.contact_facts import NOON, email, rule, sms

RULE = rule("HOUSE-OPTOUT-01")


@pytest.mark.parametrize("purpose", Purpose)
def test_a_medium_that_the_borrower_stopped_is_stopped_for_every_purpose(purpose: Purpose):
    for message in (sms, email):
        assert refuses(message(purpose=purpose, opted_out=True), RULE, NOON) == Refusal(RULE, None)
        assert refuses(message(purpose=purpose), RULE, NOON) is None


def test_nobody_passes_over_the_wish_of_the_borrower():
    assert (RULE.floor, RULE.override, RULE.exception) == (True, "none", "none")
