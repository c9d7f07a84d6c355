"""Taking a slot at the gate, logging what came of it with all its effects, and taking a log back within seconds."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from audit.services import record
from borrowers.models import Phone, ThirdParty
from borrowers.services import number_to_dial
from contacts.clearance import Decision, Target, decide
from contacts.effect_models import AttemptUndone
from contacts.effect_services import undo_effect, write_attempt
from contacts.models import Attempt, Clearance, FollowUp, FollowUpKind, Layer, Outcome, Reservation
from contacts.promise_services import lock_borrowers
from contacts.selectors import attempts_of, local_day
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
# Kinds of follow-up that only somebody who answers for the team may close.
ANSWERED = (FollowUpKind.COMPLAINT, FollowUpKind.SETTLEMENT)


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
    found = Outcome.objects.filter(code=outcome, on_calls=True).first()
    refuse_incomplete(found, said)
    refuse_impossible(found, said, at, local_day(at, target.portfolio.timezone))
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


def refuse_impossible(outcome: Outcome | None, said: Mapping[str, Any], at: dt.datetime, on: dt.date) -> None:
    """Raise ContactRefused for a call back in the past, money of a day still to come, or a receipt that is none."""
    if outcome is None:
        return
    if "at" in outcome.requires and said["at"] <= at:
        raise ContactRefused("at", _("A call back is agreed for a time still to come."))
    if outcome.follow_up == FollowUpKind.VERIFY and said.get("date", on) > on:
        raise ContactRefused("date", _("A payment that was made was made on a day up to today."))
    if "receipt" in outcome.requires and (said["amount"] <= 0 or not RECEIPT.fullmatch(said["receipt"])):
        raise ContactRefused("receipt", _("A receipt has an amount, and a number of letters and digits."))


# What the number of a receipt looks like; it is kept as it is, so it has no room for a name or an address.
RECEIPT = re.compile(r"[A-Za-z0-9/_-]{1,40}")
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
    attempt = Attempt(
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
        on=local_day(at, target.portfolio.timezone),
        worked=outcome.worked,
        contacted=outcome.contacted,
        right_party=outcome.right_party,
        counts_as_attempt=outcome.counts_as_attempt,
    )
    write_attempt(attempt=attempt, outcome=outcome, said=said, by=by, at=at)
    return attempt


@transaction.atomic
def take_back_attempt(*, attempt: Attempt, by: User, at: dt.datetime) -> None:
    """Take a log back within seconds, with all it did; the slot of the call is open again, since it was made."""
    lock_borrowers(attempt.borrower_id)
    if attempt.by_id_then != by.pk:
        raise ContactRefused("not_yours", _("Only who logged it may take it back."))
    if AttemptUndone.objects.filter(attempt=attempt).exists():
        raise ContactRefused("undone", _("It is taken back already."))
    if attempt.channel == Channel.VISIT:
        raise ContactRefused("visit", _("A visit is judged by whoever reviews it, not taken back."))
    if at - attempt.at > UNDO:
        raise ContactRefused("too_late", _("The ten seconds are over; log what is right as another contact."))
    latest = attempts_of([attempt.borrower_id]).last()
    if latest is None or latest.pk != attempt.pk:
        raise ContactRefused("not_last", _("Something was logged after it."))
    AttemptUndone.objects.create(attempt=attempt, at=at, by_name=by.get_username())
    for effect in attempt.effects.order_by("-pk"):
        undo_effect(effect=effect, by=by, at=at)
    if attempt.clearance_id:
        Reservation.objects.filter(clearance=attempt.clearance_id).update(logged_at=None, expires_at=at + SLOT)
    record(actor=by, action="contacts.take_back", subject=f"attempt {attempt.pk}", at=at)


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
