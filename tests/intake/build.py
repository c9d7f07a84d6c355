"""A small tape that is in order, to be broken in one place by a test."""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

import openpyxl

from intake.columns import COLUMNS, Kind
from intake.facts import Digests, Facts, Finding, OnFile
from intake.readers import TapeFile, read_tape
from intake.understanding import understand

Rows = list[dict[str, str]]
ON = dt.date(2026, 3, 1)
AT = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)


def good_tape() -> dict[Kind, Rows]:
    """Two borrowers with a loan each, one contact, and payments on the first loan."""
    return {
        Kind.BORROWERS: [
            {
                "borrower_no": "B1", "name": "李顺华", "id_number": "990000200202020022", "phone": "15800000001",
                "phone_source": "contract", "email": "b1@example.test", "province": "北京市", "city": "北京市",
                "address": "海淀区中关村大街2号", "language": "zh-hans",
            },
            {
                "borrower_no": "B2", "name": "张平", "id_number": "990000200003030041", "phone": "17700000002",
                "phone_source": "authorised", "email": "", "province": "广东省", "city": "深圳市",
                "address": "南山区科苑路3号", "language": "en",
            },
        ],
        Kind.CONTACTS: [
            dict(zip(header(Kind.CONTACTS), ["B1", "李贵", "colleague", "17700000001", "contract"], strict=True)),
        ],
        Kind.LOANS: [
            loan("L1", "B1", "3000.00", 3),
            loan("L2", "B2", "1000.00", 1),
        ],
        Kind.INSTALMENTS: [
            *(due("L1", seq, f"2026-0{seq}-10") for seq in (1, 2, 3)),
            due("L2", 1, "2026-01-10"),
        ],
        Kind.PAYMENTS: [
            payment("P1", "L1", "2026-01-10", "1010.00"),
            payment("P2", "L1", "2026-02-20", "500.50"),
        ],
    }  # fmt: skip


def loan(loan_no: str, borrower_no: str, principal: str, count: int) -> dict[str, str]:
    return {
        "loan_no": loan_no, "borrower_no": borrower_no, "portfolio": "consumer", "product": "instalment",
        "principal": principal, "annual_rate": "0.1200", "disbursed_on": "2025-12-10", "instalment_count": str(count),
    }  # fmt: skip


def due(loan_no: str, seq: int, due_on: str, principal: str = "1000.00") -> dict[str, str]:
    return {"loan_no": loan_no, "seq": str(seq), "due_on": due_on, "principal_due": principal, "interest_due": "10.00"}


def payment(ref: str, loan_no: str, received_on: str, amount: str) -> dict[str, str]:
    return {
        "payment_ref": ref, "loan_no": loan_no, "received_on": received_on, "amount": amount, "channel": "transfer",
    }  # fmt: skip


def header(kind: Kind) -> list[str]:
    return [column.field for column in COLUMNS[kind]]


def csv_text(kind: Kind, rows: Rows, columns: list[str] | None = None) -> str:
    """A file as lenders send it, the header first."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or header(kind), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_csv(kind: Kind, rows: Rows, encoding: str = "utf-8") -> TapeFile:
    return TapeFile(f"{kind}.csv", csv_text(kind, rows).encode(encoding))


def as_xlsx(kind: Kind, rows: list[dict[str, Any]], *more_sheets: str) -> TapeFile:
    """A workbook; values that are numbers or dates become number and date cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(header(kind))
    for row in rows:
        sheet.append([row[field] for field in header(kind)])
    for name in more_sheets:
        book.create_sheet(name)
    content = io.BytesIO()
    book.save(content)
    return TapeFile(f"{kind}.xlsx", content.getvalue())


def files_of(tape: Mapping[Kind, Rows]) -> list[TapeFile]:
    return [as_csv(kind, rows) for kind, rows in tape.items()]


def facts(
    tape: Mapping[Kind, Rows], on_file: OnFile | None = None, *, on: dt.date = ON, digests: Digests | None = None
) -> Facts:
    """What a check looks at, without a database; by default nothing is on file."""
    read = read_tape(files_of(tape))
    rows = understand(read)
    plain = Digests(
        {line.line: f"digest of {astuple(line.row)}" for line in rows.borrowers},
        {line.line: (f"{line.row.name} {line.row.phone}", f"digest of {astuple(line.row)}") for line in rows.contacts},
    )
    return Facts(read, rows, on_file or OnFile(), on, digests or plain)


def changed(kind: Kind, place: int = 0, /, **fields: str) -> dict[Kind, Rows]:
    """The good tape with some fields of one row set to something else."""
    tape = good_tape()
    tape[kind][place] |= fields
    return tape


def told(findings: Any) -> list[tuple[str, int, str, str]]:
    """File, line, field and rule of each finding."""
    found: list[Finding] = list(findings)
    return [(finding.file, finding.line, finding.field, finding.rule) for finding in found]
