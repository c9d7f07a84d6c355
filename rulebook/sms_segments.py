"""How many parts a text message takes: each part is paid for, and a long message may arrive in pieces.

A text of the GSM 7-bit default alphabet (3GPP TS 23.038) fits 160 units into one message and 153 into each part of a
longer one; any other text is sent in UCS-2 with 70 and 67.
"""

from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape and a second unit
_LAST_OF_ONE_UNIT = 0xFFFF


class Encoding(StrEnum):
    """How a text message is written on its way."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
EACH_OF_SEVERAL = {Encoding.GSM7: 153, Encoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text is cut: its length in units, its parts, and how many units more fit into the last one."""

    encoding: Encoding
    units: int
    parts: int
    left_in_last: int


def segments(text: str) -> Segments:
    """Cut a text message into its parts; a sign of two units is never torn apart."""
    gsm7 = all(sign in _BASIC or sign in _EXTENSION for sign in text)
    encoding = Encoding.GSM7 if gsm7 else Encoding.UCS2
    widths = [2 if (sign in _EXTENSION if gsm7 else ord(sign) > _LAST_OF_ONE_UNIT) else 1 for sign in text]
    units = sum(widths)
    if units <= ALONE[encoding]:
        return Segments(encoding, units, 1 if units else 0, ALONE[encoding] - units)
    parts, room = 0, 0
    for width in widths:
        if width > room:
            parts, room = parts + 1, EACH_OF_SEVERAL[encoding]
        room -= width
    return Segments(encoding, units, parts, room)
