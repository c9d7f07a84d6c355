"""What gateways tell of messages: delivered, failed, came back, or answered by the borrower."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from borrowers.models import Borrower
from borrowers.reach_services import opt_out
from borrowers.selectors import number_key
from cases.desk_services import place_anew
from cases.review_services import look_again
from contacts.message_models import Message
from contacts.message_selectors import latest_to, written_to
from contacts.message_services import add_receipt, receive
from contacts.promise_services import lock_borrowers
from contacts.selectors import local_day
from loans.models import Portfolio
from reminders.fallback_services import next_way
from reminders.hook_events import HookEvent
from reminders.lifecycle import State
from reminders.models import HookCall, OutboxMessage
from reminders.outbox_services import Step, take
from reminders.send_services import mark_address
from rulebook.masking import redact
from rulebook.stop_words import is_stop

MOVES = {"delivered": "deliver", "failed": "fail", "bounced": "bounce"}
# Whose number it is says the latest message to it, as long as that is not older than this.
ANSWERED_WITHIN = dt.timedelta(days=90)


class Replayed(Exception):
    """An event that was taken before; nothing is changed by it a second time."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """Who wrote to us: the borrower, about which portfolio, and the message of ours they answer, if it is known."""

    borrower: Borrower
    portfolio: Portfolio
    answers: Message | None


def record_event(*, event: HookEvent, medium: str, at: dt.datetime) -> str:
    """Take one event of a gateway with all that follows from it, or nothing of it. Raises Replayed.

    Says what it came to: "moved" a message, "late" where nothing was left to move, "reply", "stop", and "unknown_key"
    or "unknown_number" where nobody knows which message or borrower it is about.
    """
    try:
        return _record(event, medium, at)
    except IntegrityError:
        # The same event at the same moment: it has come in first, and all that was done here is undone.
        if HookCall.objects.filter(event=_name(event, medium)).exists():
            raise Replayed(event.event) from None
        raise


def record_reply(*, to: OutboxMessage, event: str, text: str, at: dt.datetime) -> str:
    """Take what a borrower answered to a message, as if its gateway had told it. Raises Replayed."""
    told = {"event": event, "kind": "replied", "key": to.key, "at": at, "text": text}
    return record_event(event=HookEvent.model_validate(told), medium=to.medium, at=at)


@transaction.atomic
def _record(event: HookEvent, medium: str, at: dt.datetime) -> str:
    if HookCall.objects.filter(event=_name(event, medium)).exists():
        raise Replayed(event.event)
    came_to = _take_reply(event, medium, at) if event.kind == "replied" else _take_receipt(event, medium, at)
    # Last, because it says what it came to and may not be changed; until it stands nothing of the event does.
    HookCall.objects.create(
        event=_name(event, medium), kind=event.kind, medium=medium, key=event.key, at=at, came_to=came_to
    )
    return came_to


def _name(event: HookEvent, medium: str) -> str:
    """Two gateways may count their events alike."""
    return f"{medium}:{event.event}"


def _take_receipt(event: HookEvent, medium: str, at: dt.datetime) -> str:
    its = OutboxMessage.objects.select_for_update(of=("self",)).filter(key=event.key, medium=medium)
    outbox = its.select_related("message", "phone", "borrower", "portfolio", "policy_version").first()
    if outbox is None:
        return "unknown_key"
    # The gateway's clock, but nothing has happened that is still to come.
    when, reason = min(event.at, at), redact(event.reason)
    if outbox.state == State.PLANNED:
        return _delivered_after_all(outbox, event, reason, at)
    outbox.settled_at, outbox.sent_at = when, outbox.sent_at or when
    if not take([Step(outbox, MOVES[event.kind], "receipt", reason)], at=at):
        return "late"
    assert outbox.message is not None  # the database lets nothing be sent that was not handed over
    add_receipt(message=outbox.message, kind=event.kind, reason=reason, at=when)
    if event.kind != "delivered":
        if event.permanent:
            mark_address(outbox, at)
        next_way(outbox=outbox, at=at)
    # Messages are locked before cases.
    look_again(pairs=[(outbox.borrower_id, outbox.portfolio_id)], on=local_day(at, outbox.portfolio.timezone))
    return "moved"


def _delivered_after_all(outbox: OutboxMessage, event: HookEvent, reason: str, at: dt.datetime) -> str:
    """A message that was put back, since nothing seemed to have been sent: where it arrived it is not sent again."""
    if event.kind != "delivered" or not outbox.tries:
        return "late"
    take([Step(outbox, "cancel", "receipt", reason)], at=at)
    if outbox.message is not None:
        # It counts after all, for the day and for the case.
        add_receipt(message=outbox.message, kind=event.kind, reason=reason, at=min(event.at, at))
        look_again(pairs=[(outbox.borrower_id, outbox.portfolio_id)], on=local_day(at, outbox.portfolio.timezone))
    return "moved"


def _take_reply(event: HookEvent, medium: str, at: dt.datetime) -> str:
    writer = _writer(event, medium, at)
    if writer is None:
        return "unknown_number" if event.sender else "unknown_key"
    says_stop = is_stop(event.text)
    if says_stop:
        _stop(_at_that_number(writer, medium, at), medium, event.text, at)
    receive(
        borrower=writer.borrower,
        portfolio=writer.portfolio,
        medium=medium,
        text=event.text,
        at=at,
        answers=writer.answers,
        is_stop=says_stop,
    )
    place_anew(borrower_id=writer.borrower.pk, on=local_day(at, writer.portfolio.timezone), at=at)
    return "stop" if says_stop else "reply"


def _writer(event: HookEvent, medium: str, at: dt.datetime) -> _Writer | None:
    """Whom a reply is from: by the message it answers, if the gateway says so, else by the number or address."""
    if event.key:
        its = OutboxMessage.objects.filter(key=event.key, medium=medium)
        if outbox := its.select_related("borrower", "portfolio", "message").first():
            return _Writer(outbox.borrower, outbox.portfolio, outbox.message)
    if not event.sender:
        return None
    # An address is on file as the lender wrote it, and comes back as a mail program does.
    keys = {number_key(event.sender), number_key(event.sender.lower())}
    message = latest_to(keys, medium=medium, since=at - ANSWERED_WITHIN)
    return _Writer(message.borrower, message.portfolio, message) if message else None


def _at_that_number(writer: _Writer, medium: str, at: dt.datetime) -> list[Borrower]:
    """Whoever says stop says it for the number or address: for everybody who is written to there."""
    keys = {writer.answers.number_key} if writer.answers else set()
    others = written_to(keys, medium=medium, since=at - ANSWERED_WITHIN)
    return [writer.borrower, *others.exclude(pk=writer.borrower.pk)]


def _stop(borrowers: Sequence[Borrower], medium: str, word: str, at: dt.datetime) -> None:
    """Write no more by a medium: what is planned by it is called off and goes by another way, where there is one."""
    planned = OutboxMessage.objects.filter(borrower__in=borrowers, medium=medium, state=State.PLANNED)
    rows = list(planned.select_for_update(of=("self",)).select_related("policy_version").order_by("pk"))
    take([Step(row, "cancel", "opted_out") for row in rows], at=at)
    lock_borrowers(*(borrower.pk for borrower in borrowers))
    for borrower in borrowers:
        opt_out(borrower=borrower, medium=medium, how=word, by=None, at=at)
    for row in rows:
        next_way(outbox=row, at=at)
