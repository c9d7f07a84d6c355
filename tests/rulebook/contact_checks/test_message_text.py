"""HOUSE-TEXT-01: an empty message and one with a hole in it are not sent."""

import pytest

from rulebook.contact_checks.message_text import refuses
from rulebook.contact_rules import Refusal
from tests.rulebook.contact_facts import NOON, rule, sms

RULE = rule("HOUSE-TEXT-01")


@pytest.mark.parametrize("text", ["您的贷款已逾期，请还款1,280.50元。", "Please pay CNY 1,280.50 (loan 7).", "7", None])
def test_a_text_that_is_filled_in_or_not_written_yet_passes(text: str | None):
    assert refuses(sms(text=text), RULE, NOON) is None


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "……。"])
def test_a_text_that_says_nothing_is_refused(text: str):
    assert refuses(sms(text=text), RULE, NOON) == Refusal(RULE, None)


@pytest.mark.parametrize("text", ["请还款{amount}元", "Pay {}", "Pay {{amount}}", "Pay amount}", "请还款｛金额｝元"])
def test_a_placeholder_that_nobody_filled_in_is_refused(text: str):
    assert refuses(sms(text=text), RULE, NOON) == Refusal(RULE, None)
