"""The demo's rows as the five files that a lender would send."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

from intake.columns import COLUMNS, Kind
from intake.demo.tape import DemoTape
from intake.readers import TapeFile


def files_of(tape: DemoTape) -> list[TapeFile]:
    """Five CSV files in UTF-8 with the portal's own columns."""
    rows: dict[Kind, Iterable[Any]] = {
        Kind.BORROWERS: tape.borrowers,
        Kind.CONTACTS: tape.contacts,
        Kind.LOANS: tape.loans,
        Kind.INSTALMENTS: tape.instalments,
        Kind.PAYMENTS: tape.payments,
    }
    return [_file(kind, of_kind) for kind, of_kind in rows.items()]


def _file(kind: Kind, rows: Iterable[Any]) -> TapeFile:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    # The fields of the rows stand in the order of the columns.
    writer.writerow(column.field for column in COLUMNS[kind])
    writer.writerows(astuple(row) for row in rows)
    return TapeFile(f"{kind}.csv", text.getvalue().encode())
