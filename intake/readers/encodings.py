"""Which of the two encodings lenders use a file is in, decided strictly."""

import codecs
import re

from intake.readers.refusals import UnreadableFile

_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
# Text in GB18030 that happens to be valid UTF-8 gives a stray letter now and then, not several Chinese characters.
SURELY_UTF8 = 3


def decode(file: str, content: bytes) -> str:
    """The text of a file in UTF-8 (with or without a byte order mark) or GB18030; never a guess with holes in it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        not_utf8 = error.start
    marked = content.startswith(codecs.BOM_UTF8)
    # The decoder counts from after the mark.
    not_utf8 += len(codecs.BOM_UTF8) if marked else 0
    read = content[:not_utf8].decode("utf-8-sig", errors="ignore")
    if marked or len(_IDEOGRAPH.findall(read)) >= SURELY_UTF8:
        raise _undecodable(file, "UTF-8", not_utf8)
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _undecodable(file, "UTF-8, GB18030", max(error.start, not_utf8)) from error


def is_utf8(content: bytes) -> bool:
    """Whether a file can be read as UTF-8."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def could_be_gb18030(content: bytes) -> bool:
    """Whether a file that can be read as UTF-8 makes Chinese in GB18030 and none in UTF-8: 谢英 is also лӢ."""
    try:
        read, other = content.decode("utf-8"), content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return not _IDEOGRAPH.search(read) and bool(_IDEOGRAPH.search(other))


def _undecodable(file: str, encodings: str, offset: int) -> UnreadableFile:
    return UnreadableFile(file, "undecodable", encodings=encodings, offset=str(offset))
