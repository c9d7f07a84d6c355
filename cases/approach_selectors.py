"""What worked the last time: how the borrower was brought to pay before the case was cured."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from borrowers.models import Medium
from cases.lifecycle import BACK_TO_WORK
from cases.models import Case
from contacts.lifecycle import PromiseState
from contacts.message_models import REACHED_NOBODY, Message, Purpose, ReceiptKind
from contacts.models import Attempt, Promise
from loans.models import EventKind, LoanEvent


@dataclass(frozen=True, slots=True)
class Approach:
    """What came before the money: a promise that was kept, somebody who spoke with the borrower, or a message."""

    at: dt.datetime
    paid_on: dt.date
    attempt: Attempt | None = None
    promise: Promise | None = None
    message: Message | None = None

    @property
    def way(self) -> str:
        """By what: a call of ours or theirs, a visit, a text message, a mail."""
        if self.message:
            return str(self.message.get_medium_display())
        its = self.attempt
        return gettext("They called us") if its is None or its.is_inbound else str(its.get_channel_display())


@dataclass(frozen=True, slots=True)
class _Chase:
    """One time the case was chased with success: from the day it was late until it was cured."""

    since: dt.date
    cured_on: dt.date
    cured_at: dt.datetime


def last_working_approach(case: Case) -> Approach | None:
    """How the money was brought in before the last cure that money made; None where it came by itself, or never came.

    A promise that was kept says most, then the last time somebody reached the borrower, then the last message that
    arrived. What came after the money has not brought it.
    """
    for chase in reversed(_cured(case)):
        if paid_on := _paid_on(case, chase):
            by_talk = _by_promise(case, chase, paid_on) or _by_contact(case, chase, paid_on)
            return by_talk or _by_message(case, chase, paid_on)
    return None


def _cured(case: Case) -> list[_Chase]:
    since, chases = case.opened_on, []
    for move, on, at in case.moves.order_by("pk").values_list("move", "on", "at"):
        if move in BACK_TO_WORK:
            since = on
        elif move == "cure":
            chases.append(_Chase(since, on, at))
    return chases


def _pair(case: Case) -> dict[str, Any]:
    return {"borrower": case.borrower_id, "portfolio": case.portfolio_id}


def _paid_on(case: Case, chase: _Chase) -> dt.date | None:
    """When the money came that cured it; None where there was none, or it was taken back since."""
    paid = LoanEvent.objects.filter(
        loan__borrower=case.borrower_id,
        loan__portfolio=case.portfolio_id,
        kind=EventKind.PAYMENT,
        reversed_by=None,
        booked_at__lte=chase.cured_at,
        value_on__range=(chase.since, chase.cured_on),
    )
    return paid.order_by("-value_on").values_list("value_on", flat=True).first()


def _by_promise(case: Case, chase: _Chase, paid_on: dt.date) -> Approach | None:
    kept = Promise.objects.filter(
        **_pair(case),
        state=PromiseState.KEPT,
        made_at__lte=chase.cured_at,
        settled_on__range=(chase.since, chase.cured_on),
    )
    its = kept.select_related("attempt__phone", "attempt__outcome").order_by("-settled_on", "-pk").first()
    return Approach(its.attempt.at, paid_on, attempt=its.attempt, promise=its) if its else None


def _by_contact(case: Case, chase: _Chase, paid_on: dt.date) -> Approach | None:
    reached = Attempt.objects.filter(
        **_pair(case), right_party=True, undone=None, on__range=(chase.since, paid_on), at__lte=chase.cured_at
    )
    its = reached.select_related("phone", "outcome").order_by("-at", "-pk").first()
    return Approach(its.at, paid_on, attempt=its) if its else None


def _by_message(case: Case, chase: _Chase, paid_on: dt.date) -> Approach | None:
    # No mail server says that a mail was read: one that was taken and did not come back counts.
    arrived = Q(receipts__kind=ReceiptKind.DELIVERED) | Q(medium=Medium.EMAIL, receipts__kind=ReceiptKind.ACCEPTED)
    sent = Message.objects.filter(
        **_pair(case), purpose=Purpose.COLLECT, on__range=(chase.since, paid_on), at__lte=chase.cured_at
    )
    its = sent.filter(arrived).exclude(receipts__kind__in=REACHED_NOBODY).order_by("-at", "-pk").first()
    return Approach(its.at, paid_on, message=its) if its else None
