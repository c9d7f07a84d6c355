"""Writing an attempt down with everything that follows from it, and undoing all of that again."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from borrowers.models import Address, OptOut, Phone, Status, ThirdParty
from borrowers.reach_services import take_back_opt_out
from borrowers.services import set_status
from contacts.effect_models import AttemptEffect, EffectKind
from contacts.message_services import settle_by_contact, wait_again
from contacts.models import Attempt, Channel, FollowUp, FollowUpKind, Outcome, Promise
from contacts.promise_services import reopen_superseded, take_promise, withdraw_promise
from contacts.stop_services import RESTS, medium_stopped, stop_medium
from holds.models import RULES, Hold
from holds.services import place, take_back
from rulebook.masking import redact
from staff.models import User

Point = Phone | ThirdParty | Address
# Where the numbers and addresses stand that an effect changed.
POINTS: dict[str, type[Phone] | type[ThirdParty] | type[Address]] = {
    EffectKind.PHONE: Phone,
    EffectKind.THIRD_PARTY: ThirdParty,
    EffectKind.ADDRESS: Address,
}
SAID_APART = {"willingness", "ability", "explained", "reason", "text", "next_at", "inbound", "phone", "third_party"}
# Said in figures that are nobody's number: kept as they are.
NOT_PERSONAL = {"receipt", "letter"}


def write_attempt(
    *, attempt: Attempt, outcome: Outcome, said: Mapping[str, Any], by: User, at: dt.datetime
) -> list[AttemptEffect]:
    """Put an attempt on file with what was said, and do at once whatever follows from its outcome.

    The caller has filled in who was contacted how and why, has locked the borrower and holds the transaction.
    """
    attempt.at, attempt.by_id_then, attempt.by_name = at, by.pk, by.get_username()
    attempt.outcome = outcome
    attempt.willingness, attempt.ability = said.get("willingness"), said.get("ability")
    attempt.explained = said.get("explained")
    attempt.reason = said.get("reason") or ""
    attempt.said = _other_words(said)
    attempt.note = redact(str(said.get("text") or ""))[:500]
    attempt.next_at = _next_at(outcome, said, at)
    attempt.save(force_insert=True)
    effects = _effects(attempt, outcome, said, by, at)
    return [
        AttemptEffect.objects.create(attempt=attempt, kind=kind, row=row, before=before)
        for kind, row, before in effects
    ]


def _other_words(said: Mapping[str, Any]) -> dict[str, str]:
    rest = {name: str(value) for name, value in said.items() if name not in SAID_APART and value not in (None, "")}
    return {name: value if name in NOT_PERSONAL else redact(value) for name, value in rest.items()}


def _next_at(outcome: Outcome, said: Mapping[str, Any], at: dt.datetime) -> dt.datetime | None:
    if said.get("next_at"):
        chosen: dt.datetime = said["next_at"]
        return chosen
    hours = RESTS if medium_stopped(outcome, said) else outcome.next_hours
    return at + dt.timedelta(hours=hours) if hours else None


Effect = tuple[str, int, str]


def _effects(attempt: Attempt, outcome: Outcome, said: Mapping[str, Any], by: User, at: dt.datetime) -> list[Effect]:
    """Everything that follows from an outcome, done now; each with what it takes to undo it."""
    effects = _followed_up(attempt, at)
    effects.extend((EffectKind.INBOUND, pk, "") for pk in settle_by_contact(attempt=attempt))
    effects.extend(_marked(attempt, outcome, by, at))
    effects.extend(_stopped(attempt, outcome, said, by, at))
    if outcome.follow_up:
        effects.append((EffectKind.FOLLOW_UP, _follow_up(attempt, outcome, said, at).pk, ""))
    if outcome.takes_promise:
        promise, superseded = take_promise(attempt=attempt, said=said, by=by, at=at)
        # Undone from the last to the first: the old promise can stand again once the new one is gone.
        effects.extend((EffectKind.SUPERSEDED, old.pk, "") for old in superseded)
        effects.append((EffectKind.PROMISE, promise.pk, ""))
    return effects


def _followed_up(attempt: Attempt, at: dt.datetime) -> list[Effect]:
    """A call settles the call-backs that were agreed before it; ours, or one that reached them, the courtesy call.

    A visit settles them where it met the borrower.
    """
    if attempt.channel == Channel.VISIT and not attempt.right_party:
        return []
    kinds = [FollowUpKind.CALLBACK]
    if not attempt.is_inbound or attempt.right_party:
        kinds.append(FollowUpKind.COURTESY)
    waiting = FollowUp.objects.filter(borrower=attempt.borrower, portfolio=attempt.portfolio, done_at=None)
    done = list(waiting.filter(kind__in=kinds).values_list("pk", flat=True))
    FollowUp.objects.filter(pk__in=done).update(done_at=at, done_by_name=attempt.by_name)
    return [(EffectKind.FOLLOWED_UP, pk, "") for pk in done]


def _marked(attempt: Attempt, outcome: Outcome, by: User, at: dt.datetime) -> list[Effect]:
    """The number or address gets the status the outcome gives it."""
    if not outcome.number_becomes:
        return []
    kind, point = _point_of(attempt)
    # Who asked us to stop is left alone for good, whatever else is said of the number.
    if type(point)._default_manager.get(pk=point.pk).status == Status.STOPPED:
        return []
    before = set_status(point=point, status=outcome.number_becomes, by=by, at=at)
    return [(kind, point.pk, before)]


def _point_of(attempt: Attempt) -> tuple[str, Point]:
    points = {
        EffectKind.PHONE: attempt.phone,
        EffectKind.THIRD_PARTY: attempt.third_party,
        EffectKind.ADDRESS: attempt.address,
    }
    return next((kind.value, point) for kind, point in points.items() if point is not None)


def _stopped(attempt: Attempt, outcome: Outcome, said: Mapping[str, Any], by: User, at: dt.datetime) -> list[Effect]:
    """One medium, where they want no more of that alone; else whatever the outcome's hold stops."""
    if medium := medium_stopped(outcome, said):
        row = stop_medium(attempt=attempt, medium=medium, by=by, at=at)
        return [(EffectKind.OPT_OUT, row.pk, "")] if row else []
    return [(EffectKind.HOLD, _hold(attempt, outcome, said, by, at).pk, "")] if outcome.hold_kind else []


def _hold(attempt: Attempt, outcome: Outcome, said: Mapping[str, Any], by: User, at: dt.datetime) -> Hold:
    said_so = attempt.note or str(outcome.name)
    evidence = str(said.get("source") or said.get("lawyer") or said.get("text") or "")
    return place(
        borrower=attempt.borrower,
        portfolio=attempt.portfolio,
        kind=outcome.hold_kind,
        from_on=attempt.on,
        until_on=None,
        stops_penalty=False,
        stops_clock=False,
        reason=f"{outcome.code}: {said_so}"[:200],
        evidence=redact(evidence)[:200] if RULES[outcome.hold_kind].evidence else "",
        by=by,
        at=at,
    )


def _follow_up(attempt: Attempt, outcome: Outcome, said: Mapping[str, Any], at: dt.datetime) -> FollowUp:
    within = dt.timedelta(hours=outcome.follow_up_hours or 0)
    due_at = said["at"] if outcome.follow_up == FollowUpKind.CALLBACK else at + within
    # What was paid into somebody's hand is looked for by its receipt.
    paid = [attempt.said[name] for name in ("amount", "receipt") if "receipt" in attempt.said and name in attempt.said]
    return FollowUp.objects.create(
        borrower=attempt.borrower,
        portfolio=attempt.portfolio,
        attempt=attempt,
        kind=outcome.follow_up,
        due_at=due_at,
        note=" · ".join([*paid, attempt.note] if attempt.note else paid)[:200],
    )


def undo_effect(*, effect: AttemptEffect, by: User, at: dt.datetime) -> None:
    """Put back one thing that an attempt changed. The caller goes from the last to the first."""
    if effect.kind in POINTS:
        point = POINTS[effect.kind]._default_manager.get(pk=effect.row)
        set_status(point=point, status=effect.before, by=by, at=at)
    elif effect.kind == EffectKind.HOLD:
        take_back(hold=Hold.objects.get(pk=effect.row), by=by, at=at)
    elif effect.kind == EffectKind.OPT_OUT:
        take_back_opt_out(opt_out=OptOut.objects.get(pk=effect.row), by=by, at=at)
    elif effect.kind == EffectKind.PROMISE:
        withdraw_promise(promise=Promise.objects.get(pk=effect.row), by=by, at=at)
    elif effect.kind == EffectKind.SUPERSEDED:
        reopen_superseded(promise=Promise.objects.get(pk=effect.row), by=by, at=at)
    elif effect.kind == EffectKind.FOLLOW_UP:
        FollowUp.objects.filter(pk=effect.row).update(done_at=at, done_by_name=by.get_username())
    elif effect.kind == EffectKind.INBOUND:
        wait_again(inbound_id=effect.row)
    else:
        FollowUp.objects.filter(pk=effect.row).update(done_at=None, done_by_name="")
