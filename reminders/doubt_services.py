"""Saying what became of a message that nobody knows of; only a person does, with what the gateway knows."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.services import record
from cases.review_services import look_again
from contacts.message_models import ReceiptKind
from contacts.message_services import add_receipt
from contacts.selectors import local_day
from reminders.fallback_services import next_way
from reminders.gateways import Known, gateway_for
from reminders.lifecycle import State
from reminders.models import OutboxMessage
from reminders.outbox_services import MAY_SETTLE, OutboxRefused, Step, locked_message, take
from rulebook.masking import redact
from staff.models import User


@transaction.atomic
def settle_doubt(
    *, outbox: OutboxMessage, arrived: bool, reason: str, by: User, at: dt.datetime, by_another_way: bool = False
) -> OutboxMessage:
    """Say whether a message that needs a look went out. Raises OutboxRefused.

    One that did not is written again by another way only where the person asks for it.
    """
    if not by.has_perm(MAY_SETTLE):
        raise PermissionDenied(MAY_SETTLE)
    locked = locked_message(outbox.pk)
    said = redact(reason.strip())
    if not said:
        raise OutboxRefused("reason", _("Say how you know."))
    if locked.state != State.IN_DOUBT:
        raise OutboxRefused("state", _("Somebody has settled it, or the gateway has."))
    if arrived:
        locked.sent_at = locked.sent_at or locked.claimed_at
    else:
        locked.settled_at = at
    take([Step(locked, "accept" if arrived else "fail", "by_hand", said)], at=at, by=by)
    kind = ReceiptKind.ACCEPTED if arrived else ReceiptKind.NOT_SENT
    assert locked.message is not None  # the database lets nothing be in doubt that was not handed over
    add_receipt(message=locked.message, kind=kind, reason=said[:100], at=at)
    details = {"arrived": arrived, "by_another_way": by_another_way and not arrived}
    record(actor=by, action="reminders.settle", subject=f"message {locked}", details=details, reason=said, at=at)
    if by_another_way and not arrived:
        next_way(outbox=locked, at=at)
    # Messages are locked before cases.
    look_again(pairs=[(locked.borrower_id, locked.portfolio_id)], on=local_day(at, locked.portfolio.timezone))
    return locked


def look_up(outbox: OutboxMessage) -> Known:
    """What the gateway knows of a message; it is asked now, and nothing is written."""
    gateway = gateway_for(outbox.medium)
    try:
        return gateway.ask(outbox.key)
    finally:
        gateway.close()
