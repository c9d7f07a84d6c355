"""Placing and lifting holds; one that stops penalty or the clock writes pauses into the loans."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.services import record
from borrowers.models import Borrower
from holds.models import ACTS, RULES, Hold, HoldPause, Kind
from loans.models import Loan, Portfolio
from loans.services import end_pause, pause
from staff.models import User


class HoldRefused(Exception):
    """Why a hold was not placed or lifted, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def place(
    *,
    borrower: Borrower,
    portfolio: Portfolio,
    kind: str,
    from_on: dt.date,
    until_on: dt.date | None,
    stops_penalty: bool,
    stops_clock: bool,
    reason: str,
    evidence: str,
    by: User,
    at: dt.datetime,
) -> Hold:
    """Stop acting on what a borrower owes in a portfolio. Several holds may stand at once. Raises HoldRefused."""
    if not by.has_perm("holds.place"):
        raise PermissionDenied("holds.place")
    if (stops_penalty or stops_clock) and not by.has_perm("loans.pause"):
        raise PermissionDenied("loans.pause")
    _refuse_impossible(kind, from_on=from_on, until_on=until_on, reason=reason, evidence=evidence)
    hold = Hold.objects.create(
        borrower=borrower,
        portfolio=portfolio,
        kind=kind,
        from_on=from_on,
        until_on=until_on,
        stops_penalty=stops_penalty,
        stops_clock=stops_clock,
        reason=reason.strip(),
        evidence=evidence.strip(),
        placed_at=at,
        placed_by_name=by.get_username(),
        **{f"stops_{act}": act in RULES[kind].stops for act in ACTS},
    )
    # In the order of their rows, as whoever closes or books several locks them.
    _pause(hold, Loan.objects.filter(borrower=borrower, portfolio=portfolio).order_by("pk"), by, at)
    record(actor=by, action="holds.place", subject=_subject(hold), details=_details(hold), reason=hold.reason, at=at)
    return hold


def _refuse_impossible(kind: str, *, from_on: dt.date, until_on: dt.date | None, reason: str, evidence: str) -> None:
    if kind not in Kind.values:
        raise HoldRefused("kind", _("There is no such kind of hold."))
    if until_on is not None and until_on <= from_on:
        raise HoldRefused("empty", _("The hold must end after it begins."))
    if not reason.strip():
        raise HoldRefused("reason", _("Say why."))
    if RULES[kind].evidence and not evidence.strip():
        raise HoldRefused("evidence", _("This kind of hold takes evidence: name the document."))


def _pause(hold: Hold, loans: Iterable[Loan], by: User, at: dt.datetime) -> None:
    if not (hold.stops_penalty or hold.stops_clock):
        return
    for loan in loans:
        event = pause(
            loan=loan,
            from_on=hold.from_on,
            until_on=hold.until_on,
            stops_penalty=hold.stops_penalty,
            stops_clock=hold.stops_clock,
            reason=hold.reason,
            by=by,
            at=at,
        )
        HoldPause.objects.create(hold=hold, event=event)


@transaction.atomic
def lift(*, hold: Hold, reason: str, mistaken: bool, by: User, on: dt.date, at: dt.datetime) -> Hold:
    """End a hold from a day on, or as if it had never been where it was a mistake. Raises HoldRefused."""
    locked = Hold.objects.select_for_update(of=("self",)).select_related("borrower", "portfolio").get(pk=hold.pk)
    if not by.has_perm(RULES[locked.kind].lift):
        raise PermissionDenied(RULES[locked.kind].lift)
    if locked.lifted_on is not None:
        raise HoldRefused("lifted", _("This hold was lifted already."))
    if not mistaken and locked.until_on and locked.until_on <= on:
        raise HoldRefused("over", _("This hold is over already."))
    if not reason.strip():
        raise HoldRefused("reason", _("Say why."))
    ends_on = locked.from_on if mistaken else max(on, locked.from_on)
    locked.lifted_on, locked.lifted_at, locked.lifted_by_name = ends_on, at, by.get_username()
    locked.lift_reason = reason.strip()
    locked.save()
    for its in locked.pauses.select_related("event__loan"):
        end_pause(event=its.event, until_on=ends_on, reason=locked.lift_reason, by=by, at=at)
    details = _details(locked) | {"mistaken": mistaken}
    record(actor=by, action="holds.lift", subject=_subject(locked), details=details, reason=locked.lift_reason, at=at)
    return locked


@transaction.atomic
def take_back(*, hold: Hold, by: User, at: dt.datetime) -> Hold:
    """Whoever placed a hold by a slip takes it back in the same breath, as if it had never been; money it never was."""
    locked = Hold.objects.select_for_update(of=("self",)).select_related("borrower", "portfolio").get(pk=hold.pk)
    if locked.placed_by_name != by.get_username() or locked.stops_penalty or locked.stops_clock:
        raise PermissionDenied(RULES[locked.kind].lift)
    if locked.lifted_on is not None:
        raise HoldRefused("lifted", _("This hold was lifted already."))
    locked.lifted_on, locked.lifted_at, locked.lifted_by_name = locked.from_on, at, by.get_username()
    locked.save()
    record(actor=by, action="holds.take_back", subject=_subject(locked), details=_details(locked), at=at)
    return locked


def _subject(hold: Hold) -> str:
    return f"hold {hold.pk} on borrower {hold.borrower.borrower_no}"


def _details(hold: Hold) -> dict[str, str | None]:
    return {
        "kind": hold.kind,
        "portfolio": hold.portfolio.code,
        "from": hold.from_on.isoformat(),
        "until": hold.ends_on.isoformat() if hold.ends_on else None,
    }
