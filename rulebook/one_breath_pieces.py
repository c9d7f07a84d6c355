"""The one-breath line cut into words and free text, each with the place where it stands in the line as typed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# A comma stays inside a number where it groups thousands (2,000), and separates everywhere else.
_PIECE = re.compile(
    r"""
    //(?P<rest>.*)
    | "(?P<quoted>[^"]*)"?
    | [“”](?P<curly>[^“”]*)[“”]?
    | (?P<word>(?: (?<![\w.+:/-])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]) | (?!//)[^\s,、"“”] )+)
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word in small letters and half width, or a free text as typed; `start` and `end` count characters."""

    text: str
    start: int
    end: int
    is_free: bool


def pieces(line: str) -> Iterator[Piece]:
    """The words and free texts of the line, from left to right; an empty free text is none."""
    plain = half_width(line)
    for found in _PIECE.finditer(plain):
        kind = found.lastgroup or ""
        is_free = kind != "word"
        text = line[found.start(kind) : found.end(kind)].strip() if is_free else found.group().lower()
        if text:
            yield Piece(text, found.start(), found.end(), is_free)


def half_width(line: str) -> str:
    """The line with full-width marks made half width (NFKC), as long as it was, so that every place stays valid."""
    return "".join(folded if len(folded := unicodedata.normalize("NFKC", mark)) == 1 else mark for mark in line)
