"""Moving messages of the outbox: the only place that calls their transitions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from audit.services import record
from reminders.models import OutboxChange, OutboxMessage
from rulebook.masking import redact
from staff.models import User

MAY_SETTLE = "reminders.settle"
# What a move may change beside the state and why; nothing else is written.
CHANGES: Mapping[str, tuple[str, ...]] = {
    "claim": (
        *("clearance", "message", "claimed_at", "tries"),
        *("language", "template_version", "title", "body", "amount"),
    ),
    "refuse": ("clearance",),
    "expire": (),
    "cancel": ("clearance",),
    "put_back": ("tries", "send_after"),
    "accept": ("sent_at", "reference"),
    "deliver": ("sent_at", "settled_at"),
    "fail": ("sent_at", "settled_at"),
    "bounce": ("sent_at", "settled_at"),
    "doubt": (),
}


class OutboxRefused(Exception):
    """Why a message was not moved, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Step:
    """One move of one message, with why; `detail` never holds personal data."""

    outbox: OutboxMessage
    move: str
    why: str = ""
    detail: str = ""


def take(steps: Sequence[Step], *, at: dt.datetime, by: User | None = None) -> int:
    """Make moves of messages whose rows the caller has locked; those that are not possible now are left out.

    The caller holds the transaction. Says how many were made.
    """
    made: list[OutboxChange] = []
    for step in steps:
        move = getattr(step.outbox, step.move)
        if not can_proceed(move):
            continue
        source = step.outbox.state
        move()
        step.outbox.why, step.outbox.detail = step.why, step.detail[:200]
        # One by one: a few short statements cost less than one that says of each column what it is for which message.
        step.outbox.save(update_fields=["state", "why", "detail", *CHANGES[step.move]])
        made.append(
            OutboxChange(
                outbox=step.outbox,
                source=source,
                target=step.outbox.state,
                at=at,
                by_name=by.get_username() if by else "",
                why=step.why,
                detail=step.outbox.detail,
            )
        )
    OutboxChange.objects.bulk_create(made)
    return len(made)


@transaction.atomic
def cancel(*, outbox: OutboxMessage, reason: str, by: User, at: dt.datetime) -> OutboxMessage:
    """Call off a message that is planned. Raises OutboxRefused once a worker has it."""
    if not by.has_perm(MAY_SETTLE):
        raise PermissionDenied(MAY_SETTLE)
    locked = locked_message(outbox.pk)
    said = redact(reason.strip())
    if not said:
        raise OutboxRefused("reason", _("Say why."))
    if not take([Step(locked, "cancel", "by_hand", said)], at=at, by=by):
        raise OutboxRefused("state", _("It is not planned any more."))
    record(actor=by, action="reminders.cancel", subject=f"message {locked}", reason=said, at=at)
    return locked


def locked_message(pk: int) -> OutboxMessage:
    """The message, locked until the caller's transaction ends."""
    rows = OutboxMessage.objects.select_related("portfolio", "message")
    return rows.select_for_update(of=("self",)).get(pk=pk)
