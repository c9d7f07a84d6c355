"""Reading the outbox: what became of the messages of some days, how the senders stand, and one message's story."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery

from borrowers.models import Medium
from contacts.message_models import Receipt
from loans.selectors import portfolios_visible_to
from reminders.lifecycle import State
from reminders.models import OutboxChange, OutboxMessage, Sender, Template
from reminders.wording import step_order
from rulebook.masking import redact
from staff.models import User

# Planned messages this long past their time are asked about.
LATE_AFTER = dt.timedelta(minutes=15)
# A sender that took a message in this time has a worker; what is late then waits for its rate.
AT_WORK_FOR = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Days:
    """The days a board is about, both counted in."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class BoardRow:
    """The messages of one step by one medium, counted by how they stand."""

    anchor: str
    step: str
    medium: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def medium_name(self) -> str:
        """The medium as people call it."""
        return str(Medium(self.medium).label)


@dataclass(frozen=True, slots=True)
class SenderNow:
    """One sender at a moment, and the planned messages that are late for it.

    `standing` is paused, resting, trying (one message after a rest) or running; `is_away` says that no worker takes
    what is late although nothing holds it back.
    """

    sender: Sender
    standing: str
    late: int
    is_away: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board of messages shows at a moment."""

    rows: Sequence[BoardRow]
    totals: Mapping[str, int]
    in_doubt: int
    senders: Sequence[SenderNow]

    @property
    def total(self) -> int:
        """Every message of the days."""
        return sum(self.totals.values())


def outbox_visible_to(user: User) -> QuerySet[OutboxMessage]:
    """The messages about portfolios the user may see."""
    return OutboxMessage.objects.filter(portfolio__in=portfolios_visible_to(user))


def with_names(rows: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    """Messages with whom and what they are about, for lists."""
    return rows.select_related("borrower", "portfolio", "case", "loan", "phone")


def board_of(viewer: User, days: Days, at: dt.datetime) -> Board:
    """The board; the same number of queries however many messages there are."""
    visible = outbox_visible_to(viewer)
    rows = _rows(visible.filter(planned_on__range=(days.first, days.last)))
    totals: Counter[str] = Counter()
    for row in rows:
        totals.update(row.counts)
    return Board(
        rows=rows,
        totals=totals,
        in_doubt=visible.filter(state=State.IN_DOUBT).count(),
        senders=_senders(visible, at),
    )


def _rows(messages: QuerySet[OutboxMessage]) -> list[BoardRow]:
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    counted = messages.order_by().values_list("anchor", "step", "medium", "state").annotate(Count("pk"))
    for anchor, step, medium, state, count in counted:
        found[anchor, step, medium][state] = count
    rows = [BoardRow(*key, counts) for key, counts in found.items()]
    return sorted(rows, key=lambda row: (*step_order(row.anchor, row.step), row.medium))


def _senders(visible: QuerySet[OutboxMessage], at: dt.datetime) -> list[SenderNow]:
    waiting = visible.filter(state=State.PLANNED, send_after__lt=at - LATE_AFTER).order_by()
    late = dict(waiting.values_list("medium").annotate(Count("pk")))
    claims = OutboxMessage.objects.filter(medium=OuterRef("pk"), claimed_at__isnull=False).order_by("-claimed_at")
    senders = Sender.objects.annotate(last_claimed_at=Subquery(claims.values("claimed_at")[:1]))
    found = []
    for sender in senders.order_by("-medium"):
        standing, count = standing_of(sender, at), late.get(sender.medium, 0)
        is_idle = sender.last_claimed_at is None or sender.last_claimed_at < at - AT_WORK_FOR
        is_away = bool(count) and is_idle and standing == "running"
        found.append(SenderNow(sender, standing, count, is_away))
    return found


def standing_of(sender: Sender, at: dt.datetime) -> str:
    """How a sender stands: paused by a person, resting after failures, trying once after a rest, or running."""
    if sender.is_paused:
        return "paused"
    if sender.is_resting(at):
        return "resting"
    return "trying" if sender.closed_until else "running"


def steps_on_file() -> list[tuple[str, str]]:
    """Every step that has a text, with what its days are counted from, in order."""
    steps = Template.objects.order_by().values_list("anchor", "step").distinct()
    return sorted(steps, key=lambda found: step_order(*found))


def changes_of(outbox: OutboxMessage) -> QuerySet[OutboxChange]:
    """How a message moved, in order."""
    return outbox.changes.order_by("pk")


def receipts_of(outbox: OutboxMessage) -> QuerySet[Receipt]:
    """What the gateway said of a message, in order."""
    return Receipt.objects.filter(message=outbox.message_id or 0).order_by("at", "pk")


def other_ways(outbox: OutboxMessage) -> QuerySet[OutboxMessage]:
    """The same reminder by other ways: tried before it, or after it."""
    same = {name: getattr(outbox, name) for name in ("subject", "anchor", "anchor_on", "step")}
    return OutboxMessage.objects.filter(**same).exclude(pk=outbox.pk).select_related("phone", "borrower").order_by("pk")


def said_in(outbox: OutboxMessage) -> tuple[str, str]:
    """What a message said, subject line and text, as far as it is written; the borrower's name and numbers masked."""
    return masked(outbox, outbox.title), masked(outbox, outbox.body)


def masked(outbox: OutboxMessage, text: str) -> str:
    """A text with the borrower's own name, numbers and address masked."""
    name = outbox.borrower.name.strip()
    hidden = text.replace(name, outbox.borrower.masked_name) if name else text
    return redact(hidden)


def masked_target(outbox: OutboxMessage) -> str:
    """Where a message goes, masked: a number, or an address."""
    return outbox.phone.masked_number if outbox.phone else outbox.borrower.masked_email
