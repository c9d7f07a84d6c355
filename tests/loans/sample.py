"""The lender's real sample, read from tests/data and loaded through the services."""

import csv
import datetime as dt
import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from zlib import crc32

from borrowers.services import register
from loans.services import open_loans
from rulebook.standing import Standing
from rulebook.tape import NewBorrower, NewContact, NewInstalment, NewLoan, NewPayment

FOLDER = Path(__file__).parent.parent / "data" / "sample_portfolio"
AT = dt.datetime(2026, 10, 31, 9, 0, tzinfo=dt.UTC)
AS_OF = dt.date(2026, 10, 31)
BUCKETS = ((0, "0"), (30, "1-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"), (150, "121-150"), (180, "151-180"))


def rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(FOLDER / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def payments(one_in: int = 1) -> list[NewPayment]:
    """What was paid on the loans of every borrower, or of one in so many."""
    loans = {row["loan_no"] for row in rows_of_borrowers("loans", one_in)}
    return [
        NewPayment(
            payment_ref=row["payment_ref"],
            loan_no=row["loan_no"],
            received_on=dt.date.fromisoformat(row["received_on"]),
            amount=Decimal(row["amount"]),
            channel=row["channel"],
        )
        for row in rows("payments")
        if row["loan_no"] in loans
    ]


def rows_of_borrowers(name: str, one_in: int) -> list[dict[str, str]]:
    """The rows of every borrower, or of one in so many, always the same ones."""
    return [row for row in rows(name) if crc32(row["borrower_no"].encode()) % one_in == 0]


def load_contracts(one_in: int = 1) -> None:
    """Everything but the payments, of every borrower or of one in so many."""
    people = [NewBorrower(**row) for row in rows_of_borrowers("borrowers", one_in)]
    contacts = [NewContact(**row) for row in rows_of_borrowers("contacts", one_in)]
    register(borrowers=people, contacts=contacts, by=None, at=AT)
    loans = [
        NewLoan(
            loan_no=row["loan_no"],
            borrower_no=row["borrower_no"],
            portfolio=row["portfolio"],
            product=row["product"],
            principal=Decimal(row["principal"]),
            annual_rate=Decimal(row["annual_rate"]),
            disbursed_on=dt.date.fromisoformat(row["disbursed_on"]),
            instalment_count=int(row["instalment_count"]),
        )
        for row in rows_of_borrowers("loans", one_in)
    ]
    numbers = {loan.loan_no for loan in loans}
    schedule = [
        NewInstalment(
            loan_no=row["loan_no"],
            seq=int(row["seq"]),
            due_on=dt.date.fromisoformat(row["due_on"]),
            principal_due=Decimal(row["principal_due"]),
            interest_due=Decimal(row["interest_due"]),
        )
        for row in rows("instalments")
        if row["loan_no"] in numbers
    ]
    open_loans(loans=loans, instalments=schedule, by=None, at=AT)


def table(found: Sequence[Standing]) -> dict[str, tuple[int, Decimal, Decimal, Decimal, Decimal]]:
    """Loans, overdue principal, overdue interest, penalty and unapplied credit for each bucket of days past due."""
    groups: dict[str, list[Standing]] = defaultdict(list)
    for standing in found:
        bucket = next((name for last, name in BUCKETS if standing.days_past_due <= last), "over 180")
        groups[bucket].append(standing)
    return {
        bucket: (
            len(group),
            sum((s.overdue_principal for s in group), Decimal(0)),
            sum((s.overdue_interest for s in group), Decimal(0)),
            sum((s.penalty for s in group), Decimal(0)),
            sum((s.unapplied for s in group), Decimal(0)),
        )
        for bucket, group in groups.items()
    }
