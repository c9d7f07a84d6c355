"""Did anything happen to a loan before there was one?"""

from collections.abc import Iterator

from intake.columns import Kind
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """No instalment falls due and no payment is received before the loan was disbursed; on the same day is fine."""
    disbursed = facts.disbursed
    for sheet in facts.tape.of(Kind.INSTALMENTS):
        for due in facts.rows.instalments:
            start = disbursed.get(due.row.loan_no)
            if start and due.row.due_on < start:
                yield sheet.finding(
                    due.line, "due_on", str(due.row.due_on), "before_disbursement", disbursed=start.isoformat()
                )
    for sheet in facts.tape.of(Kind.PAYMENTS):
        for paid in facts.rows.payments:
            start = disbursed.get(paid.row.loan_no)
            if start and paid.row.received_on < start:
                yield sheet.finding(
                    paid.line,
                    "received_on",
                    str(paid.row.received_on),
                    "before_disbursement",
                    disbursed=start.isoformat(),
                )
