"""HOUSE-NUMBER-01: which numbers are in use."""

import pytest

from rulebook.contact_checks.number_status import refuses
from rulebook.contact_rules import Refusal
from tests.rulebook.contact_facts import NOON, email, facts, rule

RULE = rule("HOUSE-NUMBER-01")


def test_a_number_in_use_may_be_called():
    assert refuses(facts(number_status="ok"), RULE, NOON) is None


@pytest.mark.parametrize("status", ["wrong", "invalid", "", "a status of tomorrow"])
def test_any_other_number_or_address_is_not_tried(status: str):
    assert refuses(facts(number_status=status), RULE, NOON) == Refusal(RULE, None)
    assert refuses(email(number_status=status), RULE, NOON) == Refusal(RULE, None)
    assert refuses(email(), RULE, NOON) is None
