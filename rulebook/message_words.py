"""Words that a message must not carry in some place, and how they are found however they are written."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

# Whoever sees a locked screen reads the subject line: none of these may stand there.
DEBT_WORDS = (
    *("逾期", "欠款", "欠费", "欠息", "欠缴", "拖欠", "您欠", "你欠", "债务", "负债"),
    *("催收", "催缴", "催款", "还款", "未还", "待还", "应还", "罚息", "滞纳金", "违约", "失信"),
    *("overdue", "past due", "amount due", "payment due", "arrears", "debt", "repay", "you owe", "owed", "owing"),
    *("penalt", "default interest", "delinquen", "late fee", "late payment", "missed payment", "collections"),
)
# A message is for the borrower: it neither speaks to somebody else nor of telling somebody else.
THIRD_PARTIES = (
    *("您的亲友", "你的亲友", "您的家人", "你的家人", "您的亲属", "你的亲属", "您的家属", "你的家属"),
    *("您的朋友", "你的朋友", "您的同事", "你的同事", "您的单位", "你的单位", "您的联系人", "你的联系人"),
    *("请转告", "请转达", "请代为转", "请通知其", "请告知其"),
    *("your family", "your relative", "your spouse", "your husband", "your wife", "your parents"),
    *("your friend", "your colleague", "your employer", "your neighbour", "your contact person"),
    *("pass this on", "pass this message on", "tell the borrower", "the person you know"),
)
_BETWEEN = r"[\W_]*"  # spaces, punctuation, accents and signs that show nothing


def found_in(text: str, phrases: Collection[str]) -> Iterator[str]:
    """The phrases that stand in the text, also in full width or with spaces or punctuation between their letters."""
    plain = _plain(text)
    for phrase in phrases:
        shape = _shape(phrase)
        if shape and shape.search(plain):
            yield phrase


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _shape(phrase: str) -> re.Pattern[str] | None:
    """What a phrase looks like; None for one without letters."""
    letters = [sign for sign in _plain(phrase) if sign.isalnum()]
    if not letters:
        return None
    # A Latin word is looked for from its beginning on: there is no "repay" in "prepay".
    start = r"(?<![a-z0-9])" if letters[0].isascii() else ""
    return re.compile(start + _BETWEEN.join(re.escape(letter) for letter in letters))
