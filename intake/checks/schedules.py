"""Does the schedule of a new loan repay it, exactly?"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from intake.columns import Kind
from intake.facts import Facts, Finding, Line, Sheet
from rulebook.tape import NewInstalment, NewLoan

# Enough missing numbers to see what happened.
MISSING_SHOWN = 5


def check(facts: Facts) -> Iterator[Finding]:
    """A loan that is not on file comes with instalments 1 to n that add up to its principal to the cent."""
    instalments = facts.tape.sheets.get(Kind.INSTALMENTS)
    sent = Counter(instalments.column("loan_no")) if instalments else Counter[str]()
    for sheet in facts.tape.of(Kind.LOANS):
        for line in facts.rows.loans:
            number = line.row.loan_no
            if number in facts.on_file.loans:
                continue
            rows = facts.schedules.get(number, [])
            if not sent[number]:
                yield sheet.finding(line.line, "instalment_count", str(line.row.instalment_count), "no_schedule")
            elif len({row.row.seq for row in rows}) == sent[number]:
                # Otherwise a row is a duplicate or cannot be read: it rejects the loan, and a sum would only mislead.
                yield from _schedule(sheet, line, rows)


def _schedule(sheet: Sheet, line: Line[NewLoan], rows: list[Line[NewInstalment]]) -> Iterator[Finding]:
    loan = line.row
    numbers = {row.row.seq for row in rows}
    missing = [str(seq) for seq in range(1, loan.instalment_count + 1) if seq not in numbers]
    count = str(loan.instalment_count)
    if missing:
        shown = ", ".join(missing[:MISSING_SHOWN]) + (" …" if len(missing) > MISSING_SHOWN else "")
        yield sheet.finding(line.line, "instalment_count", count, "schedule_gap", count=count, missing=shown)
    if max(numbers) > loan.instalment_count:
        yield sheet.finding(
            line.line, "instalment_count", count, "schedule_too_long", count=count, last=str(max(numbers))
        )
    total = sum((row.row.principal_due for row in rows), Decimal(0))
    if total != loan.principal:
        yield sheet.finding(line.line, "principal", str(loan.principal), "schedule_sum", sum=str(total))
