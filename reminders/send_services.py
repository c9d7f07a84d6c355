"""Sending what was claimed: one connection for a batch, and the mark of each message in a transaction of its own.

A message whose fate nobody knows is left to a person: a second one may break a cap, and would frighten somebody.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import QuerySet

from borrowers.models import Status
from borrowers.reach_services import set_email_status
from borrowers.services import set_status
from cases.review_services import look_again
from contacts.message_models import Message, ReceiptKind
from contacts.message_services import add_receipt
from contacts.selectors import local_day
from reminders.claim_services import BATCH, Claimed, claim
from reminders.fallback_services import next_way
from reminders.gateways import Gateway, GatewayAway, Result, Sent, gateway_for
from reminders.lifecycle import State
from reminders.models import OutboxMessage, Sender
from reminders.outbox_services import Step, locked_message, take
from reminders.sender_services import note_failure, note_success

Clock = Callable[[], dt.datetime]
# A claim that nobody has marked for so long is nobody's: its worker was killed.
LEASE = dt.timedelta(minutes=10)
# A worker stops handing over so long before that, so that no message is both under way and in doubt.
STOPS_BEFORE = dt.timedelta(minutes=4)
# What surely never left is tried again after a pause that doubles, and given up after so many tries.
MOST_TRIES = 6
FIRST_PAUSE = dt.timedelta(minutes=1)


def send_due(*, medium: str, clock: Clock, until: dt.datetime) -> int:
    """Send what is due by a medium, batch after batch, until nothing is left or the time is over; says how many.

    `clock` says what time it is: sending takes time, and what is right for the first may be wrong for the last.
    """
    handed = 0
    while clock() < until:
        claimed = claim(medium=medium, at=clock(), most=BATCH)
        if not claimed.looked_at:
            break
        handed += hand_over(medium=medium, letters=claimed.letters, clock=clock)
    return handed


def hand_over(*, medium: str, letters: Sequence[Claimed], clock: Clock) -> int:
    """Give claimed messages to their gateway over one connection; says how many it was given.

    The caller has committed the claim. Nothing of it is in a transaction while the gateway is spoken to.
    """
    if not letters:
        return 0
    gateway, began = gateway_for(medium), clock()
    try:
        gateway.open()
    except GatewayAway as away:
        _all_unsent(medium, letters, away.detail, clock())
        return 0
    try:
        return _one_by_one(gateway, medium, letters, began, clock)
    finally:
        gateway.close()


def _one_by_one(gateway: Gateway, medium: str, letters: Sequence[Claimed], began: dt.datetime, clock: Clock) -> int:
    """Hand over each until one is not answered for: what is left of the batch would only be put in doubt as well."""
    for number, claimed in enumerate(letters):
        now = clock()
        if now - began > LEASE - STOPS_BEFORE or not claimed.may_go(now):
            _give_back(letters[number:], now)
            return number
        sent = gateway.send(claimed.letter)
        mark(pk=claimed.pk, sent=sent, at=clock())
        if sent.result in (Result.NOT_SENT, Result.UNKNOWN):
            _give_back(letters[number + 1 :], clock())
            return number + 1
    return len(letters)


@transaction.atomic
def _give_back(letters: Sequence[Claimed], at: dt.datetime) -> None:
    """Put back what was claimed and not handed over; it was not tried, and may go at once."""
    rows = list(_sending(letters))
    for row in rows:
        row.tries -= 1
        _receipt(row, ReceiptKind.NOT_SENT, Sent(Result.NOT_SENT), at)
    take([Step(row, "put_back", "not_reached") for row in rows], at=at)


def _all_unsent(medium: str, letters: Sequence[Claimed], detail: str, at: dt.datetime) -> None:
    """The gateway was away: surely nothing was sent, and that counts as one failure."""
    sent = Sent(Result.NOT_SENT, detail=detail)
    with transaction.atomic():
        for row in _sending(letters):
            _not_sent(row, sent, at)
    _note(medium, sent, at)


def _sending(letters: Sequence[Claimed]) -> QuerySet[OutboxMessage]:
    """The rows of claimed letters, locked, as far as nobody has moved them."""
    rows = OutboxMessage.objects.filter(pk__in=[claimed.pk for claimed in letters], state=State.SENDING)
    about = rows.select_related("borrower", "portfolio", "phone", "message", "policy_version")
    return about.order_by("pk").select_for_update(of=("self",))


def mark(*, pk: int, sent: Sent, at: dt.datetime) -> None:
    """Write down what the gateway answered about one message, and then whether it answers at all."""
    _note(_mark_message(pk, sent, at), sent, at)


@transaction.atomic
def _mark_message(pk: int, sent: Sent, at: dt.datetime) -> str:
    row = locked_message(pk)
    _MARKS[sent.result](row, sent, at)
    return row.medium


@transaction.atomic
def _note(medium: str, sent: Sent, at: dt.datetime) -> None:
    """In a transaction of its own: a claim locks the sender before the messages, and would wait for us as we for it."""
    answered = sent.result in (Result.ACCEPTED, Result.REJECTED)
    # While all is well the sender's row is left alone: every worker would wait for it after every message.
    if not answered or Sender.objects.filter(medium=medium, failures__gt=0).exists():
        sender = Sender.objects.select_for_update().get(medium=medium)
        note_success(sender) if answered else note_failure(sender, sent.detail, at)


def _accepted(row: OutboxMessage, sent: Sent, at: dt.datetime) -> None:
    row.sent_at, row.reference = at, sent.reference[:100]
    steps = [Step(row, "accept", "gateway", sent.detail)]
    if sent.delivered:
        row.settled_at = at
        steps.append(Step(row, "deliver", "gateway", sent.detail))
    # A receipt may have come before our own mark; then there is nothing left to mark.
    if not take(steps, at=at):
        row.save(update_fields=["sent_at", "reference"])
    _receipt(row, ReceiptKind.ACCEPTED, sent, at)
    if sent.delivered:
        _receipt(row, ReceiptKind.DELIVERED, sent, at)
    look_again(pairs=[(row.borrower_id, row.portfolio_id)], on=local_day(at, row.portfolio.timezone))


def _rejected(row: OutboxMessage, sent: Sent, at: dt.datetime) -> None:
    row.settled_at = at
    if not take([Step(row, "fail", "bad_address" if sent.is_bad_address else "rejected", sent.detail)], at=at):
        return  # a receipt was quicker, and what follows from it is done
    _receipt(row, ReceiptKind.FAILED, sent, at)
    if sent.is_bad_address:
        mark_address(row, at)
    next_way(outbox=row, at=at)


def mark_address(row: OutboxMessage, at: dt.datetime) -> None:
    """The number or address that a message went to does not exist; who asked us to stop stays stopped."""
    if row.phone is not None and row.phone.status == Status.OK:
        set_status(point=row.phone, status=Status.INVALID, by=None, at=at)
    elif row.phone is None and row.borrower.email_status == Status.OK:
        set_email_status(borrower=row.borrower, status=Status.INVALID, by=None, at=at)


def _not_sent(row: OutboxMessage, sent: Sent, at: dt.datetime) -> None:
    is_given_up = row.tries >= MOST_TRIES
    if is_given_up:
        row.settled_at = at
    else:
        row.send_after = at + FIRST_PAUSE * 2 ** max(0, row.tries - 1)
    if not take([Step(row, "fail" if is_given_up else "put_back", "not_sent", sent.detail)], at=at):
        return  # a receipt was quicker, and knows better
    _receipt(row, ReceiptKind.NOT_SENT, sent, at)
    if is_given_up:
        next_way(outbox=row, at=at)


def _unknown(row: OutboxMessage, sent: Sent, at: dt.datetime) -> None:
    take([Step(row, "doubt", "unknown", sent.detail)], at=at)


_MARKS: dict[Result, Callable[[OutboxMessage, Sent, dt.datetime], None]] = {
    Result.ACCEPTED: _accepted,
    Result.REJECTED: _rejected,
    Result.NOT_SENT: _not_sent,
    Result.UNKNOWN: _unknown,
}


def _receipt(row: OutboxMessage, kind: str, sent: Sent, at: dt.datetime) -> None:
    message: Message | None = row.message
    if message is not None:
        add_receipt(message=message, kind=kind, reason=sent.detail[:100], at=at)


@transaction.atomic
def doubt_the_unmarked(*, at: dt.datetime) -> int:
    """Messages whose worker was killed before it could mark them need a look; says how many."""
    left = OutboxMessage.objects.filter(state=State.SENDING, claimed_at__lt=at - LEASE).order_by("pk")
    rows = list(left.select_for_update(of=("self",), skip_locked=True))
    return take([Step(row, "doubt", "lease_over") for row in rows], at=at)


@transaction.atomic
def expire_the_late(*, at: dt.datetime, most: int = 500) -> int:
    """Planned messages whose time is over will not be sent, whether or not their sender is paused; says how many."""
    late = OutboxMessage.objects.filter(state=State.PLANNED, expires_at__lte=at).order_by("pk")
    rows = list(late.select_for_update(of=("self",), skip_locked=True)[:most])
    return take([Step(row, "expire", "expired") for row in rows], at=at)
