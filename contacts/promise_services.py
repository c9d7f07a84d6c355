"""Taking promises, agreeing to one beyond the limits, and judging them whenever money moves."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django_fsm import can_proceed, has_transition_perm

from audit.services import record
from borrowers.models import Borrower
from contacts.lifecycle import JUDGED, PromiseState
from contacts.models import Attempt, Promise, PromiseChange
from contacts.selectors import NOT_KEPT, Money, local_time, money_of
from holds.selectors import Pair
from policies.selectors import terms_history
from rulebook.escalation import Blocker
from rulebook.promises import Given, Judged, NewPromise, blocks_promise, judge
from rulebook.terms import PromiseLimits, PromiseTerms
from staff.models import User

MAY_DECIDE = "promises.decide"


class PromiseRefused(Exception):
    """A promise cannot be taken or decided; `blockers` say why."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        super().__init__(", ".join(blocker.code for blocker in blockers))
        self.blockers = blockers


def lock_borrowers(*borrower_ids: int) -> None:
    """Whoever writes about contacts or promises of a borrower waits here for whoever is writing already.

    Always the first lock of a contact; promises come after it, then follow-ups, then cases.
    """
    list(Borrower.objects.select_for_update(no_key=True).filter(pk__in=borrower_ids).order_by("pk").values_list("pk"))


def terms_of(line: str, on: dt.date) -> PromiseTerms:
    """What the policy that rules on a day says about promises."""
    return terms_history(line).on(on).terms.promises


def _broken_recently(pair: Pair, terms: PromiseTerms, on: dt.date) -> int:
    since = on - dt.timedelta(days=terms.broken_window_days)
    mine = Promise.objects.filter(borrower=pair[0], portfolio=pair[1], state__in=NOT_KEPT)
    return mine.filter(settled_on__gt=since).count()


def limits_passed(
    *, pair: Pair, line: str, amount: Decimal, due_on: dt.date, on: dt.date, as_supervisor: bool
) -> list[Blocker]:
    """Why a promise goes beyond what a collector, or a supervisor, may take; nothing where it does not."""
    terms = terms_of(line, on)
    return list(blocks_promise(_new(pair, terms, amount, due_on, on), _limits(terms, as_supervisor), on))


def _new(pair: Pair, terms: PromiseTerms, amount: Decimal, due_on: dt.date, on: dt.date) -> NewPromise:
    overdue = money_of([pair])[pair].overdue(on)
    return NewPromise(amount, due_on, overdue, _broken_recently(pair, terms, on))


def _limits(terms: PromiseTerms, as_supervisor: bool) -> PromiseLimits:
    return terms.supervisor if as_supervisor else terms.collector


@transaction.atomic
def take_promise(
    *, attempt: Attempt, said: Mapping[str, Any], by: User, at: dt.datetime
) -> tuple[Promise, list[Promise]]:
    """Take a promise made in a contact; answers it and what it renegotiates.

    Beyond a collector's limits it waits for a supervisor; beyond a supervisor's it raises PromiseRefused.
    """
    pair = (attempt.borrower_id, attempt.portfolio_id)
    amount, due_on = said["amount"], said["date"]
    terms = terms_of(attempt.portfolio.policy_line, attempt.on)
    new = _new(pair, terms, amount, due_on, attempt.on)
    if refused := list(blocks_promise(new, terms.supervisor, attempt.on)):
        raise PromiseRefused(refused)
    beyond = [] if by.has_perm(MAY_DECIDE) else list(blocks_promise(new, terms.collector, attempt.on))
    superseded = [] if beyond else _supersede(pair, by, at)
    promise = Promise.objects.create(
        borrower=attempt.borrower,
        portfolio=attempt.portfolio,
        attempt=attempt,
        amount=amount,
        due_on=due_on,
        method=said.get("method") or "",
        made_at=at,
        made_by_id_then=by.pk,
        made_by_name=by.get_username(),
        beyond=[blocker.code for blocker in beyond],
        state=PromiseState.ASKED if beyond else PromiseState.OPEN,
    )
    _note(promise, "", at, by)
    return promise, superseded


def _supersede(pair: Pair, by: User, at: dt.datetime) -> list[Promise]:
    standing = Promise.objects.select_for_update(of=("self",)).filter(borrower=pair[0], portfolio=pair[1])
    old = list(standing.filter(state=PromiseState.OPEN))
    for promise in old:
        promise.supersede()
        promise.save()
        _note(promise, PromiseState.OPEN, at, by)
    return old


@transaction.atomic
def decide_promise(*, promise: Promise, agreed: bool, reason: str, by: User, on: dt.date, at: dt.datetime) -> Promise:
    """Agree to a promise beyond a collector's limits, or decline it; never one's own. Raises PromiseRefused."""
    lock_borrowers(promise.borrower_id)
    locked = Promise.objects.select_for_update(of=("self",)).select_related("portfolio").get(pk=promise.pk)
    step = locked.agree if agreed else locked.decline
    if not can_proceed(step):
        raise PromiseRefused([Blocker("stage")])
    if not has_transition_perm(step, by) or locked.made_by_id_then == by.pk:
        raise PermissionDenied(MAY_DECIDE)
    if not reason.strip():
        raise PromiseRefused([Blocker("reason")])
    pair = (locked.borrower_id, locked.portfolio_id)
    if agreed:
        terms = terms_of(locked.portfolio.policy_line, on)
        if refused := list(blocks_promise(_new(pair, terms, locked.amount, locked.due_on, on), terms.supervisor, on)):
            raise PromiseRefused(refused)
        _supersede(pair, by, at)
    step()
    locked.decided_by_id_then, locked.decided_by_name = by.pk, by.get_username()
    locked.save()
    _note(locked, PromiseState.ASKED, at, by, reason.strip())
    details = {"agreed": agreed}
    record(
        actor=by,
        action="contacts.decide_promise",
        subject=f"promise {locked.pk}",
        details=details,
        reason=reason.strip(),
        at=at,
    )
    return locked


def withdraw_promise(*, promise: Promise, by: User, at: dt.datetime) -> None:
    """Take back a promise that was logged by mistake."""
    locked = Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)
    if can_proceed(locked.cancel):
        source = locked.state
        locked.cancel()
        locked.save()
        _note(locked, source, at, by)


def reopen_superseded(*, promise: Promise, by: User, at: dt.datetime) -> None:
    """A promise stands again, because the one that replaced it was taken back."""
    locked = Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)
    if can_proceed(locked.reopen):
        locked.reopen()
        locked.save()
        _note(locked, PromiseState.SUPERSEDED, at, by)


@transaction.atomic
def judge_promises(*, pairs: Collection[Pair], on: dt.date, at: dt.datetime) -> int:
    """Judge every promise of some borrowers anew by the money on file; says how many stand otherwise than before."""
    promises: dict[Pair, list[Promise]] = defaultdict(list)
    rows = Promise.objects.filter(borrower__in={pair[0] for pair in pairs}, state__in=JUDGED)
    lock_borrowers(*rows.values_list("borrower", flat=True).distinct())
    for promise in rows.select_related("portfolio").order_by("pk").select_for_update(of=("self",)):
        promises[promise.borrower_id, promise.portfolio_id].append(promise)
    concerned = promises.keys() & set(pairs)
    money = money_of(concerned) if concerned else {}
    return sum(_judge(promises[pair], money[pair], on, at) for pair in sorted(concerned))


def _judge(promises: Sequence[Promise], money: Money, on: dt.date, at: dt.datetime) -> int:
    portfolio = promises[0].portfolio
    made = {promise.pk: local_time(promise.made_at, portfolio.timezone) for promise in promises}
    newest = max(made.values()).date()
    # What a later day has settled, closing an earlier one does not unsettle.
    on = max(on, newest, *(promise.settled_on for promise in promises if promise.settled_on))
    given = [Given(promise.pk, promise.amount, made[promise.pk], promise.due_on) for promise in promises]
    # A promise stands under the terms that ruled when it was made; of several the newest terms count the money.
    terms = terms_history(portfolio.policy_line).on(newest).terms.promises
    verdicts = judge(given, money.received, money.cleared_on(made.values(), on), terms, on)
    judged = {verdict.number: verdict for verdict in verdicts}
    # Where the money of a promise is taken back after another was made, it is as if that one had replaced it.
    *replaced, standing = [None, *(promise for promise in promises if judged[promise.pk].decided_on is None)]
    # The one that stands is written last: at no moment has a borrower two open promises in a portfolio.
    in_order = sorted(promises, key=lambda promise: promise == standing)
    return sum(_stand(promise, judged[promise.pk], at, is_replaced=promise in replaced) for promise in in_order)


def _stand(promise: Promise, verdict: Judged, at: dt.datetime, *, is_replaced: bool) -> bool:
    source, settled_on = promise.state, verdict.decided_on
    state = PromiseState.SUPERSEDED if is_replaced else PromiseState(verdict.state.value)
    changed = source != state or promise.counted != verdict.counted
    if not changed and promise.settled_on == settled_on:
        return False
    promise.stand(verdict.state.value)
    if is_replaced:
        promise.supersede()
    promise.counted, promise.settled_on = verdict.counted, settled_on
    promise.save()
    if changed:
        _note(promise, source, at, None)
    return changed


def _note(promise: Promise, source: str, at: dt.datetime, by: User | None, reason: str = "") -> None:
    PromiseChange.objects.create(
        promise=promise,
        source=source,
        target=promise.state,
        counted=promise.counted,
        at=at,
        by_name=by.get_username() if by else "",
        reason=reason,
    )
