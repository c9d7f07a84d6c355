"""CN-VISIT-01: nobody goes inside who was not asked in."""

from rulebook.contact_checks.consent_to_enter import refuses
from rulebook.contact_rules import Refusal
from tests.rulebook.contact_facts import NOON, rule, visit

RULE = rule("CN-VISIT-01")


def test_going_inside_takes_consent_and_standing_at_the_door_does_not():
    assert refuses(visit(enters=True, may_enter=False), RULE, NOON) == Refusal(RULE, None)
    assert refuses(visit(enters=True, may_enter=True), RULE, NOON) is None
    assert refuses(visit(enters=False, may_enter=False), RULE, NOON) is None


def test_nobody_passes_over_it():
    assert (RULE.floor, RULE.override, RULE.applies_to) == (True, "none", ("visit",))
