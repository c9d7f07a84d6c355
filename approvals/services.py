"""Asking for what takes others, and their answer; what is agreed to is carried out in the same transaction."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from approvals.lifecycle import WAITING
from approvals.models import MOVES, Approval, ApprovalChange, Kind, seats_left
from approvals.selectors import Asked, Look, addresses_of, asked_of, look_at, may_take_a_seat
from audit.services import record
from bureau import services as bureau
from cases.agreed_services import lock_to_move, make_agreed_move
from cases.models import Case, CaseMove
from cases.selectors import open_cases
from cases.services import CLOSING, MoveRefused, not_before_last_closed
from loans.models import Loan
from rulebook.escalation import Blocker
from rulebook.masking import redact
from staff.models import User
from visits import services as visits

MAY_REQUEST = "approvals.request"
# Money that comes in after it was asked for is what a settlement waits for: no reason not to ask.
NOT_YET = {"agreed_sum_paid"}


class ApprovalRefused(Exception):
    """Why something was not asked for or decided, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def ask(*, case: Case, kind: str, asked: Asked, reason: str, by: User, on: dt.date, at: dt.datetime) -> Approval:
    """Ask for something about a case that others have to agree to.

    Raises MoveRefused with what stands in the way, or ApprovalRefused.
    """
    if not by.has_perm(MAY_REQUEST):
        raise PermissionDenied(MAY_REQUEST)
    on = not_before_last_closed(on)
    locked = open_cases().select_for_update(of=("self",)).select_related("portfolio").filter(pk=case.pk).first()
    if locked is None or kind not in Kind.values:
        raise MoveRefused([Blocker("stage")])
    if not reason.strip():
        raise MoveRefused([Blocker("reason")])
    _end_late(locked, kind, at)
    if Approval.objects.filter(case=locked, kind=kind, state__in=WAITING).exists():
        raise ApprovalRefused("waiting", _("This is asked for already, and not decided yet."))
    _refuse_incomplete(locked, kind, asked, on)
    look = look_at(locked, kind, asked, on)
    if blockers := [blocker for blocker in look.blockers if blocker.code not in NOT_YET]:
        raise MoveRefused(blockers)
    _refuse_no_concession(look)
    approval = Approval.objects.create(
        case=locked,
        portfolio=locked.portfolio,
        kind=kind,
        asked_by_id_then=by.pk,
        asked_by_name=by.get_username(),
        asked_at=at,
        asked_on=on,
        reason=_said(reason),
        deadline_at=at + dt.timedelta(days=look.found.terms.terms.authority.decide_within_days),
        seats=list(look.seats),
        payload=asked.as_json(),
        facts=look.facts,
        difference=look.difference,
        policy_version_id=look.found.version_id,
    )
    _note(approval, "ask", "", by=by, at=at, reason=approval.reason, facts=look.facts)
    return approval


def _said(text: str) -> str:
    """What somebody wrote, without numbers that would say who it is about."""
    return redact(text.strip())


def _end_late(case: Case, kind: str, at: dt.datetime) -> None:
    """What nobody decided in time may be asked for again at once, and not only when the sweep has come."""
    late = Approval.objects.filter(case=case, kind=kind, state__in=WAITING, deadline_at__lte=at)
    # One that somebody is deciding on at this moment is left to them.
    for approval in late.select_for_update(of=("self",), skip_locked=True):
        _end(approval, "expire", "", None, at)


def _refuse_incomplete(case: Case, kind: str, asked: Asked, on: dt.date) -> None:
    if kind == Kind.FIELD and (asked.address is None or not addresses_of(case).filter(pk=asked.address.pk).exists()):
        raise ApprovalRefused("address", _("Say at which address of the borrower the first visit shall be."))
    if kind != Kind.SETTLE:
        return
    if asked.settlement is None or asked.settlement.amount <= 0:
        raise MoveRefused([Blocker("agreed_sum")])
    if not case.opened_on <= asked.settlement.from_on <= on:
        raise ApprovalRefused("counts_from", _("Money can count from the day the case opened until today."))


def _refuse_no_concession(look: Look) -> None:
    """A settlement gives something up; who owes no more than the agreed sum simply pays."""
    if look.difference.get("closed_as") == "settled" and not look.gives_up:
        raise ApprovalRefused("agreed_sum_high", _("The agreed sum is all that is owed: nothing is settled for less."))


@transaction.atomic
def agree(*, approval: Approval, note: str = "", seen: str = "", by: User, on: dt.date, at: dt.datetime) -> Approval:
    """Agree to what somebody else asked for; with the last person it takes, it is done at once.

    Everything is asked again with the facts of today; `seen` marks those the person saw when deciding. Raises
    MoveRefused, ApprovalRefused, PermissionDenied, or what carrying it out raises; nothing has happened then.
    """
    on = not_before_last_closed(on)
    locked = _lock_with_case(approval, at)
    asked = asked_of(locked)
    look = look_at(locked.case, locked.kind, asked, on)
    # What it takes can only have grown: penalty has, or a payment was taken back.
    if len(look.seats) > len(locked.seats):
        locked.seats = list(look.seats)
    seats = seats_left(locked.seats, locked.first_role)
    if not may_take_a_seat(locked, seats, by):
        raise _not_theirs(locked, by)
    _refuse_now(locked, asked, look, seen)
    source, step = locked.state, "agree_last" if len(seats) == 1 else "agree_first"
    if locked.first_by_id_then is None:
        locked.first_by_id_then, locked.first_by_name = by.pk, by.get_username()
        locked.first_role, locked.first_at = by.role, at
    else:
        locked.second_by_id_then, locked.second_by_name, locked.second_at = by.pk, by.get_username(), at
    if step == "agree_last":
        locked.move = _carry_out(locked, asked, by, on, at)
    getattr(locked, step)()
    locked.save()
    _note(locked, step, source, by=by, at=at, reason=_said(note), facts=look.facts)
    return locked


def _lock_with_case(approval: Approval, at: dt.datetime) -> Approval:
    """The request and its case: no money is booked between what is looked at and what is done."""
    locked = _lock(approval, at)
    case = lock_to_move(locked.case, MOVES[locked.kind])
    if case is None:
        raise MoveRefused([Blocker("stage")])
    locked.case = case
    return locked


def _refuse_now(approval: Approval, asked: Asked, look: Look, seen: str) -> None:
    if seen and seen != look.mark:
        raise ApprovalRefused("changed", _("The facts have changed meanwhile. Look at the new ones first."))
    if look.blockers:
        raise MoveRefused(look.blockers)
    if approval.kind == Kind.FIELD and asked.address is None:
        raise ApprovalRefused("address", _("The address is not in use any more; decline, and ask again with another."))


def _not_theirs(approval: Approval, by: User) -> Exception:
    if by.pk == approval.asked_by_id_then:
        return ApprovalRefused("own", _("You asked for this yourself: another person has to decide."))
    if by.pk == approval.first_by_id_then:
        return ApprovalRefused("twice", _("You have agreed already: it takes another person beside you."))
    return PermissionDenied(MOVES[approval.kind])


def _carry_out(approval: Approval, asked: Asked, by: User, on: dt.date, at: dt.datetime) -> CaseMove:
    """Do what was agreed to, all of it or nothing."""
    case = approval.case
    deciders = [by]
    if approval.second_by_id_then is not None and approval.first_by_id_then is not None:
        first = User.objects.filter(pk=approval.first_by_id_then, role=approval.first_role, is_active=True).first()
        if first is None:
            text = _("%(person)s, who agreed first, could not do so any more; decline, and ask again.")
            raise ApprovalRefused("first_left", text % {"person": approval.first_by_name})
        deciders = [first, by]
    made = make_agreed_move(
        case=case,
        move=MOVES[approval.kind],
        asked_by_name=approval.asked_by_name,
        agreed_by=deciders,
        reason=approval.reason,
        on=on,
        at=at,
        settlement=asked.settlement,
    )
    if approval.kind == Kind.FIELD and asked.address:
        visits.first_visit(
            case=case,
            address=asked.address,
            wish=asked.wish,
            requested_by_id=approval.asked_by_id_then,
            requested_by_name=approval.asked_by_name,
            approved_by=by,
            at=at,
        )
    if made.move in CLOSING:
        its = Loan.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id)
        loan_ids = list(its.values_list("pk", flat=True))
        visits.loans_changed(loan_ids=loan_ids, on=on, at=at)
        bureau.loans_changed(loan_ids=loan_ids, on=on, at=at)
    return made


@transaction.atomic
def decline(*, approval: Approval, reason: str, by: User, at: dt.datetime) -> Approval:
    """Do not agree to what somebody else asked for, with a reason. Raises ApprovalRefused or PermissionDenied."""
    locked = _lock(approval, at)
    # Whoever has agreed already may think better of it.
    has_agreed = by.pk == locked.first_by_id_then and by.pk != locked.asked_by_id_then
    if not has_agreed and not may_take_a_seat(locked, locked.free_seats, by):
        raise _not_theirs(locked, by)
    return _end(locked, "decline", reason, by, at)


@transaction.atomic
def withdraw(*, approval: Approval, reason: str, by: User, at: dt.datetime) -> Approval:
    """Whoever asked does not ask any more. Raises ApprovalRefused or PermissionDenied."""
    locked = _lock(approval, at)
    if by.pk != locked.asked_by_id_then or not by.has_perm(MAY_REQUEST):
        raise PermissionDenied(MAY_REQUEST)
    return _end(locked, "withdraw", reason, by, at)


def _lock(approval: Approval, at: dt.datetime) -> Approval:
    """The request, locked; of two who decide at once the second finds it decided. Raises ApprovalRefused."""
    rows = Approval.objects.select_related("case__portfolio", "case__borrower", "case__lead_loan")
    locked = rows.select_for_update(of=("self",)).get(pk=approval.pk)
    if not locked.is_waiting:
        text = _("This is decided already: %(state)s.") % {"state": locked.get_state_display()}
        raise ApprovalRefused("decided", text)
    if locked.deadline_at <= at:
        raise ApprovalRefused("late", _("The time to decide is over; it has to be asked for again."))
    return locked


def _end(approval: Approval, step: str, reason: str, by: User | None, at: dt.datetime) -> Approval:
    if by is not None and not reason.strip():
        raise ApprovalRefused("reason", _("Say why."))
    source = approval.state
    getattr(approval, step)()
    approval.ended_at, approval.ended_by_name = at, by.get_username() if by else ""
    approval.end_reason = _said(reason)
    approval.save()
    _note(approval, step, source, by=by, at=at, reason=approval.end_reason, facts={})
    return approval


@transaction.atomic
def tidy(*, at: dt.datetime) -> int:
    """End the requests that nobody decided in time and those whose case is in another stage by now; says how many."""
    rows = Approval.objects.filter(state__in=WAITING).select_related("case")
    ended = 0
    for approval in rows.order_by("pk").select_for_update(of=("self",), skip_locked=True):
        if not can_proceed(getattr(approval.case, MOVES[approval.kind])):
            _end(approval, "fall_away", "", None, at)
        elif approval.deadline_at <= at:
            _end(approval, "expire", "", None, at)
        else:
            continue
        ended += 1
    return ended


def _note(
    approval: Approval,
    step: str,
    source: str,
    *,
    by: User | None,
    at: dt.datetime,
    reason: str,
    facts: Mapping[str, Any],
) -> None:
    """Write down one step, in the request's own history and in the audit log."""
    ApprovalChange.objects.create(
        approval=approval,
        source=source,
        target=approval.state,
        at=at,
        by_name=by.get_username() if by else "",
        reason=reason,
        facts=dict(facts),
    )
    details = {"case": str(approval.case), "kind": str(approval.kind), "state": str(approval.state)}
    record(actor=by, action=f"approvals.{step}", subject=f"approval {approval}", details=details, reason=reason, at=at)
