"""Reading a CSV file: comma, quotes as RFC 4180 has them, lines counted as an editor counts them."""

import csv
import io

from intake.facts import Row
from intake.readers.encodings import decode
from intake.readers.refusals import UnreadableFile

# A cell longer than this is an unclosed quote that swallowed the rest of the file.
csv.field_size_limit(100_000)


def read_csv(file: str, content: bytes) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """All rows of a CSV file, the header first; a quoted cell may run over several lines."""
    reader = csv.reader(io.StringIO(decode(file, content), newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(file, "broken_csv", line=line) from error
    return tuple(rows), ()
