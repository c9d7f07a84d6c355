"""CN-WHO-05: who asked not to be contacted is not, for whatever purpose."""

import pytest

from rulebook.contact_checks.stop_list import refuses
from rulebook.contact_rules import Purpose, Refusal
from tests.rulebook.contact_facts import NOON, days, facts, held, moment, rule, third_party

RULE = rule("CN-WHO-05")


@pytest.mark.parametrize("purpose", Purpose)
def test_a_stopped_number_is_stopped_for_good_and_for_every_purpose(purpose: Purpose):
    assert refuses(facts(purpose=purpose, number_status="stopped"), RULE, NOON) == Refusal(RULE, None)
    assert refuses(facts(purpose=purpose), RULE, NOON) is None


@pytest.mark.parametrize("purpose", Purpose)
def test_a_request_not_to_be_contacted_stops_every_purpose(purpose: Purpose):
    assert refuses(facts(purpose=purpose, holds=held("no_contact")), RULE, NOON) == Refusal(RULE, None)
    assert refuses(facts(purpose=purpose, holds=held("dispute", "represented")), RULE, NOON) is None


def test_a_request_with_an_end_ends():
    asked = facts(holds=held("no_contact", until_on=days(1)))
    assert refuses(asked, RULE, NOON) == Refusal(RULE, moment("2026-11-01 00:00"))
    assert refuses(asked, RULE, moment("2026-11-01 00:00")) is None


def test_nobody_goes_around_a_request_by_calling_the_family():
    assert refuses(third_party(holds=held("no_contact")), RULE, NOON) == Refusal(RULE, None)
    assert refuses(third_party(number_status="stopped"), RULE, NOON) == Refusal(RULE, None)
    assert refuses(third_party(), RULE, NOON) is None
