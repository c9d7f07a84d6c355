"""Telling borrowers before they are first reported as overdue: the letters for what was held back."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit.services import record
from borrowers.models import Borrower
from bureau.fact_selectors import rules_of
from bureau.models import NoNotice
from bureau.selectors import case_of, held_without_notice, waiting_rows
from contacts.letter_models import LetterKind
from contacts.letter_services import LetterRefused
from letters.services import write
from loans.models import Portfolio
from rulebook.credit_record import month_end
from staff.models import User

MAY_REPORT = "bureau.report"


def write_notices(*, portfolio: Portfolio, by: User, on: dt.date, at: dt.datetime) -> int:
    """Write the notice to everybody whose row waits and who has none on its way; says how many letters.

    A letter that cannot be written leaves its reason in the list of what is held back. Raises PermissionDenied.
    """
    if not by.has_perm(MAY_REPORT):
        raise PermissionDenied(MAY_REPORT)
    borrowers = {held.borrower_id: held.borrower for held in held_without_notice(portfolio)}
    written = sum(_write(borrower, portfolio, by, on, at) for borrower in borrowers.values())
    details = {"written": written, "refused": len(borrowers) - written}
    record(actor=by, action="bureau.write_notices", subject=f"portfolio {portfolio.code}", details=details, at=at)
    return written


@transaction.atomic
def _write(borrower: Borrower, portfolio: Portfolio, by: User, on: dt.date, at: dt.datetime) -> bool:
    """The first report it may come before is that of the month in which the notice is old enough."""
    earliest = on + dt.timedelta(days=rules_of(portfolio, on).terms.notice_days)
    more = {"report_on": month_end(earliest).isoformat()}
    case, refusal = case_of(borrower.pk, portfolio.pk), NoNotice.NO_CASE.value
    if case is not None:
        try:
            with transaction.atomic():
                write(case=case, kind=LetterKind.REPORT_NOTICE, by=by, on=on, at=at, more=more)
            refusal = ""
        except LetterRefused as refused:
            refusal = refused.code
    waiting = waiting_rows().filter(borrower=borrower, portfolio=portfolio)
    waiting.update(refusal=refusal)
    return not refusal
