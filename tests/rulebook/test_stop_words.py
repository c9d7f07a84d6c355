"""Which whole messages ask us to stop, however they are written, and which only speak of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.stop_words import STOP_WORDS, is_stop


@pytest.mark.parametrize(
    "text",
    [
        "TD",
        "td",
        "T",
        "ＴＤ",
        " 退订 ",
        "退订。",
        "【退订】",
        "退 订!",
        "TD退订",
        "STOP",
        "Stop.",
        "unsubscribe",
        "取消",
        "停止",
        "t\u200bd",
    ],
)
def test_a_stop_word_is_known_in_any_width_case_and_punctuation(text):
    assert is_stop(text)


@pytest.mark.parametrize("text", ["", "  ", "?!", "已还款", "怎么退订", "stop calling me", "不要停止", "tdx", "T1"])
def test_a_message_that_says_more_or_something_else_is_for_a_person(text):
    assert not is_stop(text)


@given(st.sampled_from(sorted(STOP_WORDS)), st.text(" 。，!.\n　", max_size=5), st.booleans())
def test_what_stands_around_a_word_changes_nothing(word, around, loud):
    assert is_stop(around + (word.upper() if loud else word) + around)
