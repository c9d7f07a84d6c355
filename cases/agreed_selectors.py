"""What a move that others have to agree to is decided on, beyond the facts of every move."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from cases.models import Case, VisitsWaived
from cases.selectors import Found
from loans.models import ClosedAs, EventKind, Loan, LoanEvent
from rulebook.escalation import CaseFacts
from rulebook.money import ZERO

# How each move that ends a case ends its loans.
CLOSES_AS = {"settle": ClosedAs.SETTLED, "write_off": ClosedAs.WRITTEN_OFF, "withdraw": ClosedAs.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Settlement:
    """For which sum a case is settled, and from which value date on money counts towards it."""

    amount: Decimal
    from_on: dt.date


def received_since(case: Case, since_on: dt.date, on: dt.date) -> Decimal:
    """What was paid on the running loans of a case with a value date from a day to another, both included.

    Money for a loan that was closed before is recovery, and settles nothing else.
    """
    paid = LoanEvent.objects.filter(kind=EventKind.PAYMENT, reversed_by=None, value_on__range=(since_on, on))
    its = paid.filter(loan__borrower=case.borrower_id, loan__portfolio=case.portfolio_id, loan__closed_on=None)
    return its.aggregate(total=Sum("amount"))["total"] or ZERO


def loans_to_close(found: Found) -> list[Loan]:
    """The loans that closing a case closes: those that run and owe something overdue."""
    on = found.facts.on
    return [book.loan for book in found.books if book.loan.closed_on is None and book.standing(on).overdue_amount]


def guard_facts(case: Case, facts: CaseFacts) -> dict[str, Any]:
    """Everything the guards of a move that others agree to look at, as it is kept with the move."""
    letter, limitation = facts.letter_delivered_on, facts.limitation_expires_on
    calls = [day for day in facts.calls_on if day >= case.stage_since]
    return {
        "on": facts.on.isoformat(),
        "stage": case.stage,
        "dpd": facts.days_past_due,
        "arrears": str(facts.arrears),
        "penalty": str(facts.penalty),
        "overdue_amount": str(facts.overdue_amount),
        "calls_in_stage": len(calls),
        "call_days": len(set(calls)),
        "visits_done": facts.visits_done,
        "visits_waived": facts.are_visits_waived,
        "letter_delivered_on": letter.isoformat() if letter else None,
        "limitation_expires_on": limitation.isoformat() if limitation else None,
        "open_promise": facts.has_open_promise,
        "usable_address": facts.has_usable_address,
        "held": facts.is_held,
        "disputed": facts.is_disputed,
    }


def waiver_of(case: Case) -> VisitsWaived | None:
    """Who waived the visits of a case since it came into its stage; None where nobody did or it was taken back."""
    latest = VisitsWaived.objects.filter(case=case, on__gte=case.stage_since).order_by("-pk").first()
    return None if latest is None or latest.is_taken_back else latest
