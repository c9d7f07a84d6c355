"""What the checks look at: the rows of a tape as sent and as understood, and what is already on file."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from intake.columns import Kind
from rulebook.masking import mask, redact
from rulebook.tape import NewBorrower, NewContact, NewInstalment, NewLoan, NewPayment

T = TypeVar("T")
REFERENCES = frozenset({"borrower_no", "loan_no", "payment_ref", "portfolio"})
LONGEST_SHOWN = 60
NO_REFERENCE = {"unknown_loan", "unknown_borrower", "reference_with_space", "too_long", "control_character"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as sent: its line in the file, its cells in the file's order and what the reader had to say."""

    line: int
    cells: tuple[str, ...]
    # (position, rule code) of cells that the reader could not take at their word, e.g. a number that lost digits.
    doubts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a line cannot be loaded; `value` is already masked and `details` fill the sentence of the rule."""

    file: str
    line: int
    field: str
    value: str
    rule: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One file of a tape as it was read; `places` says in which position each known field stands."""

    kind: Kind
    file: str
    header: tuple[str, ...]
    places: Mapping[str, int]
    rows: tuple[Row, ...]
    # Rows with more or fewer cells than the header: which cell means what cannot be known.
    misshapen: tuple[Row, ...] = ()
    missing: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    unread_sheets: tuple[str, ...] = ()
    header_line: int = 1

    @property
    def readable(self) -> bool:
        """True when every column is there exactly once, so that its rows can be looked at."""
        return not self.missing and not self.repeated

    @cached_property
    def _columns(self) -> dict[str, list[str]]:
        # References keep their spaces: " L1" and "L1" must not become one loan.
        return {
            field: [row.cells[place] if field in REFERENCES else row.cells[place].strip() for row in self.rows]
            for field, place in self.places.items()
        }

    def column(self, name: str) -> list[str]:
        """One field of every row, in the order of the rows; empty texts when the column is missing."""
        return self._columns.get(name) or [""] * len(self.rows)

    def finding(self, line: int, field: str, value: str, rule: str, /, **details: str) -> Finding:
        """Say what is wrong on a line, with the value masked."""
        shown = mask(field, value)
        # A reference is shown as it is; where it leads nowhere it may be a phone in the wrong column.
        shown = shown if field in REFERENCES and rule not in NO_REFERENCE else redact(shown)
        return Finding(self.file, line, field, shown[:LONGEST_SHOWN], rule, tuple(details.items()))

    def findings(self, field: str, rule_of: Callable[[str], str | None], **details: str) -> Iterator[Finding]:
        """One finding for each filled cell of a column that breaks a rule; each different text is looked at once."""
        column = self.column(field)
        broken = {text: rule for text in set(column) if text and (rule := rule_of(text))}
        if broken:
            for row, text in zip(self.rows, column, strict=True):
                if text in broken:
                    yield self.finding(row.line, field, text, broken[text], **details)


@dataclass(frozen=True)
class Tape:
    """The files that came together; a kind that is not there was not sent."""

    sheets: Mapping[Kind, Sheet]

    def of(self, *kinds: Kind) -> Iterator[Sheet]:
        """Those files of the kinds that were sent and whose columns are all there."""
        return (sheet for kind in kinds if (sheet := self.sheets.get(kind)) and sheet.readable)

    def of_any(self) -> Iterator[Sheet]:
        """All files that were sent, in the order in which they are loaded."""
        return (self.sheets[kind] for kind in Kind if kind in self.sheets)

    def references(self, kind: Kind, name: str) -> set[str]:
        """Every reference that a file names in a column, also in rows or files that cannot be read otherwise."""
        sheet = self.sheets.get(kind)
        if sheet is None or name not in sheet.places:
            return set()
        place = sheet.places[name]
        return set(sheet.column(name)) | {row.cells[place] for row in sheet.misshapen if place < len(row.cells)}


@dataclass(frozen=True, slots=True)
class Line(Generic[T]):
    """A row that could be understood, and the line it stands on."""

    line: int
    row: T


@dataclass(frozen=True)
class Understood:
    """The rows of a tape in the portal's words; rows with a cell that cannot be read are not among them."""

    borrowers: tuple[Line[NewBorrower], ...] = ()
    contacts: tuple[Line[NewContact], ...] = ()
    loans: tuple[Line[NewLoan], ...] = ()
    instalments: tuple[Line[NewInstalment], ...] = ()
    payments: tuple[Line[NewPayment], ...] = ()


@dataclass(frozen=True)
class OnFile:
    """What the portal already holds of the references a tape uses, as far as whoever imports may see it."""

    # Digest of the content of each borrower and contact on file, and of those the tape brings.
    borrowers: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)
    # Borrowers on file who may be referred to without being in the tape.
    known_borrowers: frozenset[str] = frozenset()
    loans: Mapping[str, NewLoan] = field(default_factory=dict)
    schedules: Mapping[str, tuple[NewInstalment, ...]] = field(default_factory=dict)
    payments: Mapping[str, NewPayment] = field(default_factory=dict)
    # Portfolios that exist but belong to others, and loans that are in them.
    hidden_portfolios: frozenset[str] = frozenset()
    hidden_loans: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Digests:
    """The content of the tape's borrowers and contacts by line, in a form that can be compared but not read."""

    borrowers: Mapping[int, str] = field(default_factory=dict)
    contacts: Mapping[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """Everything a check may look at; `on` is today's business date."""

    tape: Tape
    rows: Understood
    on_file: OnFile
    on: dt.date
    digests: Digests = field(default_factory=Digests)

    @cached_property
    def disbursed(self) -> dict[str, dt.date]:
        """The disbursement date of every loan in the tape or on file."""
        known = {loan_no: loan.disbursed_on for loan_no, loan in self.on_file.loans.items()}
        return known | {line.row.loan_no: line.row.disbursed_on for line in self.rows.loans}

    @cached_property
    def schedules(self) -> dict[str, list[Line[NewInstalment]]]:
        """The readable instalments of every loan in the tape."""
        found: dict[str, list[Line[NewInstalment]]] = {}
        for line in self.rows.instalments:
            found.setdefault(line.row.loan_no, []).append(line)
        return found
