"""Whether somebody may be written to: what they stopped, and whether their e-mail address works."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from audit.services import Actor, record
from borrowers.models import Borrower, OptOut
from rulebook.masking import redact
from staff.models import User

MAY_LIFT = "borrowers.lift_opt_out"


class ReachRefused(Exception):
    """Why nothing was changed, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def opt_out(*, borrower: Borrower, medium: str, how: str, by: Actor | None, at: dt.datetime) -> OptOut:
    """Write to a borrower no more by one medium; who said so before keeps the day they said it first.

    `how` is the word they wrote, or who took it down; `by` is None where the portal did it by itself.
    """
    said = redact(" ".join(how.split()))[:100]
    # Whoever says it on the telephone and by a message at once: the second waits here for the first.
    Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
    row, is_new = OptOut.objects.get_or_create(
        borrower=borrower, medium=medium, lifted_at=None, defaults={"at": at, "how": said}
    )
    if is_new:
        subject = f"borrower {borrower.borrower_no}"
        record(actor=by, action="borrowers.opt_out", subject=subject, details={"medium": medium}, at=at)
    return row


@transaction.atomic
def lift_opt_out(*, opt_out: OptOut, reason: str, by: User, at: dt.datetime) -> OptOut:
    """Write to a borrower again by a medium they had stopped, because they asked for it. Raises ReachRefused."""
    if not by.has_perm(MAY_LIFT):
        raise PermissionDenied(MAY_LIFT)
    locked = OptOut.objects.select_for_update(of=("self",)).select_related("borrower").get(pk=opt_out.pk)
    said = redact(" ".join(reason.split()))[:200]
    if not said:
        raise ReachRefused("reason", _("Say why."))
    if locked.lifted_at is not None:
        raise ReachRefused("lifted", _("It is lifted already."))
    locked.lifted_at, locked.lifted_by_name, locked.lift_reason = at, by.get_username(), said
    locked.save(update_fields=["lifted_at", "lifted_by_name", "lift_reason"])
    subject, details = f"borrower {locked.borrower.borrower_no}", {"medium": locked.medium}
    record(actor=by, action=MAY_LIFT, subject=subject, details=details, reason=said, at=at)
    return locked


@transaction.atomic
def take_back_opt_out(*, opt_out: OptOut, by: User, at: dt.datetime) -> OptOut:
    """Whoever wrote down an opt-out by a slip takes it back in the same breath; one that is lifted already stays so.

    The caller has made sure that it was this person's, a moment ago.
    """
    locked = OptOut.objects.select_for_update(of=("self",)).select_related("borrower").get(pk=opt_out.pk)
    if locked.lifted_at is None:
        locked.lifted_at, locked.lifted_by_name = at, by.get_username()
        locked.save(update_fields=["lifted_at", "lifted_by_name"])
        subject, details = f"borrower {locked.borrower.borrower_no}", {"medium": locked.medium}
        record(actor=by, action="borrowers.take_back_opt_out", subject=subject, details=details, at=at)
    return locked


@transaction.atomic
def set_email_status(*, borrower: Borrower, status: str, by: Actor | None, at: dt.datetime) -> str:
    """Say whether an e-mail address may still be used; answers what it was before."""
    locked = Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
    before = str(locked.email_status)
    if before != status:
        locked.email_status = status
        locked.save(update_fields=["email_status"])
        details = {"point": "email", "status": [before, status]}
        subject = f"borrower {locked.borrower_no}"
        record(actor=by, action="borrowers.set_status", subject=subject, details=details, at=at)
    return before
