"""What legal does to money: making a loan due as a whole with its letter, and charging what the courts cost."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.services import record
from cases.models import Case
from cases.services import loans_changed
from contacts.letter_models import LetterKind
from evidence.models import FileType
from evidence.services import keep
from legal.models import Cost, CostKind, Referral
from letters.models import Letter
from letters.services import write
from loans import closing_services
from loans.models import Loan, LoanEvent
from loans.services import BookingRefused, post_cost
from staff.models import User

RECEIPTS = frozenset({FileType.PDF, FileType.JPEG, FileType.PNG, FileType.WEBP})


@transaction.atomic
def accelerate(
    *, case: Case, loan: Loan, reason: str, by: User, on: dt.date, at: dt.datetime
) -> tuple[LoanEvent, Letter]:
    """Make a loan due as a whole today (宣布提前到期), and write the letter that says so; both or neither.

    It is undone by reversing its event on the loan's page. Raises BookingRefused or LetterRefused.
    """
    refuse_without_ground(case, loan, on)
    event = closing_services.accelerate(loan=loan, value_on=on, reason=reason, by=by, on=on, at=at)
    loans_changed(loan_ids=[loan.pk], on=on, at=at)
    said: Mapping[str, str] = {"loan_no": loan.loan_no}
    letter = write(case=case, kind=LetterKind.ACCELERATION, by=by, on=on, at=at, more=said)
    details = {"event": event.pk, "letter": str(letter)}
    record(actor=by, action="legal.accelerate", subject=f"loan {loan.loan_no}", details=details, reason=reason, at=at)
    return event, letter


def refuse_without_ground(case: Case, loan: Loan, on: dt.date) -> None:
    """Raise BookingRefused where no case is open about a loan, or nothing of it is overdue: no contract allows it."""
    now = Loan.objects.get(pk=loan.pk)
    if not Case.objects.filter(pk=case.pk, closed_on=None).exists():
        raise BookingRefused("case_closed", _("The case is closed."))
    if now.oldest_unpaid_due_on is None or now.oldest_unpaid_due_on >= on:
        raise BookingRefused("not_late", _("Nothing of this loan is overdue."))


@transaction.atomic
def charge_cost(
    *,
    referral: Referral,
    kind: str,
    amount: Decimal,
    incurred_on: dt.date,
    reference: str,
    receipt: bytes | None = None,
    by: User,
    on: dt.date,
    at: dt.datetime,
) -> Cost:
    """Charge a cost of a referral to the lead loan of its case, with its receipt as a file.

    It is undone by reversing its event on the loan's page. Raises BookingRefused or FileRefused.
    """
    loan = referral.case.lead_loan
    kind = CostKind(kind)
    event = post_cost(
        loan=loan,
        amount=amount,
        incurred_on=incurred_on,
        reference=reference.strip() or None,
        reason=f"{referral}: {kind.value}",
        by=by,
        on=on,
        at=at,
    )
    name = f"{referral}-{event.pk}"
    kept = keep(content=receipt, name=name, allowed=RECEIPTS, by_name=by.get_username(), at=at) if receipt else None
    cost = Cost.objects.create(referral=referral, event=event, kind=kind, receipt=kept)
    loans_changed(loan_ids=[loan.pk], on=on, at=at)
    details = {"kind": kind.value, "amount": str(amount), "loan": loan.loan_no, "event": event.pk}
    record(actor=by, action="legal.charge_cost", subject=f"referral {referral}", details=details, at=at)
    return cost
