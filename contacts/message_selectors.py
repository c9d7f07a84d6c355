"""Reading messages: what was written to a borrower, what they wrote back, and whose number an answer comes from."""

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet

from borrowers.models import Borrower
from contacts.message_models import InboundMessage, Message
from loans.selectors import portfolios_visible_to
from staff.models import User


def messages_of(borrower_id: int, portfolio_id: int) -> QuerySet[Message]:
    """What was written to a borrower about a portfolio and what became of it, newest first."""
    its = Message.objects.filter(borrower=borrower_id, portfolio=portfolio_id)
    return its.select_related("phone").prefetch_related("receipts").order_by("-at", "-pk")


def inbound_of(borrower_id: int, portfolio_id: int) -> QuerySet[InboundMessage]:
    """What a borrower wrote to us about a portfolio, newest first."""
    return InboundMessage.objects.filter(borrower=borrower_id, portfolio=portfolio_id).order_by("-at", "-pk")


def unanswered_of(borrower_id: int, portfolio_id: int) -> QuerySet[InboundMessage]:
    """What a borrower wrote to us about a portfolio and still waits for an answer, oldest first."""
    return inbound_of(borrower_id, portfolio_id).filter(answered_at=None).order_by("at", "pk")


def inbound_visible_to(user: User) -> QuerySet[InboundMessage]:
    """What borrowers wrote to us about the portfolios somebody may see."""
    return InboundMessage.objects.filter(portfolio__in=portfolios_visible_to(user))


def unanswered_visible_to(user: User) -> QuerySet[InboundMessage]:
    """What of it still waits for an answer, with or without a case, oldest first."""
    return inbound_visible_to(user).filter(answered_at=None).order_by("at", "pk")


def latest_to(number_keys: Collection[str], *, medium: str, since: dt.datetime) -> Message | None:
    """The latest message by a medium to a number or address, by its key; None where there is none since a moment."""
    its = Message.objects.filter(number_key__in=number_keys, medium=medium, at__gte=since)
    return its.select_related("borrower", "portfolio").order_by("-at", "-pk").first()


def written_to(number_keys: Collection[str], *, medium: str, since: dt.datetime) -> QuerySet[Borrower]:
    """Everybody who was written to by a medium at a number or address since a moment; two may share one."""
    its = Message.objects.filter(number_key__in=number_keys, medium=medium, at__gte=since)
    return Borrower.objects.filter(pk__in=its.values("borrower")).order_by("pk")
