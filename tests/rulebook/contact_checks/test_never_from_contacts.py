"""CN-WHO-01: nobody collects from a contact."""

from rulebook.contact_checks.never_from_contacts import refuses
from rulebook.contact_rules import Purpose, Refusal
from tests.rulebook.contact_facts import EVERY_PURPOSE, NOON, facts, rule, third_party

RULE = rule("CN-WHO-01")


def test_the_debt_is_collected_from_the_borrower_never_from_a_third_party():
    assert refuses(facts(), RULE, NOON) is None
    assert refuses(third_party(purpose=Purpose.COLLECT), RULE, NOON) == Refusal(RULE, None)
    assert refuses(third_party(purpose=Purpose.COLLECT, is_deceased=True), RULE, NOON) == Refusal(RULE, None)


def test_other_purposes_are_no_matter_of_this_rule():
    others = EVERY_PURPOSE - {Purpose.COLLECT}
    assert [refuses(third_party(purpose=purpose), RULE, NOON) for purpose in others] == [None] * len(others)
