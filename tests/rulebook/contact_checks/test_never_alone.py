"""CN-VISIT-02: at least two people go."""

import pytest

from rulebook.contact_checks.never_alone import refuses
from rulebook.contact_rules import Refusal
from tests.rulebook.contact_facts import NOON, rule, visit

RULE = rule("CN-VISIT-02")


@pytest.mark.parametrize("visitors", [0, 1])
def test_nobody_goes_alone(visitors: int):
    assert refuses(visit(visitors=visitors), RULE, NOON) == Refusal(RULE, None)


@pytest.mark.parametrize("visitors", [2, 3])
def test_two_people_go_and_more_may(visitors: int):
    assert refuses(visit(visitors=visitors), RULE, NOON) is None


def test_it_is_custom_and_a_second_person_may_pass_over_it():
    assert (RULE.confidence, RULE.override, RULE.floor) == ("practice", "second_person", False)
