"""How a name may be typed on a keyboard: its full pinyin and its initials, with the usual alternatives."""

import itertools
import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin, pinyin

READINGS_PER_CHARACTER = 3
SPELLINGS_PER_NAME = 32

# Surnames of two characters whose reading is their own.
DOUBLE_SURNAMES: dict[str, tuple[str, str]] = {
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
    "长孙": ("zhang", "sun"),
    "令狐": ("ling", "hu"),
    "澹台": ("tan", "tai"),
    "单于": ("chan", "yu"),
    "宰父": ("zai", "fu"),
}
# Characters that are read differently as a surname. Not a legal list: the common ones of 百家姓.
SURNAMES: dict[str, tuple[str, ...]] = {
    "单": ("shan",), "曾": ("zeng",), "仇": ("qiu",), "解": ("xie",), "任": ("ren",), "查": ("zha",),
    "盖": ("ge", "gai"), "朴": ("piao",), "区": ("ou",), "华": ("hua",), "翟": ("zhai", "di"), "纪": ("ji",),
    "缪": ("miao",), "冼": ("xian",), "洗": ("xian",), "乐": ("yue", "le"), "员": ("yun",), "黑": ("he", "hei"),
    "折": ("she",), "覃": ("qin", "tan"), "种": ("chong",), "繁": ("po",), "祭": ("zhai", "ji"), "牟": ("mou", "mu"),
    "逄": ("pang",), "隗": ("wei", "kui"), "訾": ("zi",), "郇": ("xun", "huan"), "郗": ("xi", "chi"), "燕": ("yan",),
    "应": ("ying",), "那": ("na",), "哈": ("ha",), "召": ("shao",), "葛": ("ge",), "车": ("che",), "石": ("shi",),
    "沈": ("shen",), "谌": ("chen", "shen"), "尉": ("wei",), "宿": ("su",), "柏": ("bai", "bo"), "秘": ("bi", "mi"),
    "阚": ("kan",), "晁": ("chao",), "俞": ("yu",), "余": ("yu",), "佘": ("she",), "芮": ("rui",), "撒": ("sa",),
    "瞿": ("qu",), "卜": ("bu",), "么": ("yao",), "幺": ("yao",), "宓": ("mi", "fu"), "过": ("guo",), "教": ("jiao",),
}  # fmt: skip


def folded(text: str) -> str:
    """Latin letters only, without case, accents, spaces or apostrophes: "Lǐ Shùn-huá" is lishunhua; ü is v."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    for marked in "üǖǘǚǜ":
        plain = plain.replace(marked, "v")
    return "".join(mark for mark in unicodedata.normalize("NFD", plain) if "a" <= mark <= "z")


@lru_cache(maxsize=20_000)
def _typed(reading: str) -> tuple[str, ...]:
    # lü is typed lv, written lyu in passports and lu by people in a hurry.
    if "v" not in reading:
        return (reading,)
    return (reading, reading.replace("v", "yu"), reading.replace("v", "u"))


@lru_cache(maxsize=20_000)
def _readings(character: str) -> tuple[str, ...]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True)[0][:READINGS_PER_CHARACTER]
    return tuple(typed for reading in found for typed in _typed(folded(reading)))


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK UNIFIED")


def _words(name: str) -> list[str]:
    """One entry for each Chinese character and for each word in letters."""
    spaced = "".join(f" {mark} " if _is_han(mark) else mark if mark.isalpha() else " " for mark in name)
    return spaced.split()


def _choices(name: str) -> list[tuple[str, ...]]:
    """For each part of the name, the ways to type it, a surname's own reading first."""
    words = _words(name)
    choices: list[tuple[str, ...]] = []
    if len(words) > 2 and (double := DOUBLE_SURNAMES.get("".join(words[:2]))):
        choices, words = [(part,) for part in double], words[2:]
    elif len(words) > 1 and (own := SURNAMES.get(words[0])):
        choices, words = [tuple(dict.fromkeys((*own, *_readings(words[0]))))], words[1:]
    given = [_readings(word) if _is_han(word[0]) else (folded(word),) for word in words]
    return [choice for choice in (*choices, *given) if choice != ("",)]


def spellings(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The full pinyin and the initials under which a name may be looked for: lishunhua and lsh."""
    choices = _choices(unicodedata.normalize("NFKC", name))
    whole = {"".join(parts) for parts in itertools.islice(itertools.product(*choices), SPELLINGS_PER_NAME)}
    # Read as a phrase too: the most likely reading of the whole name is there even when the list above was cut.
    whole.add(folded("".join(lazy_pinyin(name, style=Style.NORMAL))))
    letters = [tuple(dict.fromkeys(part[0] for part in choice)) for choice in choices]
    initials = {"".join(parts) for parts in itertools.islice(itertools.product(*letters), SPELLINGS_PER_NAME)}
    return frozenset(whole - {""}), frozenset(initials - {""})
