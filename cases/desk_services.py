"""A collector's work: the next case, a call, its log, a slip taken back; the queue follows at once."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from borrowers.models import Phone, Status, ThirdParty
from cases.models import Case
from cases.queues import ORDER, due_to_wake, offered
from cases.selectors import CHUNK, cases_visible_to, open_cases, target_of
from cases.services import put_back_in_line, replace_in_line
from contacts import message_services, promise_services, services
from contacts.clearance import decide
from contacts.message_models import InboundMessage
from contacts.models import Attempt, Clearance, FollowUp, Promise
from contacts.selectors import local_day
from rulebook.contact_checks import CONNECTED, UNANSWERED
from staff.models import User

# Somebody who takes a case has it for themselves so long, whatever becomes of their browser.
LEASE = dt.timedelta(minutes=15)
# With these rules the calls of a day are used up.
USED_UP = (CONNECTED, UNANSWERED)


class DeskRefused(Exception):
    """Why something was not done at the desk, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def next_case(*, by: User, at: dt.datetime) -> Case | None:
    """Hand somebody the first case of their own or of the pool that nobody is on; None when there is nothing to do.

    Whoever asks at the same moment gets another one. A case that was handed out is offered again after the lease.
    """
    if not by.has_perm(services.MAY_LOG):
        raise PermissionDenied(services.MAY_LOG)
    mine = cases_visible_to(by).filter(owner=by)
    pool = cases_visible_to(by).filter(owner=None)
    # Two questions rather than one with OR: each is the head of an index.
    heads = [_head(mine, at), _head(pool, at)]
    case = min((head for head in heads if head), key=lambda head: (head.line, -head.points, head.pk), default=None)
    if case is not None:
        case.lease_by, case.lease_until = by, at + LEASE
        case.save(update_fields=["lease_by", "lease_until"])
    return case


def _head(cases: QuerySet[Case], at: dt.datetime) -> Case | None:
    return offered(cases, at).order_by(*ORDER).select_for_update(of=("self",), skip_locked=True).first()


@transaction.atomic
def take_case(*, case: Case, by: User, at: dt.datetime) -> None:
    """Somebody opens a case to work on it: it is theirs until they have logged, unless a colleague is on it."""
    if not by.has_perm(services.MAY_LOG):
        raise PermissionDenied(services.MAY_LOG)
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    refuse_when_taken(locked, by, at)
    locked.lease_by, locked.lease_until = by, at + LEASE
    locked.save(update_fields=["lease_by", "lease_until"])


def refuse_when_taken(case: Case, by: User, at: dt.datetime) -> None:
    """Raise DeskRefused while a colleague is on the case; somebody who answers for the team may always step in."""
    taken = case.lease_until is not None and case.lease_until > at and case.lease_by_id != by.pk
    if taken and not by.has_perm("contacts.answer"):
        raise DeskRefused("taken", _("%(person)s is working on this case.") % {"person": case.lease_by})


def call(*, case: Case, point: Phone | ThirdParty, by: User, at: dt.datetime) -> Clearance:
    """Ask the gate for a call; allowed or refused, the answer is on file. Raises DeskRefused for a taken case.

    Where the calls of the day are used up, the case waits, so that it is not offered again and again.
    """
    take_case(case=case, by=by, at=at)
    clearance = services.reserve(target=target_of(case, point), by=by, at=at)
    if clearance.rule_id in USED_UP:
        with transaction.atomic():
            place_anew(borrower_id=case.borrower_id, on=local_day(at, case.portfolio.timezone), at=at)
    return clearance


def log(
    *,
    case: Case,
    point: Phone | ThirdParty,
    outcome: str,
    said: Mapping[str, Any],
    by: User,
    at: dt.datetime,
    is_inbound: bool = False,
) -> Attempt:
    """Log a contact about a case with all its effects; the queue has the case in its new place at once.

    Raises DeskRefused, ContactRefused, PromiseRefused, HoldRefused or GateRefused.
    """
    take_case(case=case, by=by, at=at)
    # Not in one transaction with what follows: a refusal of the gate stays on file.
    attempt = services.log_attempt(
        target=target_of(case, point), outcome=outcome, said=said, by=by, at=at, is_inbound=is_inbound
    )
    with transaction.atomic():
        _follow(case, by, at)
    return attempt


def take_back(*, attempt: Attempt, by: User, at: dt.datetime) -> Case | None:
    """Take a log back within seconds; the case is one's own again. Raises ContactRefused."""
    with transaction.atomic():
        services.take_back_attempt(attempt=attempt, by=by, at=at)
        case = open_cases().filter(borrower=attempt.borrower, portfolio=attempt.portfolio).first()
        if case is not None:
            _follow(case, by, at)
            Case.objects.filter(pk=case.pk).update(lease_by=by, lease_until=at + LEASE)
    return case


@transaction.atomic
def decide_promise(*, promise: Promise, agreed: bool, reason: str, by: User, at: dt.datetime) -> Promise:
    """A second person agrees to a promise or declines it; the queue follows. Raises PromiseRefused."""
    on = local_day(at, promise.portfolio.timezone)
    decided = promise_services.decide_promise(promise=promise, agreed=agreed, reason=reason, by=by, on=on, at=at)
    place_anew(borrower_id=decided.borrower_id, on=on, at=at)
    return decided


@transaction.atomic
def finish_follow_up(*, follow_up: FollowUp, note: str, by: User, at: dt.datetime) -> FollowUp:
    """Something is done; the queue follows. Raises ContactRefused."""
    done = services.finish_follow_up(follow_up=follow_up, note=note, by=by, at=at)
    place_anew(borrower_id=done.borrower_id, on=local_day(at, done.portfolio.timezone), at=at)
    return done


@transaction.atomic
def answer_message(*, inbound: InboundMessage, note: str, by: User, at: dt.datetime) -> InboundMessage:
    """Somebody has seen to a borrower's message; the queue follows. Raises MessageRefused."""
    answered = message_services.answer(inbound=inbound, note=note, by=by, at=at)
    place_anew(borrower_id=answered.borrower_id, on=local_day(at, answered.portfolio.timezone), at=at)
    return answered


def _follow(case: Case, by: User, at: dt.datetime) -> None:
    place_anew(borrower_id=case.borrower_id, on=local_day(at, case.portfolio.timezone), at=at)
    Case.objects.filter(pk=case.pk, lease_by=by).update(lease_until=None, lease_by=None)


def place_anew(*, borrower_id: int, on: dt.date, at: dt.datetime) -> None:
    """Something about a borrower is new, such as a message: all their open cases get their place in the queue anew.

    Where the calls of the day are used up they wait. The caller holds the transaction.
    """
    put_back_in_line(borrower_id=borrower_id, on=on, at=at, lawful_from=_lawful_from(borrower_id, at))


def _lawful_from(borrower_id: int, at: dt.datetime) -> dict[int, dt.datetime]:
    """When a borrower may be called again whose calls of today are used up; empty while they may be called."""
    cases = open_cases().filter(borrower=borrower_id).select_related("borrower", "portfolio")
    phones = list(Phone.objects.filter(borrower=borrower_id, status=Status.OK).order_by("pk"))
    decisions = decide([target_of(case, phone) for case in cases for phone in phones], at)
    used_up = [d for d in decisions if d.refusal and d.refusal.rule.id in USED_UP]
    free = [d for d in decisions if d.refusal is None]
    moments = [d.next_allowed_at for d in used_up if d.next_allowed_at]
    return {borrower_id: min(moments)} if moments and not free else {}


def wake(*, at: dt.datetime, most: int | None = None) -> int:
    """Place the cases anew whose moment has come, such as a call back that is due; says how many, or `most` of them."""
    woken = 0
    while (most is None or woken < most) and (batch := _wake_chunk(at, most or CHUNK)):
        woken += batch
    return woken


@transaction.atomic
def _wake_chunk(at: dt.datetime, size: int) -> int:
    due = due_to_wake(open_cases(), at).select_related("portfolio")
    cases = list(due.select_for_update(of=("self",), skip_locked=True)[:size])
    by_day: dict[dt.date, list[int]] = {}
    for case in cases:
        by_day.setdefault(local_day(at, case.portfolio.timezone), []).append(case.pk)
    for on, pks in by_day.items():
        replace_in_line(pks=pks, on=on, at=at, lawful_from={})
    return len(cases)
