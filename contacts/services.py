"""Taking a slot at the gate, logging what came of it with all its effects, and taking a log back within seconds."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from audit.services import record
from borrowers.models import OptOut, Phone, Status, ThirdParty
from borrowers.reach_services import take_back_opt_out
from borrowers.services import number_to_dial, set_status
from contacts.clearance import Decision, Target, decide
from contacts.message_services import settle_by_contact, wait_again
from contacts.models import (
    Attempt,
    AttemptEffect,
    AttemptUndone,
    Clearance,
    EffectKind,
    FollowUp,
    FollowUpKind,
    Layer,
    Outcome,
    Promise,
    Reservation,
)
from contacts.promise_services import lock_borrowers, reopen_superseded, take_promise, withdraw_promise
from contacts.selectors import attempts_of, local_day
from contacts.stop_services import RESTS, medium_stopped, stop_medium
from holds.models import RULES, Hold
from holds.services import place, take_back
from rulebook.contact_rules import Channel, Purpose, Who
from rulebook.masking import redact
from staff.models import User

# A slot that nobody has logged counts as a conversation for so long.
SLOT = dt.timedelta(minutes=30)
# Whoever was late to write down a call that was allowed still may, for so long.
LOGGED_WITHIN = dt.timedelta(hours=12)
# How long a log may be taken back by who wrote it; the page offers ten seconds, and a click takes its way.
UNDO = dt.timedelta(seconds=12)
MAY_LOG = "contacts.log"
# Where the numbers stand that an effect changed.
POINTS: dict[str, type[Phone] | type[ThirdParty]] = {EffectKind.PHONE: Phone, EffectKind.THIRD_PARTY: ThirdParty}
# Kinds of follow-up that only somebody who answers for the team may close.
ANSWERED = (FollowUpKind.COMPLAINT, FollowUpKind.SETTLEMENT)
SAID_APART = {"willingness", "ability", "explained", "reason", "text", "next_at", "inbound", "phone", "third_party"}


class ContactRefused(Exception):
    """Why something was not logged, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


class GateRefused(Exception):
    """The gate refused a contact; the decision, which is on file, says by which rule and until when."""

    def __init__(self, clearance: Clearance) -> None:
        super().__init__(clearance.rule_id)
        self.clearance = clearance


@transaction.atomic
def reserve(*, target: Target, by: User, at: dt.datetime) -> Clearance:
    """Ask the gate for a call and take the slot; of two who ask for the last one at once, one is refused.

    The answer is on file either way. Whoever holds a slot for the number already gets the same one again, unless
    something speaks against the call by now, such as the night, a hold or a payment.
    """
    if not by.has_perm(MAY_LOG):
        raise PermissionDenied(MAY_LOG)
    # Whoever comes second waits here, and then counts the first.
    lock_borrowers(target.borrower.pk)
    mine = _slots_of(target, by).filter(expires_at__gt=at).first()
    decision = decide([_as_on_file(target)], at, own_slot=mine)[0]
    if mine and decision.refusal is None:
        return mine.clearance
    clearance = _written(decision, by, at)
    if clearance.allowed:
        Reservation.objects.create(
            clearance=clearance, borrower=target.borrower, by=by, reserved_at=at, expires_at=at + SLOT
        )
    return clearance


def _as_on_file(target: Target) -> Target:
    """The target read again: its number may have been logged as wrong a moment ago."""
    return replace(target, point=type(target.point)._default_manager.get(pk=target.point.pk))


def _slots_of(target: Target, by: User) -> QuerySet[Reservation]:
    """The calls somebody was cleared for and has not logged, the newest first."""
    mine = Reservation.objects.filter(borrower=target.borrower, by=by, logged_at=None)
    same = mine.filter(clearance__number_key=target.number_key, clearance__who=target.who.value)
    return same.filter(clearance__portfolio=target.portfolio).select_related("clearance").order_by("-pk")


def _written(decision: Decision, by: User, at: dt.datetime) -> Clearance:
    target, refusal = decision.target, decision.refusal
    return Clearance.objects.create(
        borrower=target.borrower,
        portfolio=target.portfolio,
        purpose=target.purpose,
        channel=Channel.CALL.value,
        who=target.who.value,
        phone=target.point if isinstance(target.point, Phone) else None,
        third_party=target.point if isinstance(target.point, ThirdParty) else None,
        number_key=target.number_key,
        at=at,
        by_id_then=by.pk,
        by_name=by.get_username(),
        allowed=refusal is None,
        rule_id=refusal.rule.id if refusal else "",
        preset=target.rules.name,
        rules_version=target.rules.version,
        next_allowed_at=decision.next_allowed_at if refusal else None,
        facts=decision.as_json(at),
    )


def dial(*, clearance: Clearance, by: User, at: dt.datetime) -> str:
    """The number in clear, for the person whose call was allowed, while their slot is open."""
    point = clearance.phone or clearance.third_party
    is_open = Reservation.objects.filter(clearance=clearance, by=by, logged_at=None, expires_at__gt=at).exists()
    if not is_open or point is None:
        raise PermissionDenied("contacts.dial")
    return number_to_dial(point=point, by=by, purpose=clearance.purpose, at=at)


def log_attempt(
    *, target: Target, outcome: str, said: Mapping[str, Any], by: User, at: dt.datetime, is_inbound: bool = False
) -> Attempt:
    """Log what came of a contact. Raises ContactRefused, PromiseRefused, or GateRefused where no call was allowed.

    Without a call that was allowed the gate is asked now; its refusal stays on file although nothing is logged.
    """
    found = Outcome.objects.filter(code=outcome).first()
    refuse_incomplete(found, said)
    _refuse_impossible(found, said, at, local_day(at, target.portfolio.timezone))
    if found and found.layer == Layer.RIGHT and target.who is Who.THIRD_PARTY:
        raise ContactRefused("who", _("Only the borrower can give this answer; log what the person said of them."))
    clearance = None if is_inbound else _cleared(target, by, at)
    return _log(target=target, outcome=found, said=said, by=by, at=at, clearance=clearance)


def _cleared(target: Target, by: User, at: dt.datetime) -> Clearance:
    """Why the call was allowed that somebody logs, or is allowed now. Raises GateRefused."""
    mine = _slots_of(target, by).filter(reserved_at__gt=at - LOGGED_WITHIN).first()
    clearance = mine.clearance if mine else reserve(target=target, by=by, at=at)
    if not clearance.allowed:
        raise GateRefused(clearance)
    return clearance


def refuse_incomplete(outcome: Outcome | None, said: Mapping[str, Any]) -> None:
    """Raise ContactRefused for an outcome that is not there, or that lacks what it requires."""
    if outcome is None:
        raise ContactRefused("outcome", _("There is no such outcome."))
    missing = [name for name in outcome.requires if said.get(name) in (None, "")]
    # Free text says whatever has no word of its own.
    missing = [name for name in missing if name not in FREE or not said.get("text")]
    if missing:
        raise ContactRefused("missing", _("This outcome also takes: %(fields)s.") % {"fields": ", ".join(missing)})


def _refuse_impossible(outcome: Outcome | None, said: Mapping[str, Any], at: dt.datetime, on: dt.date) -> None:
    """Raise ContactRefused for a call back in the past, or money that came on a day still to come."""
    if outcome is None:
        return
    if "at" in outcome.requires and said["at"] <= at:
        raise ContactRefused("at", _("A call back is agreed for a time still to come."))
    if outcome.follow_up == FollowUpKind.VERIFY and said["date"] > on:
        raise ContactRefused("date", _("A payment that was made was made on a day up to today."))


FREE = {"text", "type", "offer", "source", "lawyer"}


@transaction.atomic
def _log(
    *,
    target: Target,
    outcome: Outcome | None,
    said: Mapping[str, Any],
    by: User,
    at: dt.datetime,
    clearance: Clearance | None,
) -> Attempt:
    if outcome is None or not by.has_perm(MAY_LOG):
        raise PermissionDenied(MAY_LOG)
    lock_borrowers(target.borrower.pk)
    slot = Reservation.objects.filter(clearance=clearance, logged_at=None)
    # Of two clicks at once the second finds the call logged.
    if clearance and not slot.update(logged_at=at):
        raise ContactRefused("logged", _("This call is logged already."))
    attempt = Attempt.objects.create(
        borrower=target.borrower,
        portfolio=target.portfolio,
        clearance=clearance,
        is_inbound=clearance is None,
        channel=Channel.CALL.value,
        purpose=target.purpose if clearance else Purpose.SERVICE.value,
        who=target.who.value,
        phone=target.point if isinstance(target.point, Phone) else None,
        third_party=target.point if isinstance(target.point, ThirdParty) else None,
        number_key=target.number_key,
        at=at,
        on=local_day(at, target.portfolio.timezone),
        by_id_then=by.pk,
        by_name=by.get_username(),
        outcome=outcome,
        worked=outcome.worked,
        contacted=outcome.contacted,
        right_party=outcome.right_party,
        counts_as_attempt=outcome.counts_as_attempt,
        willingness=said.get("willingness"),
        ability=said.get("ability"),
        explained=said.get("explained"),
        reason=said.get("reason") or "",
        said=_other_words(said),
        note=redact(str(said.get("text") or ""))[:500],
        next_at=_next_at(outcome, said, at),
    )
    for kind, row, before in _effects(attempt, target, outcome, said, by, at):
        AttemptEffect.objects.create(attempt=attempt, kind=kind, row=row, before=before)
    return attempt


def _other_words(said: Mapping[str, Any]) -> dict[str, str]:
    rest = {name: value for name, value in said.items() if name not in SAID_APART and value not in (None, "")}
    return {name: redact(str(value)) for name, value in rest.items()}


def _next_at(outcome: Outcome, said: Mapping[str, Any], at: dt.datetime) -> dt.datetime | None:
    if said.get("next_at"):
        chosen: dt.datetime = said["next_at"]
        return chosen
    hours = RESTS if medium_stopped(outcome, said) else outcome.next_hours
    return at + dt.timedelta(hours=hours) if hours else None


Effect = tuple[str, int, str]


def _effects(
    attempt: Attempt, target: Target, outcome: Outcome, said: Mapping[str, Any], by: User, at: dt.datetime
) -> list[Effect]:
    """Everything that follows from an outcome, done now; each with what it takes to undo it."""
    effects = _followed_up(attempt, at)
    effects.extend((EffectKind.INBOUND, pk, "") for pk in settle_by_contact(attempt=attempt))
    # Who asked us to stop is left alone for good, whatever else is said of the number.
    if outcome.number_becomes and _as_on_file(target).point.status != Status.STOPPED:
        kind = EffectKind.PHONE if target.who is Who.BORROWER else EffectKind.THIRD_PARTY
        before = set_status(point=target.point, status=outcome.number_becomes, by=by, at=at)
        effects.append((kind, target.point.pk, before))
    effects.extend(_stopped(attempt, outcome, said, by, at))
    if outcome.follow_up:
        effects.append((EffectKind.FOLLOW_UP, _follow_up(attempt, outcome, said, at).pk, ""))
    if "amount" in outcome.requires:
        promise, superseded = take_promise(attempt=attempt, said=said, by=by, at=at)
        # Undone from the last to the first: the old promise can stand again once the new one is gone.
        effects.extend((EffectKind.SUPERSEDED, old.pk, "") for old in superseded)
        effects.append((EffectKind.PROMISE, promise.pk, ""))
    return effects


def _followed_up(attempt: Attempt, at: dt.datetime) -> list[Effect]:
    """A call settles the call-backs that were agreed before it; ours, or one that reached them, the courtesy call."""
    kinds = [FollowUpKind.CALLBACK]
    if not attempt.is_inbound or attempt.right_party:
        kinds.append(FollowUpKind.COURTESY)
    waiting = FollowUp.objects.filter(borrower=attempt.borrower, portfolio=attempt.portfolio, done_at=None)
    done = list(waiting.filter(kind__in=kinds).values_list("pk", flat=True))
    FollowUp.objects.filter(pk__in=done).update(done_at=at, done_by_name=attempt.by_name)
    return [(EffectKind.FOLLOWED_UP, pk, "") for pk in done]


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
    return FollowUp.objects.create(
        borrower=attempt.borrower,
        portfolio=attempt.portfolio,
        attempt=attempt,
        kind=outcome.follow_up,
        due_at=due_at,
        note=attempt.note[:200],
    )


@transaction.atomic
def take_back_attempt(*, attempt: Attempt, by: User, at: dt.datetime) -> None:
    """Take a log back within seconds, with all it did; the slot of the call is open again, since it was made."""
    lock_borrowers(attempt.borrower_id)
    if attempt.by_id_then != by.pk:
        raise ContactRefused("not_yours", _("Only who logged it may take it back."))
    if AttemptUndone.objects.filter(attempt=attempt).exists():
        raise ContactRefused("undone", _("It is taken back already."))
    if at - attempt.at > UNDO:
        raise ContactRefused("too_late", _("The ten seconds are over; log what is right as another contact."))
    latest = attempts_of([attempt.borrower_id]).last()
    if latest is None or latest.pk != attempt.pk:
        raise ContactRefused("not_last", _("Something was logged after it."))
    AttemptUndone.objects.create(attempt=attempt, at=at, by_name=by.get_username())
    for effect in attempt.effects.order_by("-pk"):
        _undo(effect, by, at)
    if attempt.clearance_id:
        Reservation.objects.filter(clearance=attempt.clearance_id).update(logged_at=None, expires_at=at + SLOT)
    record(actor=by, action="contacts.take_back", subject=f"attempt {attempt.pk}", at=at)


def _undo(effect: AttemptEffect, by: User, at: dt.datetime) -> None:
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


@transaction.atomic
def finish_follow_up(*, follow_up: FollowUp, note: str, by: User, at: dt.datetime) -> FollowUp:
    """Say that something is done, and how. Complaints and offers take somebody who answers for the team."""
    permission = "contacts.answer" if follow_up.kind in ANSWERED else MAY_LOG
    if not by.has_perm(permission):
        raise PermissionDenied(permission)
    locked = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if locked.done_at is not None:
        raise ContactRefused("done", _("This is done already."))
    if not note.strip():
        raise ContactRefused("note", _("Say how it was done."))
    locked.done_at, locked.done_by_name, locked.note = at, by.get_username(), redact(note.strip())[:200]
    locked.save(update_fields=["done_at", "done_by_name", "note"])
    details = {"kind": locked.kind}
    record(
        actor=by,
        action="contacts.finish_follow_up",
        subject=f"follow-up {locked.pk}",
        details=details,
        reason=locked.note,
        at=at,
    )
    return locked
