"""From the bytes of a file to the rows of one of the five files of a tape."""

from collections import Counter
from dataclasses import dataclass

from intake.columns import COLUMNS, REJECT_COLUMNS, Kind, field_of, kind_of_labels, kind_of_name, plain_label
from intake.facts import Finding, Row, Sheet, Tape
from intake.readers.csv_files import read_csv
from intake.readers.encodings import could_be_gb18030, is_utf8
from intake.readers.refusals import UnreadableFile, UnreadableTape
from intake.readers.xlsx_files import read_xlsx

READERS = {".csv": read_csv, ".xlsx": read_xlsx}


@dataclass(frozen=True, slots=True)
class TapeFile:
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


def ending_of(name: str) -> str:
    """`.csv` or `.xlsx` in small letters, whatever else a name ends with as it is."""
    return "." + name.rsplit(".", 1)[-1].casefold()


def read_tape(files: list[TapeFile]) -> Tape:
    """All files of a tape; raises UnreadableTape with everything that keeps files from being read."""
    sheets: dict[Kind, Sheet] = {}
    problems: list[Finding] = []
    beside_gb18030 = any(ending_of(file.name) == ".csv" and not is_utf8(file.content) for file in files)
    for file in files:
        try:
            sheet = read_sheet(file, beside_gb18030=beside_gb18030)
        except UnreadableFile as problem:
            problems.append(problem.finding)
            continue
        if sheet.kind in sheets:
            same = UnreadableFile(file.name, "same_kind", other=sheets[sheet.kind].file, kind=sheet.kind.value)
            problems.append(same.finding)
        sheets[sheet.kind] = sheet
    if problems:
        raise UnreadableTape(tuple(problems))
    return Tape(sheets)


def read_sheet(file: TapeFile, *, beside_gb18030: bool = False) -> Sheet:
    """One file; its name says which of the five it is, else its columns do.

    `beside_gb18030` says that other files of the tape are surely in GB18030, which decides where both are possible.
    """
    reader = READERS.get(ending_of(file.name))
    if reader is None:
        raise UnreadableFile(file.name, "unknown_ending")
    content = file.content
    if beside_gb18030 and ending_of(file.name) == ".csv" and could_be_gb18030(content):
        content = content.decode("gb18030").encode()
    rows, unread_sheets = reader(file.name, content)
    if not rows:
        raise UnreadableFile(file.name, "empty_file")
    header = rows[0].cells
    kind = kind_of_name(file.name) or kind_of_labels(header)
    if kind is None:
        raise UnreadableFile(file.name, "unknown_kind")
    return _sheet(kind, file.name, rows, unread_sheets)


def _sheet(kind: Kind, file: str, rows: tuple[Row, ...], unread_sheets: tuple[str, ...]) -> Sheet:
    header = rows[0].cells
    fields = [field_of(kind, label) for label in header]
    counts = Counter(field for field in fields if field)
    wanted = [column.field for column in COLUMNS[kind]]
    added = {plain_label(label) for label in REJECT_COLUMNS}
    return Sheet(
        kind=kind,
        file=file,
        header=header,
        places={field: place for place, field in reversed(list(enumerate(fields))) if field},
        rows=tuple(row for row in rows[1:] if len(row.cells) == len(header)),
        misshapen=tuple(row for row in rows[1:] if len(row.cells) != len(header)),
        missing=tuple(field for field in wanted if not counts[field]),
        repeated=tuple(field for field in wanted if counts[field] > 1),
        extra=tuple(
            label for label, field in zip(header, fields, strict=True) if not field and plain_label(label) not in added
        ),
        unread_sheets=unread_sheets,
        header_line=rows[0].line,
    )
