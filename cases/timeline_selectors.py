"""One story of a case: contacts, letters, refusals, promises, payments, holds and moves, newest first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseMove, HandoverCase
from contacts.letter_models import LetterReceipt, LetterSent
from contacts.letter_selectors import letters_sent_of
from contacts.message_models import InboundMessage, Message, Receipt
from contacts.message_selectors import inbound_of, messages_of
from contacts.models import Attempt, Channel, Clearance, PromiseChange
from contacts.selectors import promise_changes_of
from holds.models import Hold
from loans.models import EventKind, LoanEvent
from loans.selectors import event_label
from rulebook.masking import redact

SHOWN = 60
REFUSED: dict[str, Words] = {
    Channel.CALL: _("A call was refused"),
    Channel.MESSAGE: _("A message was refused"),
    Channel.VISIT: _("A visit was refused"),
    Channel.LETTER: _("A letter was refused"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened: when, what sort of thing, the row behind it, and who did it."""

    at: dt.datetime
    kind: str
    label: str | Words
    who: str = ""
    attempt: Attempt | None = None
    clearance: Clearance | None = None
    change: PromiseChange | None = None
    event: LoanEvent | None = None
    hold: Hold | None = None
    move: CaseMove | None = None
    handed: HandoverCase | None = None
    message: Message | None = None
    receipt: Receipt | None = None
    inbound: InboundMessage | None = None
    letter: LetterSent | None = None
    fate: LetterReceipt | None = None
    amount: Decimal | None = None
    is_undone: bool = False
    text: str = ""


def timeline(case: Case, *, most: int = SHOWN) -> list[Item]:
    """The latest things that happened about what a case is about; a fixed number of queries."""
    items = [item for tell in TELLERS for item in tell(case, most)]
    return sorted(items, key=lambda item: item.at, reverse=True)[:most]


def _attempts(case: Case, most: int) -> Iterator[Item]:
    rows = Attempt.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id)
    behind = ("outcome", "phone", "third_party", "address", "undone")
    for row in rows.select_related(*behind).order_by("-at")[:most]:
        kind = "visit" if row.channel == Channel.VISIT else "call"
        label = _("They called us") if row.is_inbound else row.get_channel_display()
        yield Item(row.at, kind, label, row.by_name, attempt=row, is_undone=hasattr(row, "undone"))


def _refusals(case: Case, most: int) -> Iterator[Item]:
    rows = Clearance.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id, allowed=False)
    for row in rows.order_by("-at")[:most]:
        yield Item(row.at, "refusal", REFUSED[row.channel], row.by_name, clearance=row)


def _messages(case: Case, most: int) -> Iterator[Item]:
    for row in messages_of(case.borrower_id, case.portfolio_id)[:most]:
        # What was said last of it: a mail may come back that was taken for delivered.
        latest = max(row.receipts.all(), key=lambda receipt: (receipt.at, receipt.pk), default=None)
        yield Item(row.at, "message", row.get_medium_display(), message=row, receipt=latest)


def _letters(case: Case, most: int) -> Iterator[Item]:
    for row in letters_sent_of(case.borrower_id, case.portfolio_id)[:most]:
        yield Item(row.at, "letter", _("Letter"), row.by_name, letter=row)
        for fate in row.receipts.all():
            yield Item(fate.at, "letter", _("Letter"), fate.by_name, letter=row, fate=fate)


def _inbound(case: Case, most: int) -> Iterator[Item]:
    for row in inbound_of(case.borrower_id, case.portfolio_id)[:most]:
        # Their own words, less what a log may not hold either.
        who = case.borrower.masked_name
        yield Item(row.at, "inbound", _("They wrote to us"), who, inbound=row, text=redact(row.text))


def _promises(case: Case, most: int) -> Iterator[Item]:
    for row in promise_changes_of(case.borrower_id, case.portfolio_id)[:most]:
        yield Item(row.at, "promise", _("Promise"), row.by_name, change=row, amount=row.promise.amount)


def _money(case: Case, most: int) -> Iterator[Item]:
    rows = LoanEvent.objects.filter(loan__borrower=case.borrower_id, loan__portfolio=case.portfolio_id)
    latest = rows.exclude(kind=EventKind.PAUSE).filter(
        Q(value_on__gte=case.opened_on) | Q(booked_at__date__gte=case.opened_on)
    )
    zone = ZoneInfo(case.portfolio.timezone)
    for row in latest.select_related("loan", "reverses").order_by("-booked_at", "-pk")[:most]:
        # A tape brings the past all at once: what it booked stands on the day the money came.
        at = row.booked_at
        if row.kind != EventKind.REVERSAL and (at.astimezone(zone).date() - row.value_on).days > 1:
            at = dt.datetime.combine(row.value_on, dt.time(12), zone)
        amount = row.reverses.amount if row.reverses else row.amount
        yield Item(at, "money", event_label(row, row.loan), row.booked_by_name, event=row, amount=amount or None)


def _holds(case: Case, most: int) -> Iterator[Item]:
    for row in Hold.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id).order_by("-placed_at")[
        :most
    ]:
        yield Item(row.placed_at, "hold", _("Hold placed"), row.placed_by_name, hold=row, text=row.reason)
        if row.lifted_at:
            yield Item(row.lifted_at, "hold", _("Hold lifted"), row.lifted_by_name, hold=row, text=row.lift_reason)


def _moves(case: Case, most: int) -> Iterator[Item]:
    for row in case.moves.select_related("policy_version").order_by("-pk")[:most]:
        yield Item(row.at, "move", _("Move"), row.by_name, move=row, text=row.reason)


def _owners(case: Case, most: int) -> Iterator[Item]:
    for row in case.owner_changes.select_related("handover", "from_owner", "to_owner").order_by("-pk")[:most]:
        who = row.handover.undone_by_name if row.is_undo else row.handover.asked_by_name
        yield Item(row.at, "owner", _("Owner"), who, handed=row, text=row.handover.reason)


TELLERS = (
    *(_attempts, _refusals, _promises, _money, _holds),
    *(_moves, _owners, _messages, _inbound, _letters),
)
