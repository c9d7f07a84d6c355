"""What a letter says in figures: read from the ledger on the day, and kept with the letter. Nothing personal."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseMove
from cases.selectors import Found
from contacts.letter_models import LetterKind
from contacts.letter_services import LetterRefused
from loans.models import Loan
from loans.selectors import LoanBook
from rulebook.credit_record import expires_on, facts_of, overdue_ended_on
from rulebook.money import ZERO, to_cents
from rulebook.replay import Event, EventKind, due_as_a_whole_on, live
from rulebook.standing import InstalmentStanding, Standing

# Days somebody has to pay after a demand, where its writer says nothing else; the contract sets none.
PAY_WITHIN = dt.timedelta(days=15)
# Later than any event on file.
TRIAL = 2**62


def figures(kind: str, case: Case, found: Found, on: dt.date, more: Mapping[str, str]) -> dict[str, Any]:
    """What a letter of a kind says on a day. `more` is what its writer says. Raises LetterRefused.

    In `more`, with days as ISO dates: pay_by (demand), accelerates_on and loan_no (acceleration), report_on (notice
    before the record), filed_on, loan_no, result ("corrected" or "upheld") and answer (answer to a dispute), drop_on
    (closing).
    """
    return {"on": on.isoformat(), "currency": case.portfolio.currency, **_OF_KIND[kind](case, found, on, more)}


def _demand(_case: Case, found: Found, on: dt.date, more: Mapping[str, str]) -> dict[str, Any]:
    pay_by = _day(more, "pay_by", on + PAY_WITHIN)
    if pay_by <= on:
        raise LetterRefused("pay_by", _("The day to pay by must be later than today."))
    return {**_overdue(found.books, on), "pay_by": pay_by.isoformat()}


def _acceleration(case: Case, found: Found, on: dt.date, more: Mapping[str, str]) -> dict[str, Any]:
    book = _book_of(found, more.get("loan_no") or case.lead_loan.loan_no)
    accelerated_on = due_as_a_whole_on(live(book.events))
    accelerates_on = accelerated_on or _day(more, "accelerates_on", on)
    if accelerated_on is None:
        if accelerates_on < on:
            raise LetterRefused("accelerates_on", _("A loan cannot be made due as a whole on a day that is over."))
        book = book.if_also(Event(TRIAL, EventKind.ACCELERATION, accelerates_on))
    as_of = max(on, accelerates_on)
    said = _said_of(book.loan, book.standing(as_of), as_of, with_today=True)
    if not said["rows"]:
        raise LetterRefused("nothing_owed", _("Nothing is owed on this loan."))
    return {**_with_total([said]), "as_of": as_of.isoformat(), "accelerates_on": accelerates_on.isoformat()}


def _report_notice(_case: Case, found: Found, on: dt.date, more: Mapping[str, str]) -> dict[str, Any]:
    report_on = _day(more, "report_on", _month_end(on))
    if report_on < on:
        raise LetterRefused("report_on", _("Notice has to come before the report."))
    return {**_overdue(found.books, on), "report_on": report_on.isoformat()}


def _dispute_answer(case: Case, found: Found, on: dt.date, more: Mapping[str, str]) -> dict[str, Any]:
    book = _book_of(found, more.get("loan_no") or case.lead_loan.loan_no)
    result = more.get("result", "")
    if result not in ("corrected", "upheld"):
        raise LetterRefused("result", _("Say whether the record was corrected or upheld."))
    if not more.get("answer", "").strip():
        raise LetterRefused("answer", _("Say what was found."))
    filed_on = _day(more, "filed_on", on)
    if filed_on > on:
        raise LetterRefused("filed_on", _("The dispute cannot have come after its answer."))
    said = _said_of(book.loan, book.standing(on), on)
    return {**_with_total([said]), "filed_on": filed_on.isoformat(), "result": result}


def _closing(case: Case, found: Found, on: dt.date, more: Mapping[str, str]) -> dict[str, Any]:
    if case.is_open:
        raise LetterRefused("open", _("The case is not closed yet."))
    ended_on = _ended_on(case, found, on)
    drops_on = expires_on(ended_on, found.terms.terms.record.keep_years)
    said = [{**_said_of(book.loan, book.standing(on), on), "is_paid": _is_paid(book, on)} for book in found.books]
    return {
        **_with_total(said),
        "closed_as": case.closed_as,
        "ended_on": ended_on.isoformat(),
        "drop_on": _day(more, "drop_on", drops_on).isoformat(),
    }


_OF_KIND = {
    LetterKind.DEMAND.value: _demand,
    LetterKind.ACCELERATION.value: _acceleration,
    LetterKind.REPORT_NOTICE.value: _report_notice,
    LetterKind.DISPUTE_ANSWER.value: _dispute_answer,
    LetterKind.CLOSING.value: _closing,
}


def _overdue(books: Sequence[LoanBook], on: dt.date) -> dict[str, Any]:
    """Everything overdue on the day, by loan; a loan that is closed is not asked for."""
    late = ((book.loan, book.standing(on)) for book in books if not book.is_closed(on))
    said = [_said_of(loan, standing, on) for loan, standing in late if standing.overdue_amount > 0]
    if not said:
        raise LetterRefused("nothing_owed", _("Nothing is overdue that this letter could name."))
    return _with_total(said)


def _said_of(loan: Loan, standing: Standing, on: dt.date, *, with_today: bool = False) -> dict[str, Any]:
    """One loan: every instalment that is overdue, or also what is due on the day itself, and the costs."""
    rows = [_row(row, on) for row in standing.instalments if row.due_on < on or with_today]
    cost = to_cents(standing.cost)
    total = sum((Decimal(row["total"]) for row in rows), cost)
    return {"loan_no": loan.loan_no, "rows": rows, "cost": str(cost), "total": str(total)}


def _row(row: InstalmentStanding, on: dt.date) -> dict[str, Any]:
    days_late = max((on - row.due_on).days, 0)
    amounts = _amounts(principal=row.principal, interest=row.interest, penalty=row.penalty)
    return {"seq": row.seq, "due_on": row.due_on.isoformat(), "days_late": days_late, **amounts}


def _amounts(**parts: Decimal) -> dict[str, str]:
    cents = {name: to_cents(amount) for name, amount in parts.items()}
    return {name: str(amount) for name, amount in {**cents, "total": sum(cents.values(), ZERO)}.items()}


def _with_total(said: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rows = [row for loan in said for row in loan["rows"]]
    parts = {part: _sum(row[part] for row in rows) for part in ("principal", "interest", "penalty")}
    cost = _sum(loan["cost"] for loan in said)
    total = _sum(loan["total"] for loan in said)
    return {"loans": list(said), "sums": {**parts, "cost": cost}, "total": total}


def _sum(amounts: Iterable[str]) -> str:
    return str(sum((Decimal(amount) for amount in amounts), ZERO))


def _is_paid(book: LoanBook, on: dt.date) -> bool:
    """Whether nothing is owed on the loan, now or later."""
    standing = book.standing(on)
    is_ahead = any(row.due_on > on for row in book.schedule)
    return not is_ahead and not standing.instalments and not standing.cost


def _book_of(found: Found, loan_no: str) -> LoanBook:
    book = next((book for book in found.books if book.loan.loan_no == loan_no), None)
    if book is None:
        raise LetterRefused("loan_no", _("This loan does not belong to the case."))
    return book


def _ended_on(case: Case, found: Found, on: dt.date) -> dt.date:
    """The day on which nothing was overdue any more, by value date as in the record of the credit bureau.

    Where nothing was ever late: a cure that lasted, or the day the case was closed.
    """
    ended = [overdue_ended_on(facts_of(book.events, book.standing(on))) for book in found.books]
    if latest := max((day for day in ended if day), default=None):
        return latest
    last = CaseMove.objects.filter(case=case, move__in=["cure", "relapse"]).order_by("-pk").first()
    return last.on if last and last.move == "cure" else case.closed_on or case.stage_since


def _day(more: Mapping[str, str], name: str, otherwise: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(more[name]) if more.get(name) else otherwise
    except ValueError:
        raise LetterRefused(name, _("This is not a day.")) from None


def _month_end(on: dt.date) -> dt.date:
    return (on.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
