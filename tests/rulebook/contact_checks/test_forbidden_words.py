"""CN-FORB-01: what no message says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.contact_checks.forbidden_words import refuses
from rulebook.contact_rules import Refusal
from tests.rulebook.contact_facts import NOON, rule, sms
from tests.rulebook.histories import examples

RULE = rule("CN-FORB-01")
PHRASES = RULE.values["phrases"]


@pytest.mark.parametrize("text", ["您的贷款已逾期，请于今日还款。", "坐公交去单位", "", None])
def test_a_text_without_threats_passes(text: str | None):
    assert refuses(sms(text=text), RULE, NOON) is None


@pytest.mark.parametrize("phrase", PHRASES)
def test_each_phrase_of_the_list_is_refused_wherever_it_stands(phrase: str):
    assert refuses(sms(text=f"今日不还款，{phrase}！"), RULE, NOON) == Refusal(RULE, None)
    assert refuses(sms(text=phrase), RULE, NOON) == Refusal(RULE, None)


@given(
    phrase=st.sampled_from(PHRASES),
    gaps=st.lists(st.sampled_from(["", " ", "\n", "\u3000", "\u200b", "\u2060", "-", "，"]), min_size=5, max_size=5),
)
@examples(50)
def test_a_phrase_is_not_hidden_by_what_is_put_between_its_letters(phrase: str, gaps: list[str]):
    text = "".join(sign + gap for sign, gap in zip(phrase, [*gaps, ""], strict=False))
    assert refuses(sms(text=f"列入{text}"), RULE, NOON) == Refusal(RULE, None)
