"""From the texts of a tape to its rows in the portal's words."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from intake.cells import read_amount, read_count, read_date, read_rate
from intake.columns import COLUMNS, Kind
from intake.facts import Line, Row, Sheet, Tape, Understood
from rulebook.tape import NewBorrower, NewContact, NewInstalment, NewLoan, NewPayment


def understand(tape: Tape) -> Understood:
    """Every row whose cells can all be read; the checks say what is wrong with the others."""
    sheets = {sheet.kind: sheet for sheet in tape.of(*Kind)}
    return Understood(
        borrowers=tuple(_borrowers(sheets[Kind.BORROWERS])) if Kind.BORROWERS in sheets else (),
        contacts=tuple(_contacts(sheets[Kind.CONTACTS])) if Kind.CONTACTS in sheets else (),
        loans=tuple(_loans(sheets[Kind.LOANS])) if Kind.LOANS in sheets else (),
        instalments=tuple(_instalments(sheets[Kind.INSTALMENTS])) if Kind.INSTALMENTS in sheets else (),
        payments=tuple(_payments(sheets[Kind.PAYMENTS])) if Kind.PAYMENTS in sheets else (),
    )


def _texts(sheet: Sheet) -> Iterator[tuple[Row, tuple[str, ...]]]:
    columns = [sheet.column(column.field) for column in COLUMNS[sheet.kind]]
    return zip(sheet.rows, zip(*columns, strict=True), strict=True)


def _borrowers(sheet: Sheet) -> Iterator[Line[NewBorrower]]:
    for row, (number, name, id_number, *rest) in _texts(sheet):
        # The check digit X is one, however it was typed.
        yield Line(row.line, NewBorrower(number, name, id_number.upper(), *rest))


def _contacts(sheet: Sheet) -> Iterator[Line[NewContact]]:
    for row, texts in _texts(sheet):
        yield Line(row.line, NewContact(*texts))


def _loans(sheet: Sheet) -> Iterator[Line[NewLoan]]:
    for row, (loan_no, borrower_no, portfolio, product, *rest) in _texts(sheet):
        principal, rate = read_amount(rest[0]), read_rate(rest[1])
        disbursed_on, count = read_date(rest[2]), read_count(rest[3])
        if (
            isinstance(principal, Decimal)
            and isinstance(rate, Decimal)
            and isinstance(disbursed_on, dt.date)
            and isinstance(count, int)
        ):
            loan = NewLoan(loan_no, borrower_no, portfolio, product, principal, rate, disbursed_on, count)
            yield Line(row.line, loan)


def _instalments(sheet: Sheet) -> Iterator[Line[NewInstalment]]:
    for row, (loan_no, number, due, principal_due, interest_due) in _texts(sheet):
        seq, due_on = read_count(number), read_date(due)
        principal, interest = read_amount(principal_due), read_amount(interest_due)
        if (
            isinstance(seq, int)
            and isinstance(due_on, dt.date)
            and isinstance(principal, Decimal)
            and isinstance(interest, Decimal)
        ):
            yield Line(row.line, NewInstalment(loan_no, seq, due_on, principal, interest))


def _payments(sheet: Sheet) -> Iterator[Line[NewPayment]]:
    for row, (payment_ref, loan_no, received, money, channel) in _texts(sheet):
        received_on, amount = read_date(received), read_amount(money)
        if isinstance(received_on, dt.date) and isinstance(amount, Decimal):
            yield Line(row.line, NewPayment(payment_ref, loan_no, received_on, amount, channel))
