"""Asking for visits, agreeing to them, and calling off what is not needed any more: the only callers of transitions."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed, has_transition_perm

from audit.services import record
from borrowers.models import Address
from cases.lifecycle import Stage
from cases.models import Case
from contacts.selectors import local_day
from holds.selectors import held
from loans.models import Loan
from policies.selectors import terms_history
from rulebook.masking import redact
from rulebook.terms import TermsHistory
from staff.models import User
from visits.lifecycle import AHEAD, OPEN, PLANNED
from visits.models import Visit, VisitChange
from visits.selectors import standing_of, usable_addresses

MAY_REQUEST = "visits.request"
MAY_ASSIGN = "visits.assign"
CHUNK = 200
LONGEST = 200


class VisitRefused(Exception):
    """Why something was not done about a visit, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def request(*, case: Case, address: Address, wish: str, by: User, on: dt.date, at: dt.datetime) -> Visit:
    """Ask for a visit about a case; somebody else has to agree to it. Raises VisitRefused."""
    if not by.has_perm(MAY_REQUEST):
        raise PermissionDenied(MAY_REQUEST)
    locked = _askable(case, address, on)
    visit = _made(locked, address, wish, requested_by_id=by.pk, requested_by_name=by.get_username(), at=at)
    note(visit, "request", "", by=by, at=at)
    return visit


@transaction.atomic
def first_visit(
    *,
    case: Case,
    address: Address,
    wish: str,
    requested_by_id: int,
    requested_by_name: str,
    approved_by: User,
    at: dt.datetime,
) -> Visit:
    """The visit that comes with the agreement to field visits: asked for by one, agreed to by another.

    Raises VisitRefused.
    """
    if not approved_by.has_perm(MAY_ASSIGN) or approved_by.pk == requested_by_id:
        raise PermissionDenied(MAY_ASSIGN)
    locked = _askable(case, address, local_day(at, case.portfolio.timezone))
    visit = _made(locked, address, wish, requested_by_id=requested_by_id, requested_by_name=requested_by_name, at=at)
    note(visit, "request", "", by=None, at=at)
    return _approved(visit, approved_by, at)


def _askable(case: Case, address: Address, on: dt.date) -> Case:
    """The case, locked; of two who ask at once the second finds the first one's visit. Raises VisitRefused."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("borrower", "portfolio").get(pk=case.pk)
    if locked.stage != Stage.FIELD:
        raise VisitRefused("stage", _("Only a case in field visits is visited."))
    if not usable_addresses(locked).filter(pk=address.pk).exists():
        raise VisitRefused("address", _("This address may not be visited: it is none of the borrower's in use."))
    pair = (locked.borrower_id, locked.portfolio_id)
    stopping = [hold for hold in held([pair], on)[pair].active if hold.stops_visits]
    if stopping:
        text = _("A hold stops visits: %(kind)s.") % {"kind": stopping[0].get_kind_display()}
        raise VisitRefused("hold", text)
    if Visit.objects.filter(case=locked, state__in=OPEN).exists():
        raise VisitRefused("open", _("A visit of this case is under way already."))
    return locked


def _made(
    case: Case, address: Address, wish: str, *, requested_by_id: int, requested_by_name: str, at: dt.datetime
) -> Visit:
    return Visit.objects.create(
        case=case,
        borrower=case.borrower,
        portfolio=case.portfolio,
        address=address,
        wish=said(wish),
        requested_by_id_then=requested_by_id,
        requested_by_name=requested_by_name,
        requested_at=at,
    )


@transaction.atomic
def approve(*, visit: Visit, by: User, at: dt.datetime) -> Visit:
    """Agree to a visit that somebody else asked for. Raises VisitRefused."""
    locked = locked_visit(visit.pk)
    if locked.requested_by_id_then == by.pk:
        raise PermissionDenied(MAY_ASSIGN)
    return _approved(locked, by, at)


def _approved(visit: Visit, by: User, at: dt.datetime) -> Visit:
    visit.approved_by_id_then, visit.approved_by_name, visit.approved_at = by.pk, by.get_username(), at
    return move(visit, "approve", by=by, at=at)


@transaction.atomic
def decline(*, visit: Visit, reason: str, by: User, at: dt.datetime) -> Visit:
    """Do not agree to a visit, with a reason. Raises VisitRefused."""
    return move(locked_visit(visit.pk), "decline", by=by, at=at, reason=needed(reason))


@transaction.atomic
def cancel(*, visit: Visit, reason: str, by: User, at: dt.datetime) -> Visit:
    """Call off a visit that is not logged yet, with a reason. Raises VisitRefused."""
    if not by.has_perm(MAY_ASSIGN):
        raise PermissionDenied(MAY_ASSIGN)
    return move(locked_visit(visit.pk), "cancel", by=by, at=at, reason=needed(reason))


@transaction.atomic
def loans_changed(*, loan_ids: Iterable[int], on: dt.date, at: dt.datetime) -> int:
    """Money has moved on loans: visits that nobody needs any more are called off at once. Says how many.

    `on` is the business date of the booking; what is in arrears is read as of now.
    """
    its = Loan.objects.filter(pk__in=list(loan_ids), borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"))
    return _call_off(Visit.objects.filter(Exists(its)), at)


def tidy(*, at: dt.datetime) -> int:
    """Call off what a hold or a payment stops, and end what is past its time; says how many visits that were."""
    done = last = 0
    while pks := list(_ahead().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        chunk, last = Visit.objects.filter(pk__in=pks), pks[-1]
        done += _call_off(chunk, at) + _end(chunk, at)
    return done


def _ahead() -> QuerySet[Visit]:
    return Visit.objects.filter(state__in=AHEAD)


@transaction.atomic
def _call_off(visits: QuerySet[Visit], at: dt.datetime) -> int:
    rows = list(locked_visits(visits.filter(state__in=AHEAD)))
    against = standing_of(rows, at)
    stopped = [visit for visit in rows if visit.pk in against and against[visit.pk].cancels]
    for visit in stopped:
        move(visit, "cancel", by=None, at=at, reason=against[visit.pk].code.value)
    return len(stopped)


@transaction.atomic
def _end(visits: QuerySet[Visit], at: dt.datetime) -> int:
    rows = list(locked_visits(visits.filter(state__in=AHEAD)))
    # Each line's terms are read once, however many visits wait.
    terms = {line: terms_history(line) for line in {visit.portfolio.policy_line for visit in rows}}
    ended = [(visit, how) for visit in rows for how in _ends(visit, terms[visit.portfolio.policy_line], at)]
    for visit, (step, reason) in ended:
        if step == "unschedule":
            off_the_day(visit)
        move(visit, step, by=None, at=at, reason=reason)
    return len(ended)


def _ends(visit: Visit, terms: TermsHistory, at: dt.datetime) -> Iterator[tuple[str, str]]:
    """A day on which nobody went is over; the visit waits for another one, until it has waited too long."""
    zone = visit.portfolio.timezone
    today, since = local_day(at, zone), local_day(visit.approved_at or visit.requested_at, zone)
    if visit.state in PLANNED and visit.day and visit.day < today:
        yield "unschedule", "day_over"
    waits = visit.state not in PLANNED or (visit.day and visit.day < today)
    if waits and today > since + dt.timedelta(days=terms.on(today).terms.visits.expires_days):
        yield "expire", "too_old"


def off_the_day(visit: Visit) -> None:
    """Forget when a visit was to be and who was to go; the change that said so stays on file."""
    visit.day = visit.from_time = visit.until_time = visit.lead = visit.companion = None
    visit.stop = 0


def locked_visit(pk: int) -> Visit:
    """The visit, locked until the caller's transaction ends."""
    return locked_visits(Visit.objects.filter(pk=pk)).get()


def locked_visits(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Visits, locked until the caller's transaction ends, always in the order of their rows."""
    full = visits.select_related("case", "borrower", "portfolio", "address", "lead", "companion")
    return full.order_by("pk").select_for_update(of=("self",))


def said(text: str) -> str:
    """What somebody wrote, on one line and without numbers that would say who it is about."""
    return redact(" ".join(text.split()))[:LONGEST]


def needed(reason: str) -> str:
    """A reason that somebody has to give. Raises VisitRefused."""
    if not said(reason):
        raise VisitRefused("reason", _("Say why."))
    return said(reason)


def move(
    visit: Visit,
    step: str,
    *,
    by: User | None,
    at: dt.datetime,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> Visit:
    """Make one move of a visit that the caller has locked, or say why not. Nobody else calls a transition.

    Raises VisitRefused where the visit has moved on meanwhile, PermissionDenied for a role that may not.
    """
    transition, source = getattr(visit, step), visit.state
    if not can_proceed(transition):
        text = _("This is not possible now: the visit is %(state)s.") % {"state": visit.get_state_display()}
        raise VisitRefused("state", text)
    if by is not None and not has_transition_perm(transition, by):
        raise PermissionDenied(step)
    transition()
    visit.save()
    note(visit, step, source, by=by, at=at, reason=reason, details=details)
    return visit


def note(
    visit: Visit,
    step: str,
    source: str,
    *,
    by: User | None,
    at: dt.datetime,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Write down one change of a visit, in its own history and in the audit log."""
    VisitChange.objects.create(
        visit=visit,
        move=step,
        source=source,
        target=visit.state,
        at=at,
        by_id_then=by.pk if by else None,
        by_name=by.get_username() if by else "",
        reason=reason,
        details=details or {},
    )
    facts = {"case": str(visit.case), "state": str(visit.state), **(details or {})}
    record(actor=by, action=f"visits.{step}", subject=f"visit {visit}", details=facts, reason=reason, at=at)
