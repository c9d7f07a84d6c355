"""Disputes: taken in with their clock, answered in writing, and what the answer rests on."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from audit.services import record
from bureau.fact_selectors import rules_of
from bureau.models import Decision, LoanRecord, RecordDispute
from bureau.reporting import Occasion, work_on
from bureau.selectors import case_of, corrections_since
from bureau.services import RecordRefused
from contacts.letter_models import LetterKind
from contacts.letter_services import LetterRefused
from letters.services import write
from loans.models import Loan
from rulebook.credit_record import answer_due_on
from staff.models import User

MAY_DISPUTE, MAY_ANSWER = "bureau.dispute", "bureau.answer"
# What the letter and the record hold of somebody's words.
LONGEST = 2000


@transaction.atomic
@sensitive_variables("text")
def open_dispute(*, loan: Loan, text: str, opened_on: dt.date, by: User, on: dt.date, at: dt.datetime) -> RecordDispute:
    """Take in that a borrower disputes what was reported of a loan; the clock runs from the day it came in.

    From now on the rows of the loan are exported as disputed. Raises RecordRefused and PermissionDenied.
    """
    _check(by, MAY_DISPUTE)
    said = _words(text, "text", needed=_("Write down what the borrower says."))
    if opened_on > on:
        raise RecordRefused("future", _("It cannot have come in on a day that has not come."))
    if not LoanRecord.objects.filter(loan=loan).exists():
        raise RecordRefused("nothing_reported", _("Nothing was reported of this loan."))
    try:
        with transaction.atomic():
            dispute = RecordDispute.objects.create(
                borrower_id=loan.borrower_id,
                portfolio_id=loan.portfolio_id,
                loan=loan,
                text=said,
                opened_on=opened_on,
                opened_at=at,
                opened_by_name=by.get_username(),
                due_on=answer_due_on(opened_on, rules_of(loan.portfolio, opened_on).terms.dispute_days),
            )
    except IntegrityError as error:
        raise RecordRefused("open_already", _("The record of this loan is disputed already.")) from error
    _tell_audit("bureau.open_dispute", dispute, by, at, due_on=dispute.due_on.isoformat())
    return dispute


@transaction.atomic
@sensitive_variables("answer", "statement")
def answer_dispute(
    *, dispute: RecordDispute, decision: str, answer: str, statement: str, by: User, on: dt.date, at: dt.datetime
) -> RecordDispute:
    """Answer a dispute: corrected where the books say otherwise now, upheld with a statement, or taken back.

    A record follows the books and nothing else: what is wrong in them is put right first, as by a reversal. The letter
    is `write_answer`. Raises RecordRefused and PermissionDenied.
    """
    _check(by, MAY_ANSWER)
    # Bookings hold the loan before what hangs on it; so do we.
    work_on([dispute.loan_id], dispute.portfolio, Occasion(on, at, by_name=by.get_username()))
    locked = RecordDispute.objects.select_for_update(no_key=True).get(pk=dispute.pk)
    if not locked.is_open:
        raise RecordRefused("answered", _("This dispute was answered already."))
    found = _words(answer, "answer", needed=_("Say what was found; it stands in the letter."))
    corrections = corrections_since(locked)
    if decision == Decision.CORRECTED and not corrections:
        raise RecordRefused(
            "nothing_corrected",
            _("The books say what was reported. Put right what is wrong in them first, or uphold the record."),
        )
    locked.decision, locked.answer = decision, found
    locked.statement = _words(statement, "statement") if decision == Decision.UPHELD else ""
    locked.decided_on, locked.decided_at, locked.decided_by_name = on, at, by.get_username()
    locked.save()
    details = {"decision": decision, "rows": [row.pk for row in corrections], "in_time": on <= locked.due_on}
    _tell_audit("bureau.answer_dispute", locked, by, at, **details)
    return locked


@transaction.atomic
def write_answer(*, dispute: RecordDispute, by: User, on: dt.date, at: dt.datetime) -> RecordDispute:
    """Write the letter with the answer to a dispute. Raises RecordRefused, also where no letter can be written."""
    _check(by, MAY_ANSWER)
    locked = (
        RecordDispute.objects.select_for_update(no_key=True, of=("self",)).select_related("loan").get(pk=dispute.pk)
    )
    if not locked.needs_letter:
        raise RecordRefused("no_letter_due", _("There is no letter to write."))
    case = case_of(locked.borrower_id, locked.portfolio_id)
    if case is None:
        raise RecordRefused("no_case", _("The borrower has no case that a letter could belong to."))
    more = {
        "filed_on": locked.opened_on.isoformat(),
        "loan_no": locked.loan.loan_no,
        "result": locked.decision,
        "answer": locked.answer,
    }
    try:
        locked.letter = write(case=case, kind=LetterKind.DISPUTE_ANSWER, by=by, on=on, at=at, more=more)
    except LetterRefused as refused:
        raise RecordRefused("letter", str(refused)) from refused
    locked.save(update_fields=["letter"])
    return locked


def _check(by: User, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied(permission)


def _words(text: str, name: str, needed: object = "") -> str:
    said = text.strip()
    if needed and not said:
        raise RecordRefused(name, str(needed))
    if len(said) > LONGEST:
        raise RecordRefused(name, _("The text is too long."))
    return said


def _tell_audit(action: str, dispute: RecordDispute, by: User, at: dt.datetime, **details: object) -> None:
    subject = f"dispute {dispute.pk}"
    record(actor=by, action=action, subject=subject, details={"loan": dispute.loan.loan_no, **details}, at=at)
