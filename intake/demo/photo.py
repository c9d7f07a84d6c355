"""A photo of a door that is nowhere: drawn, so that it shows nobody's."""

import struct
import zlib
from random import Random

WIDTH, HEIGHT = 480, 640
SKY, WALL, FRAME, STEP = (186, 203, 214), (214, 205, 190), (92, 84, 78), (150, 146, 140)
DOORS = ((122, 62, 44), (58, 84, 98), (70, 98, 66), (134, 102, 58))
NOTICE, HANDLE = (244, 240, 226), (206, 176, 96)

Colour = tuple[int, int, int]


def photo(dice: Random) -> bytes:
    """A PNG of a closed door with a sealed envelope on it, 480 by 640 points."""
    door, left = dice.choice(DOORS), dice.randint(110, 170)
    rows = (bytes([0]) + b"".join(bytes(_at(x, y, left, door)) for x in range(WIDTH)) for y in range(0, HEIGHT, 4))
    # Four rows alike are one computed and three copied.
    pixels = b"".join(row * 4 for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")
    )


def _at(x: int, y: int, left: int, door: Colour) -> Colour:
    inside = left <= x < left + 220
    if y >= 580:
        return STEP
    if inside and 300 <= y < 360 and left + 70 <= x < left + 150:
        return NOTICE
    if inside and 330 <= y < 350 and left + 190 <= x < left + 206:
        return HANDLE
    if inside and y >= 150:
        return door
    if y >= 138 and left - 12 <= x < left + 232:
        return FRAME
    return WALL if y >= 40 else SKY


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
