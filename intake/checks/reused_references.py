"""Does a reference that is on file still mean the same?"""

from collections.abc import Iterator

from intake.columns import Kind
from intake.facts import Facts, Finding, OnFile, Sheet


def check(facts: Facts) -> Iterator[Finding]:
    """A reference on file may come again with the same content, never with other content."""
    for sheet in facts.tape.of(Kind.BORROWERS):
        yield from _borrowers(sheet, facts)
    for sheet in facts.tape.of(Kind.CONTACTS):
        yield from _contacts(sheet, facts)
    for sheet in facts.tape.of(Kind.LOANS):
        yield from _loans(sheet, facts)
    for sheet in facts.tape.of(Kind.INSTALMENTS):
        yield from _instalments(sheet, facts)
    for sheet in facts.tape.of(Kind.PAYMENTS):
        yield from _payments(sheet, facts)


def _borrowers(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    for line in facts.rows.borrowers:
        number = line.row.borrower_no
        if facts.on_file.borrowers.get(number, "") not in ("", facts.digests.borrowers[line.line]):
            yield sheet.finding(line.line, "borrower_no", number, "reused_reference")


def _contacts(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    for line in facts.rows.contacts:
        identity, content = facts.digests.contacts[line.line]
        if facts.on_file.contacts.get(identity, content) != content:
            yield sheet.finding(line.line, "phone", line.row.phone, "reused_reference")


def _loans(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    on_file = facts.on_file
    for line in facts.rows.loans:
        number = line.row.loan_no
        if number in on_file.hidden_loans or on_file.loans.get(number, line.row) != line.row:
            yield sheet.finding(line.line, "loan_no", number, "reused_reference")


def _instalments(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    known = {loan_no: {row.seq: row for row in rows} for loan_no, rows in facts.on_file.schedules.items()}
    for line in facts.rows.instalments if known else ():
        rows = known.get(line.row.loan_no)
        if rows is None:
            continue
        if line.row.seq not in rows:
            count = str(len(rows))
            yield sheet.finding(line.line, "seq", str(line.row.seq), "schedule_on_file", count=count)
        elif rows[line.row.seq] != line.row:
            yield sheet.finding(line.line, "seq", str(line.row.seq), "reused_reference")


def _payments(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    known: OnFile = facts.on_file
    for line in facts.rows.payments if known.payments else ():
        if known.payments.get(line.row.payment_ref, line.row) != line.row:
            yield sheet.finding(line.line, "payment_ref", line.row.payment_ref, "reused_reference")
