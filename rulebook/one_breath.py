"""The one-breath line: what a collector types right after hanging up, `PTP 2000 fri`, read into what was said.

docs/one-breath.md has the grammar, every word and how doubts are settled. Reading never fails: a word that is not
understood is pointed at, and nothing is guessed in its place.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict, cast

from rulebook.money import to_cents
from rulebook.one_breath_pieces import Piece, half_width, pieces
from rulebook.one_breath_when import clock, day, moment
from rulebook.one_breath_words import AMOUNT_UNITS, DAY_WORDS, MEANINGS

# What a free text answers: everything of an outcome that has no words of its own.
ANSWERED_BY_TEXT = frozenset({"text", "type", "offer", "source", "lawyer"})
LARGEST = Decimal(10) ** 12  # amounts are kept with twelve digits before the point
_LONGEST_HINTED = 20  # nobody mistypes a word of that length, and comparing takes its time

_AMOUNT = re.compile(r"¥?(?P<number>[0-9]{1,12}(?:\.[0-9]{1,6})?)(?P<unit>[k千万]?)[元块]?")
_MARK = re.compile(r"(?P<mark>[wapt])(?P<number>[0-9]{1,2})")
_MARKS: Mapping[str, tuple[str, range]] = {
    "w": ("willingness", range(4)),
    "a": ("ability", range(4)),
    "p": ("phone", range(1, 100)),
    "t": ("third_party", range(1, 100)),
}


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """An outcome code and the fields it cannot do without."""

    code: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word that was not understood: where it stands in the line, in characters, and the closest word there is."""

    text: str
    start: int
    end: int
    hint: str = ""


class Fields(TypedDict, total=False):
    """What was said besides the outcome; what was not said is not in it. Phones and third parties count from one."""

    amount: Decimal
    date: dt.date
    at: dt.datetime
    method: str
    reason: str
    relation: str
    channel: str
    text: str
    willingness: int
    ability: int
    explained: bool
    inbound: bool
    phone: int
    third_party: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says: the outcome ("" for none), its fields, the words not understood and what is still missing."""

    code: str
    fields: Fields
    unknown: tuple[Unknown, ...]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """An outcome is named, every word is understood and nothing is missing."""
        return bool(self.code) and not self.unknown and not self.missing


def parse(line: str, outcomes: Mapping[str, OutcomeWords], now: dt.datetime) -> Said:
    """Read the line as typed at `now`, the aware local time of the portfolio; no text makes it fail."""
    codes = {half_width(code).lower(): outcome for code, outcome in outcomes.items()}
    found: dict[str, tuple[object, Piece]] = {}
    doubts: list[tuple[Piece, str]] = []
    for piece in pieces(line):
        readings = _read(piece, codes, now.date(), outcome_is_named="code" in found)
        if not readings:
            doubts.append((piece, _hint(piece.text, codes)))
        elif any(name in found and found[name][0] != value for name, value in readings):
            doubts.append((piece, ""))
        else:
            found |= {name: (value, piece) for name, value in readings if name not in found}
    doubts += _settle_time(found, now)
    values = {name: value for name, (value, _) in found.items()}
    outcome = cast("OutcomeWords | None", values.pop("code", None))
    answered = values.keys() | (ANSWERED_BY_TEXT if "text" in values else set())
    return Said(
        code=outcome.code if outcome else "",
        fields=cast("Fields", values),
        unknown=tuple(_pointed_at(line, doubts)),
        missing=tuple(name for name in outcome.requires if name not in answered) if outcome else (),
    )


def _read(
    piece: Piece, codes: Mapping[str, OutcomeWords], today: dt.date, *, outcome_is_named: bool
) -> list[tuple[str, object]]:
    """The fields a piece fills: none when it is not understood, two for a day and a time written in one."""
    word = piece.text
    if piece.is_free:
        return [("text", word)]
    # A code comes first; once there is one, a word that is a code as well is taken for the word.
    if word in codes and not (outcome_is_named and word in MEANINGS):
        return [("code", codes[word])]
    if word in MEANINGS:
        return [MEANINGS[word]]
    readings = {"date": day(word, today), "clock": clock(word), "amount": _amount(word)}
    said: list[tuple[str, object]] = [(name, value) for name, value in readings.items() if value is not None]
    return said or list(_marked(word)) or _day_and_time(word, today)


def _amount(word: str) -> Decimal | None:
    """The amount a word names, in the portfolio's currency: above zero and with whole cents, else None."""
    found = _AMOUNT.fullmatch(re.sub(r"(?<=[0-9]),(?=[0-9])", "", word))
    if not found:
        return None
    value = Decimal(found["number"]).scaleb(AMOUNT_UNITS[found["unit"]])
    has_cents = int(value.as_tuple().exponent) >= -2
    return to_cents(value) if has_cents and 0 < value < LARGEST else None


def _marked(word: str) -> Iterator[tuple[str, object]]:
    found = _MARK.fullmatch(word)
    if found:
        name, allowed = _MARKS[found["mark"]]
        if int(found["number"]) in allowed:
            yield name, int(found["number"])


def _day_and_time(word: str, today: dt.date) -> list[tuple[str, object]]:
    """明天下午3点 is written in one; a day that ends in a figure is not cut, since the cut would be a guess."""
    for cut in range(1, min(len(word), _LONGEST_HINTED)):
        if word[cut - 1].isascii():
            continue
        on, at = day(word[:cut], today), clock(word[cut:])
        if on is not None and at is not None:
            return [("date", on), ("clock", at)]
    return []


def _settle_time(found: dict[str, tuple[object, Piece]], now: dt.datetime) -> list[tuple[Piece, str]]:
    """Turn a time of day into a moment, or point at the word when there is no such moment on that date."""
    if "clock" not in found:
        return []
    said, piece = found.pop("clock")
    on = found["date"][0] if "date" in found else None
    at = moment(cast("dt.time | dt.timedelta", said), cast("dt.date | None", on), now)
    if at is None:
        return [(piece, "")]
    found["at"] = (at, piece)
    return []


def _hint(word: str, codes: Mapping[str, OutcomeWords]) -> str:
    """The closest known word; a mistyped figure has none, it would only mislead."""
    if len(word) > _LONGEST_HINTED or any(mark.isdecimal() for mark in word):
        return ""
    close = difflib.get_close_matches(word, [*codes, *MEANINGS, *DAY_WORDS], n=1, cutoff=0.5)
    if not close:
        return ""
    return codes[close[0]].code if close[0] in codes else close[0]


def _pointed_at(line: str, doubts: Iterable[tuple[Piece, str]]) -> Iterator[Unknown]:
    for piece, hint in sorted(doubts, key=lambda doubt: doubt[0].start):
        yield Unknown(line[piece.start : piece.end], piece.start, piece.end, hint)
