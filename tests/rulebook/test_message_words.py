"""Words that are found however they are written, beside words that only look like them."""

import pytest

from rulebook.message_words import DEBT_WORDS, THIRD_PARTIES, found_in

PHRASES = ("法院传票", "repay", "past due")


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("您将收到法院传票。", "法院传票"),
        ("法 院 传 票", "法院传票"),
        ("法院，传票", "法院传票"),
        ("法-院_传·票", "法院传票"),
        ("法院\n传票", "法院传票"),
        ("法\u200b院\u00ad传票", "法院传票"),
        ("Please repay today", "repay"),
        ("REPAYMENT", "repay"),
        ("您的ｒｅｐａｙ", "repay"),
        ("r.e.p.a.y", "repay"),
        ("PAST-DUE", "past due"),
    ],
)
def test_a_phrase_is_found_in_any_disguise(text: str, phrase: str) -> None:
    assert list(found_in(text, PHRASES)) == [phrase]


@pytest.mark.parametrize("text", ["", "法院", "传票法院", "法院的传票", "prepay", "You may pay", "the past is due"])
def test_what_only_looks_like_a_phrase_is_not_found(text: str) -> None:
    assert list(found_in(text, PHRASES)) == []


def test_a_phrase_without_letters_is_never_found() -> None:
    assert list(found_in("Pay now!!!", ["", "!!!", "pay"])) == ["pay"]


@pytest.mark.parametrize("word", [*DEBT_WORDS, *THIRD_PARTIES])
def test_every_word_of_the_lists_is_found(word: str) -> None:
    assert word in list(found_in(f"A {word}.", [*DEBT_WORDS, *THIRD_PARTIES]))
