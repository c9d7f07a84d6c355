"""Claiming what is due: still wanted, cleared by the gate, written down, and from then on nobody else's.

A claim is one transaction and ends before a gateway hears of it: whatever happens later, no row is claimed twice.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from cases.lifecycle import Stage
from cases.night_services import BROKEN
from cases.selectors import Found, found_for
from contacts.lifecycle import PromiseState
from contacts.message_clearance import MessageDecision, MessageTarget, decide_messages
from contacts.outgoing_services import write_decisions
from contacts.promise_services import lock_borrowers
from contacts.selectors import local_day
from holds.selectors import Pair
from reminders.fallback_services import next_way
from reminders.gateways import Letter
from reminders.lifecycle import State
from reminders.models import Anchor, OutboxMessage, Sender
from reminders.outbox_services import Step, take
from reminders.sender_services import note_try, tries
from reminders.text_selectors import Filled, Occasion, TextRefused, Texts

logger = logging.getLogger(__name__)

# One connection of a gateway carries so many; of a killed worker as many are in doubt.
BATCH = 20
MINUTE = dt.timedelta(minutes=1)
# Rules that refuse a number or an address, not the borrower: another way may be open.
OF_THE_WAY = {"HOUSE-NUMBER-01", "HOUSE-OPTOUT-01", "HOUSE-DISCLOSE-01", "CN-WHO-05", "CN-WHO-06"}
# Rules after which there is nothing to remind of any more.
NOT_NEEDED = {
    "HOUSE-CURED-01": "cured",
    "HOUSE-HOLD-01": "held",
    "HOUSE-PROMISE-01": "promised",
    "HOUSE-VERIFY-01": "verifying",
}


# Amounts of a day to come: where they are nothing, money that clears it is booked already, with a later value date.
WILL_BE = {"amount_friday", "amount_month_end"}


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message that is ours to send: its row, the letter that the gateway gets, and why it may go out."""

    pk: int
    letter: Letter
    decision: MessageDecision = field(repr=False)
    expires_at: dt.datetime

    def may_go(self, at: dt.datetime) -> bool:
        """Whether it may still go out at a moment: the night may have begun since it was claimed."""
        return at < self.expires_at and self.decision.stands(at)


@dataclass(slots=True)
class Claim:
    """What came of one claim: the letters to send, and how many rows were looked at."""

    looked_at: int = 0
    letters: list[Claimed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Written:
    """A message with its text and what it is about."""

    outbox: OutboxMessage
    filled: Filled
    target: MessageTarget


@transaction.atomic
def claim(*, medium: str, at: dt.datetime, most: int = BATCH) -> Claim:
    """Take at most `most` messages that may go out now by a medium; none while its sender is paused or resting."""
    sender = Sender.objects.select_for_update().get(medium=medium)
    size = tries(sender, at=at, most=min(most, _left_of_rate(sender, at)))
    pks = _lock_due(medium, at, size) if size > 0 else []
    if not pks:
        return Claim()
    letters = _all_at_once(pks, at)
    if letters is None:
        letters = _one_by_one(pks, at)
    if letters:
        note_try(sender, at=at)
    return Claim(len(pks), letters)


def _lock_due(medium: str, at: dt.datetime, size: int) -> list[int]:
    """Lock what is due and nobody else has in hand, the oldest first, and then the borrowers."""
    due = OutboxMessage.objects.filter(medium=medium, state=State.PLANNED, send_after__lte=at)
    in_order = due.order_by("send_after", "pk").select_for_update(skip_locked=True)
    rows = list(in_order.values_list("pk", "borrower_id")[:size])
    lock_borrowers(*{borrower for _pk, borrower in rows})
    return [pk for pk, _borrower in rows]


def _all_at_once(pks: Sequence[int], at: dt.datetime) -> list[Claimed] | None:
    try:
        return _clear(pks, at)
    except BROKEN:
        raise
    except Exception:
        return None  # which it was shows one by one


def _one_by_one(pks: Sequence[int], at: dt.datetime) -> list[Claimed]:
    """What can go out of a batch in which one failed; that one is refused, so that nobody waits behind it."""
    letters: list[Claimed] = []
    for pk in pks:
        try:
            letters += _clear([pk], at)
        except BROKEN:
            raise
        except Exception as error:
            logger.warning("Message %s could not be written.", pk, exc_info=True)
            take([Step(OutboxMessage.objects.get(pk=pk), "refuse", "error", type(error).__name__)], at=at)
    return letters


@transaction.atomic
def _clear(pks: Sequence[int], at: dt.datetime) -> list[Claimed]:
    """Claim what may go out of messages that are ours, and call off, refuse or put off the rest."""
    # Read only now: whoever had a borrower locked before us may have changed a promise or the status of a number.
    ours = OutboxMessage.objects.filter(pk__in=pks).order_by("send_after", "pk")
    rows = list(ours.select_related("borrower", "portfolio", "loan", "phone", "case", "promise"))
    take([Step(row, "expire", "expired") for row in rows if row.expires_at <= at], at=at)
    return _cleared(list(_written([row for row in rows if row.expires_at > at], at)), at)


def _left_of_rate(sender: Sender, at: dt.datetime) -> int:
    """How many more may go in this minute."""
    lately = OutboxMessage.objects.filter(medium=sender.medium, claimed_at__gt=at - MINUTE)
    return int(max(0, sender.per_minute - lately.count()))


def _written(rows: Sequence[OutboxMessage], at: dt.datetime) -> Iterator[_Written]:
    """The rows that are still wanted, each with its text; the others are called off or refused."""
    found, texts = _found(rows, at), Texts({row.portfolio_id for row in rows})
    for row in rows:
        its = found[row.borrower_id, row.portfolio_id]
        if why := _not_wanted(row, its):
            take([Step(row, "cancel", why)], at=at)
            continue
        try:
            filled = texts.fill(_occasion(row, its))
        except TextRefused as refused:
            paid_ahead = refused.code == "empty_value" and refused.detail in WILL_BE
            take([Step(row, "cancel", "paid_ahead")] if paid_ahead else [_unwritten(row, refused)], at=at)
            continue
        yield _Written(row, filled, _target(row, its, f"{filled.title}\n{filled.body}"))


def _unwritten(row: OutboxMessage, refused: TextRefused) -> Step:
    return Step(row, "refuse", "text", f"{refused.code}: {refused.detail}")


def _found(rows: Sequence[OutboxMessage], at: dt.datetime) -> dict[Pair, Found]:
    """What each message is about, on the day it is where its borrower is."""
    by_day: dict[dt.date, set[Pair]] = defaultdict(set)
    for row in rows:
        by_day[local_day(at, row.portfolio.timezone)].add((row.borrower_id, row.portfolio_id))
    return {pair: its for on, pairs in by_day.items() for pair, its in found_for(pairs, on).items()}


def _not_wanted(row: OutboxMessage, found: Found) -> str:
    """Why nobody needs the message any more, as a code; empty while it is needed. What the gate knows, it says."""
    if row.anchor == Anchor.PROMISE:
        stands = row.promise and row.promise.state == PromiseState.OPEN and row.promise.due_on == row.anchor_on
        return "" if stands else "promise_over"
    if row.anchor in (Anchor.DUE, Anchor.WATCH):
        if row.loan.closed_on:
            return "closed"
        if row.loan.oldest_unpaid_due_on != row.anchor_on:
            return "cured"
        watched = row.case is not None and row.case.stage == Stage.WATCH
        return "" if row.anchor == Anchor.DUE or watched else "not_watched"
    if not found.facts.arrears:
        return "cured"
    if row.case is not None and row.case.stage == Stage.CLOSED:
        return "closed"
    oldest = found.oldest_due_on
    return "" if oldest and oldest <= row.anchor_on else "settled"


def _occasion(row: OutboxMessage, found: Found) -> Occasion:
    return Occasion(
        anchor=row.anchor,
        step=row.step,
        medium=row.medium,
        borrower=row.borrower,
        portfolio=row.portfolio,
        loan=row.loan,
        anchor_on=row.anchor_on,
        promise=row.promise,
        found=found,
        on=found.facts.on,
    )


def _target(row: OutboxMessage, found: Found, text: str) -> MessageTarget:
    terms = found.terms.terms.reminders
    return MessageTarget(
        borrower=row.borrower,
        portfolio=row.portfolio,
        phone=row.phone,
        purpose=row.purpose,
        text=text,
        daytime=(terms.send_from, terms.send_until),
    )


def _cleared(written: Sequence[_Written], at: dt.datetime) -> list[Claimed]:
    """Ask the gate about each; what it allows is marked as being sent, the rest waits, gives way or is refused."""
    decisions = decide_messages([one.target for one in written], at)
    on_file = write_decisions(decisions, [one.outbox.step for one in written], at)
    letters, steps = [], []
    for one, decision, (clearance, message) in zip(written, decisions, on_file, strict=True):
        row = one.outbox
        row.clearance = clearance
        if message is None:
            _refused(row, decision, at)
            continue
        row.message, row.claimed_at, row.tries = message, at, row.tries + 1
        row.language, row.template_version = one.filled.language, one.filled.version
        row.title, row.body, row.amount = one.filled.title, one.filled.body, one.filled.amount
        steps.append(Step(row, "claim", "gate"))
        letters.append(Claimed(row.pk, _letter(one), decision, row.expires_at))
    take(steps, at=at)
    return letters


def _letter(one: _Written) -> Letter:
    filled = one.filled
    return Letter(
        key=one.outbox.key, to=one.target.address, subject=filled.title, body=filled.body, language=filled.language
    )


def _refused(row: OutboxMessage, decision: MessageDecision, at: dt.datetime) -> None:
    """The gate said no: the message waits where time alone mends it before it is too late, else it ends here."""
    if decision.refusal is None:
        return
    rule = decision.refusal.rule.id
    if rule in NOT_NEEDED:
        take([Step(row, "cancel", NOT_NEEDED[rule], rule)], at=at)
    elif decision.next_allowed_at and decision.next_allowed_at < row.expires_at:
        row.send_after, row.why, row.detail = decision.next_allowed_at, "wait", rule
        row.save(update_fields=["send_after", "why", "detail", "clearance"])
    else:
        take([Step(row, "refuse", "gate", rule)], at=at)
        if rule in OF_THE_WAY:
            next_way(outbox=row, at=at)
