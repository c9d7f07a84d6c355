"""What becomes of each row of a tape: rejected, unchanged or new."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from intake.checks import CHECKS
from intake.columns import Kind
from intake.dependents import dependents
from intake.facts import Facts, Finding, Line, Tape, Understood
from intake.readers import TapeFile, read_tape
from intake.readers.refusals import UnreadableTape
from intake.snapshots import digests_of, on_file
from intake.understanding import understand
from staff.models import User

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of a file were read, are new, are on file as they are, and were rejected."""

    read: int
    new: int
    unchanged: int
    rejected: int


@dataclass(frozen=True)
class Verdict:
    """The outcome of all checks of a tape; `new` holds the good rows that are not on file yet."""

    tape: Tape
    findings: tuple[Finding, ...] = ()
    # The lines that cannot be loaded, for each kind of file.
    rejected: Mapping[Kind, frozenset[int]] = field(default_factory=dict)
    new: Understood = field(default_factory=Understood)
    counts: Mapping[Kind, Counts] = field(default_factory=dict)
    # False when a file could not be read at all: then not even a part can be loaded.
    readable: bool = True

    @property
    def clean(self) -> bool:
        """True when nothing was refused."""
        return not self.findings


def judge_files(files: list[TapeFile], *, by: User | None, on: dt.date) -> Verdict:
    """Read a tape and check every row of it against itself and what is on file; nothing is written."""
    try:
        tape = read_tape(files)
    except UnreadableTape as unreadable:
        return Verdict(Tape({}), unreadable.findings, readable=False)
    rows = understand(tape)
    return judge(Facts(tape, rows, on_file(tape, by=by), on, digests_of(rows)))


def judge(facts: Facts) -> Verdict:
    """Run every check, reject what depends on rejected rows, and sort the rest into new and unchanged."""
    own = [finding for check in CHECKS for finding in check(facts)]
    order = {sheet.file: place for place, sheet in enumerate(facts.tape.of_any())}
    own.sort(key=lambda finding: (order[finding.file], finding.line))
    findings = (*own, *dependents(facts, own))
    rejected = _rejected(facts.tape, findings)
    new = _new(facts, rejected)
    return Verdict(facts.tape, findings, rejected, new, dict(_counts(facts.tape, rejected, new)))


def _rejected(tape: Tape, findings: Iterable[Finding]) -> dict[Kind, frozenset[int]]:
    lines: dict[str, set[int]] = {}
    for finding in findings:
        lines.setdefault(finding.file, set()).add(finding.line)
    return {
        kind: frozenset(
            lines.get(sheet.file, set()) if sheet.readable else {row.line for row in (*sheet.rows, *sheet.misshapen)}
        )
        for kind, sheet in tape.sheets.items()
    }


def _new(facts: Facts, rejected: Mapping[Kind, frozenset[int]]) -> Understood:
    known, digests, rows = facts.on_file, facts.digests, facts.rows

    def fresh(kind: Kind, lines: Iterable[Line[T]], stored: Callable[[Line[T]], bool]) -> tuple[Line[T], ...]:
        refused = rejected.get(kind, frozenset())
        return tuple(line for line in lines if line.line not in refused and not stored(line))

    return Understood(
        borrowers=fresh(Kind.BORROWERS, rows.borrowers, lambda line: line.row.borrower_no in known.borrowers),
        contacts=fresh(Kind.CONTACTS, rows.contacts, lambda line: digests.contacts[line.line][0] in known.contacts),
        loans=fresh(Kind.LOANS, rows.loans, lambda line: line.row.loan_no in known.loans),
        instalments=fresh(Kind.INSTALMENTS, rows.instalments, lambda line: line.row.loan_no in known.loans),
        payments=fresh(Kind.PAYMENTS, rows.payments, lambda line: line.row.payment_ref in known.payments),
    )


def _counts(tape: Tape, rejected: Mapping[Kind, frozenset[int]], new: Understood) -> Iterator[tuple[Kind, Counts]]:
    for kind in Kind:
        if sheet := tape.sheets.get(kind):
            read, fresh = len(sheet.rows) + len(sheet.misshapen), len(getattr(new, kind.value))
            refused = len(rejected[kind])
            yield kind, Counts(read, fresh, read - fresh - refused, refused)
