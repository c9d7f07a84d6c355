"""The words with which somebody asks to be written to no more."""

import unicodedata

STOP_WORDS = frozenset({"td", "t", "退订", "td退订", "取消", "停止", "stop", "unsubscribe"})
# Punctuation, blanks, and marks that nobody sees, by the first letter of their Unicode category.
LEFT_OUT = "PZC"


def is_stop(text: str) -> bool:
    """Whether a whole message is one of these words, in any width and case, whatever punctuation is around it."""
    word = "".join(
        mark for mark in unicodedata.normalize("NFKC", text) if unicodedata.category(mark)[0] not in LEFT_OUT
    )
    return word.casefold() in STOP_WORDS
