"""A collector's morning: how much is in each line, what is due, and how well promises were kept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cases.models import Case
from cases.promise_selectors import Kept, kept_by, open_cases_of
from cases.queues import in_queue
from cases.selectors import cases_visible_to
from contacts.lifecycle import PromiseState
from contacts.message_selectors import unanswered_visible_to
from contacts.models import FollowUp, FollowUpKind, Promise, Reservation
from contacts.selectors import unlogged_of
from holds.selectors import Pair
from loans.selectors import portfolios_visible_to
from rulebook.priority import Line
from staff.models import User
from ui.tables import COUNT_CAP

HOUR = dt.timedelta(hours=1)


def queue_of(user: User) -> QuerySet[Case]:
    """Every case in line that somebody may see, in the order of the queue."""
    return in_queue(cases_visible_to(user).select_related("owner", "lease_by"))


def waiting_in_lines(user: User) -> list[tuple[Line, int]]:
    """How many cases of one's own and of the pool are in each line, counted no further than the cap."""
    mine = cases_visible_to(user).filter(Q(owner=user) | Q(owner=None)).order_by()
    return [(line, mine.filter(line=line)[:COUNT_CAP].count()) for line in Line]


@dataclass(frozen=True, slots=True)
class Morning:
    """What the first page tells a collector."""

    lines: Sequence[tuple[Line, int]]
    due_today: Sequence[Promise]
    callbacks: Sequence[FollowUp]
    unlogged: Sequence[Reservation]
    kept: Kept
    cases: dict[Pair, int]
    # What borrowers wrote to the team and nobody has answered, with or without a case.
    unanswered: int


def morning_of(user: User, *, on: dt.date, at: dt.datetime) -> Morning:
    """What somebody finds in the morning; the same number of queries however much it is."""
    portfolios = portfolios_visible_to(user)
    due = Promise.objects.filter(portfolio__in=portfolios, made_by_id_then=user.pk, state=PromiseState.OPEN, due_on=on)
    soon = FollowUp.objects.filter(portfolio__in=portfolios, kind=FollowUpKind.CALLBACK, done_at=None)
    mine = soon.filter(due_at__lte=at + HOUR, attempt__by_id_then=user.pk).order_by("due_at")
    due_today = list(due.select_related("borrower", "portfolio").order_by("pk")[:20])
    callbacks = list(mine.select_related("borrower", "portfolio")[:20])
    unlogged = list(unlogged_of(user.pk).select_related("clearance__portfolio")[:20])
    pairs = {(promise.borrower_id, promise.portfolio_id) for promise in due_today}
    pairs |= {(task.borrower_id, task.portfolio_id) for task in callbacks}
    pairs |= {(slot.borrower_id, slot.clearance.portfolio_id) for slot in unlogged}
    return Morning(
        lines=waiting_in_lines(user),
        due_today=due_today,
        callbacks=callbacks,
        unlogged=unlogged,
        kept=kept_by([user.pk], on)[user.pk],
        cases=open_cases_of(pairs),
        unanswered=unanswered_visible_to(user)[:COUNT_CAP].count(),
    )
