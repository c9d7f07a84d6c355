"""Reading an XLSX workbook: its first sheet, where text, number and date cells are all understood."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from intake.facts import Row
from intake.readers.refusals import UnreadableFile

# A spreadsheet keeps 15 significant digits of a number.
DIGITS_KEPT = 15
# What a workbook may unpack to: a small file that swells beyond this was made to hurt.
LARGEST_UNPACKED = 1_000_000_000
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    KeyError,
    IndexError,
    ValueError,
    ParseError,
    TypeError,
    AttributeError,
)


def read_xlsx(file: str, content: bytes) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """All rows of the first sheet, the header first, and the names of the sheets that were not read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise UnreadableFile(file, "swollen_xlsx")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # The size that a workbook declares may be wrong and would cut rows off.
        sheet.reset_dimensions()
        rows = tuple(_rows(sheet.iter_rows()))
        names = book.sheetnames
        book.close()
    except _BROKEN as error:
        raise UnreadableFile(file, "broken_xlsx") from error
    return rows, tuple(names[1:])


def _rows(sheet: Iterable[Sequence[Any]]) -> Iterable[Row]:
    width = 0
    for line, cells in enumerate(sheet, start=1):
        read = [_text(cell.value, cell.data_type) for cell in cells]
        if not any(text.strip() for text, _doubt in read):
            continue
        # Cells without content are not stored: the header says how wide a row is, beyond it emptiness means nothing.
        width = width or len(read)
        while len(read) > width and not read[-1][0]:
            read.pop()
        read += [("", "")] * (width - len(read))
        doubts = tuple((place, doubt) for place, (_text_, doubt) in enumerate(read) if doubt)
        yield Row(line, tuple(text for text, _doubt in read), doubts)


def _text(value: Any, data_type: str) -> tuple[str, str]:
    """The text of a cell as CSV would have it, and the rule that its way of being stored breaks."""
    if value is None:
        return "", ""
    if data_type == "e":
        return str(value), "error_cell"
    if isinstance(value, dt.datetime):
        # A time of day stays visible: the check of dates will refuse it.
        return (value.date() if value.time() == dt.time() else value).isoformat(), ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value), ""
    return _number(value)


def _number(value: float) -> tuple[str, str]:
    if abs(value) >= 10**DIGITS_KEPT:
        return f"{value:.0f}", "lost_digits"
    # What the spreadsheet shows: 930.3000000000001 is a 930.3 that went through a formula.
    text = f"{value:.{DIGITS_KEPT}g}"
    return f"{Decimal(text):f}", ""
