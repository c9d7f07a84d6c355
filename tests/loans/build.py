"""Small builders through the real services, so that a test shows only what it is about."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

from borrowers.models import Borrower
from borrowers.services import register
from loans.models import LedgerEntry, Loan, LoanEvent
from loans.selectors import book_of
from loans.services import open_loans, pause, post_cost, post_payment, reverse
from rulebook.replay import replay
from rulebook.standing import Standing
from rulebook.tape import NewBorrower, NewInstalment, NewLoan, NewPayment
from staff.models import Team, User
from staff.roles import Role

AT = dt.datetime(2025, 2, 9, 10, 0, tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    """A date of 2025 as "02-09", or any date in full."""
    return dt.date.fromisoformat(text if len(text) == 10 else f"2025-{text}")


def team(name: str = "North") -> Team:
    return Team.objects.get_or_create(name=name)[0]


def person(role: Role = Role.OPERATIONS, *, of: str | None = "North") -> User:
    """Somebody with a role, in a team (or in none)."""
    name = f"{role}-{of or 'nobody'}".lower()
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, role=role, team=team(of) if of else None)


def borrower_row(borrower_no: str) -> NewBorrower:
    return NewBorrower(
        borrower_no=borrower_no,
        name="李顺华",
        id_number="990000200202020022",
        phone="15800000001",
        phone_source="contract",
        email="",
        province="北京市",
        city="北京市",
        address="海淀区中关村大街2号",
        language="zh-hans",
    )


def loan_row(loan_no: str, schedule: tuple[tuple[str, str, str], ...], **more: Any) -> NewLoan:
    row: dict[str, Any] = {
        "loan_no": loan_no,
        "borrower_no": f"B{loan_no}",
        "portfolio": "consumer",
        "product": "instalment",
        "principal": sum((Decimal(principal) for _due, principal, _interest in schedule), Decimal(0)),
        "annual_rate": Decimal("0.18"),
        "disbursed_on": day("2024-12-10"),
        "instalment_count": len(schedule),
    }
    return NewLoan(**{**row, **more})


def a_loan(
    *schedule: tuple[str, str, str],
    loan_no: str = "L1",
    seen_by: str = "North",
    on_file_at: dt.datetime = AT,
    **more: Any,
) -> Loan:
    """A loan with the schedule (due, principal, interest); the loan of the issue, 8,000 due 2025-01-10, if left out."""
    rows = schedule or (("01-10", "8000.00", "0.00"),)
    row = loan_row(loan_no, rows, **more)
    if not Borrower.objects.filter(borrower_no=row.borrower_no).exists():
        register(borrowers=[borrower_row(row.borrower_no)], contacts=[], by=None, at=on_file_at)
    instalments = [
        NewInstalment(loan_no, seq, day(due), Decimal(principal), Decimal(interest))
        for seq, (due, principal, interest) in enumerate(rows, start=1)
    ]
    open_loans(loans=[row], instalments=instalments, by=None, at=on_file_at, team=team(seen_by))
    return Loan.objects.select_related("portfolio").get(loan_no=loan_no)


def payment_row(loan: Loan, reference: str, received_on: str, amount: str) -> NewPayment:
    return NewPayment(reference, loan.loan_no, day(received_on), Decimal(amount), "transfer")


def pay(loan: Loan, amount: str, received_on: str, reference: str = "R1", **more: Any) -> LoanEvent:
    given: dict[str, Any] = {"by": person(), "on": day("02-09"), "at": AT, **more}
    return post_payment(loan=loan, amount=Decimal(amount), received_on=day(received_on), reference=reference, **given)


def charge(loan: Loan, amount: str, incurred_on: str, reference: str | None = None, **more: Any) -> LoanEvent:
    given: dict[str, Any] = {"reason": "court fee", "by": person(), "on": day("02-09"), "at": AT, **more}
    return post_cost(loan=loan, amount=Decimal(amount), incurred_on=day(incurred_on), reference=reference, **given)


def stop(
    loan: Loan, from_on: str, until_on: str | None, *, penalty: bool = True, clock: bool = True, **more: Any
) -> LoanEvent:
    given: dict[str, Any] = {"reason": "flood", "by": person(), "at": AT, **more}
    until = day(until_on) if until_on else None
    return pause(loan=loan, from_on=day(from_on), until_on=until, stops_penalty=penalty, stops_clock=clock, **given)


def undo(event: LoanEvent, reason: str = "wrong loan", **more: Any) -> LoanEvent:
    given: dict[str, Any] = {"by": person(), "at": AT, **more}
    return reverse(event=event, reason=reason, **given)


def stands(loan: Loan, on: str) -> Standing:
    """What the loan owes on a date, read from the database."""
    return book_of(loan).standing(day(on))


def lines(loan: Loan) -> list[str]:
    """Every line of the ledger in the order of writing, to be read in a test."""
    rows = LedgerEntry.objects.filter(loan=loan).order_by("pk").select_related("instalment")
    return [
        f"{row.value_on:%m-%d} {row.kind} {row.component or '-'} {row.amount}{' (cancels)' if row.cancels_id else ''}"
        for row in rows
    ]


def live_lines(loan: Loan) -> list[str]:
    """The lines that count, in the order of value dates."""
    return [f"{e.value_on:%m-%d} {e.kind} {e.component or '-'} {e.amount}" for e in book_of(loan).entries]


def agrees(loan: Loan) -> bool:
    """Whether the lines that count are those of a replay from zero; their order within a day says nothing."""
    book = book_of(loan)
    return Counter(book.entries) == Counter(replay(book.contract, book.events, book.history))
