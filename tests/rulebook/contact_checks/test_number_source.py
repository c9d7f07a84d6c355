"""CN-WHO-06: where a number may come from."""

import pytest

from rulebook.contact_checks.number_source import refuses
from rulebook.contact_rules import Refusal
from tests.rulebook.contact_facts import NOON, facts, rule

RULE = rule("CN-WHO-06")


@pytest.mark.parametrize(
    "source", ["contract", "left_by_borrower", "authorised", "public", "reserved_contact", "bureau_authorised"]
)
def test_a_number_with_a_lawful_source_may_be_called(source: str):
    assert refuses(facts(number_source=source), RULE, NOON) is None


@pytest.mark.parametrize("source", ["", "bought", "Contract"])
def test_a_number_without_a_lawful_source_may_not(source: str):
    assert refuses(facts(number_source=source), RULE, NOON) == Refusal(RULE, None)
