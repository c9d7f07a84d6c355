"""Moves that one asked for and others agreed to: to the door, to court, and out of the portal."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext
from django_fsm import has_transition_perm

from audit.services import record
from cases.agreed_selectors import CLOSES_AS, Settlement, guard_facts, loans_to_close, received_since, waiver_of
from cases.desk_services import place_anew
from cases.lifecycle import Stage
from cases.models import Case, CaseMove, VisitsWaived
from cases.queues import put_in_line
from cases.selectors import Found, found_of, open_cases
from cases.services import (
    AGREED,
    CLOSING,
    MoveRefused,
    blockers_of,
    make_step,
    not_before_last_closed,
    row_of_move,
)
from contacts.closing_services import end_work
from contacts.promise_services import lock_borrowers
from loans.closing_services import close_loans
from loans.models import Loan
from rulebook.escalation import Blocker, blocks_agreed_sum
from rulebook.masking import redact
from rulebook.money import ZERO
from staff.models import User
from staff.roles import Role

# It takes one of each.
BOTH = {Role.SUPERVISOR.value, Role.LEGAL_OFFICER.value}
MAY_WAIVE_VISITS = "cases.waive_visits"


def agreed_blockers(case: Case, move: str, on: dt.date) -> list[Blocker]:
    """Why a move could not even be asked for today; whether an agreed sum has come in is asked when it is made."""
    return list(blockers_of(case, move, found_of(case, not_before_last_closed(on))))


@transaction.atomic
def make_agreed_move(
    *,
    case: Case,
    move: str,
    asked_by_name: str,
    agreed_by: Sequence[User],
    reason: str,
    on: dt.date,
    at: dt.datetime,
    settlement: Settlement | None = None,
) -> CaseMove:
    """Make a move that others than who asked agreed to; closing ends the loans that are overdue and all work on them.

    `settlement` is what a case is settled for. Raises MoveRefused, PermissionDenied or what closing loans raises.
    """
    on = not_before_last_closed(on)
    locked = lock_to_move(case, move)
    if locked is None or move not in AGREED | CLOSING:
        raise MoveRefused([Blocker("stage")])
    _refuse_who_may_not(locked, move, asked_by_name, agreed_by)
    found, source = found_of(locked, on), locked.stage
    if blockers := [*blockers_of(locked, move, found), *_unpaid(locked, move, settlement, on)]:
        raise MoveRefused(blockers)
    facts = guard_facts(locked, replace(found.facts, stage_since=locked.stage_since))
    make_step(locked, move, on)
    if move in CLOSING:
        _end(locked, move, found, reason=reason, by=agreed_by[-1], at=at)
    locked.save()
    names = ", ".join(who.get_username() for who in agreed_by)
    who = {"by_name": names, "asked_by_name": asked_by_name}
    made = row_of_move(locked, move, source, found, at=at, by=agreed_by[-1], reason=reason, **who)
    made.facts |= facts
    made.save()
    record(actor=agreed_by[-1], action=f"cases.{move}", subject=f"case {locked}", details=who, reason=reason, at=at)
    # Closed, the other cases of the borrower stay where they are; escalated, this one gets another place.
    place_anew(borrower_id=locked.borrower_id, on=on, at=at)
    return made


def lock_to_move(case: Case, move: str) -> Case | None:
    """The open case under lock until the caller's transaction ends, so that nothing moves while somebody decides.

    What closes it locks its loans first and its borrower second, as whoever books money does.
    """
    if move in CLOSING:
        its = Loan.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id).order_by("pk")
        list(its.select_for_update(no_key=True).values_list("pk"))
    lock_borrowers(case.borrower_id)
    cases = open_cases().select_related("borrower", "portfolio", "lead_loan")
    return cases.select_for_update(of=("self",)).filter(pk=case.pk).first()


def _refuse_who_may_not(case: Case, move: str, asked_by_name: str, agreed_by: Sequence[User]) -> None:
    names = [asked_by_name, *(who.get_username() for who in agreed_by)]
    may = all(has_transition_perm(getattr(case, move), who) for who in agreed_by)
    if not agreed_by or not may or len(set(names)) != len(names):
        raise PermissionDenied(move)
    if move == "escalate_to_legal" and not {who.role for who in agreed_by} >= BOTH:
        raise PermissionDenied(move)


def _unpaid(case: Case, move: str, settlement: Settlement | None, on: dt.date) -> list[Blocker]:
    if move != "settle":
        return []
    received = received_since(case, settlement.from_on, on) if settlement else ZERO
    return list(blocks_agreed_sum(settlement.amount if settlement else None, received))


def _end(case: Case, move: str, found: Found, *, reason: str, by: User, at: dt.datetime) -> None:
    """Nobody works on the case any more, and what it was about is closed."""
    said = gettext("The case was closed.")
    end_work(pair=(case.borrower_id, case.portfolio_id), reason=said, by_name=by.get_username(), at=at)
    close_loans(loans=loans_to_close(found), how=CLOSES_AS[move], reason=reason, by=by, on=found.facts.on, at=at)
    put_in_line(case, found, at=at, relapsed_on=None, lawful_from={})
    case.review_on = case.lease_by = case.lease_until = None
    case.revision += 1


@transaction.atomic
def waive_visits(
    *, case: Case, reason: str, take_back: bool = False, by: User, on: dt.date, at: dt.datetime
) -> VisitsWaived:
    """A supervisor lets a case go to legal without visits, or takes that back. Raises MoveRefused."""
    if not by.has_perm(MAY_WAIVE_VISITS):
        raise PermissionDenied(MAY_WAIVE_VISITS)
    locked = open_cases().select_for_update(of=("self",)).filter(pk=case.pk, stage=Stage.FIELD).first()
    if locked is None or take_back != bool(waiver_of(locked)):
        raise MoveRefused([Blocker("stage")])
    if not reason.strip():
        raise MoveRefused([Blocker("reason")])
    said = VisitsWaived.objects.create(
        case=locked,
        is_taken_back=take_back,
        on=not_before_last_closed(on),
        at=at,
        by_id_then=by.pk,
        by_name=by.get_username(),
        reason=redact(reason.strip()),
    )
    locked.revision += 1
    locked.save(update_fields=["revision"])
    action = "cases.demand_visits" if take_back else "cases.waive_visits"
    record(actor=by, action=action, subject=f"case {locked}", reason=said.reason, at=at)
    return said
