"""Reading nights: how far one is, what moved by itself on a date and why, and what was set aside."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from cases.models import Case, CaseMove, ClosedDay, SetAside
from loans.selectors import portfolios_visible_to
from staff.models import User


@dataclass(frozen=True, slots=True)
class Progress:
    """How many borrowers and cases of a night are done, of how many."""

    done: int
    total: int


def nights_for(user: User) -> QuerySet[ClosedDay]:
    """Every closed day; `aside` counts what was set aside and still waits in portfolios the user may see."""
    waiting = set_aside_visible_to(user).filter(day=OuterRef("pk"), resolved_at=None).order_by()
    counted = waiting.values("day").annotate(rows=Count("pk")).values("rows")
    return ClosedDay.objects.annotate(aside=Coalesce(Subquery(counted), 0))


def progress_of(day: ClosedDay) -> Progress:
    """How far a day that is under way has come."""
    sums = day.chunks.aggregate(
        total=Sum("size", default=0), done=Sum("size", filter=Q(done_at__isnull=False), default=0)
    )
    return Progress(sums["done"], sums["total"])


def moves_of(on: dt.date, user: User) -> QuerySet[CaseMove]:
    """The moves that visible cases made by themselves on a business date, at night or when money came."""
    visible = Case.objects.filter(pk=OuterRef("case"), portfolio__in=portfolios_visible_to(user))
    return CaseMove.objects.filter(Exists(visible), on=on, by_name="")


def counts_of(on: dt.date, user: User) -> dict[str, int]:
    """How many of those moves there are, by move."""
    return dict(moves_of(on, user).order_by().values_list("move").annotate(Count("pk")))


def set_aside_visible_to(user: User) -> QuerySet[SetAside]:
    """What nights have set aside in portfolios the user may see."""
    return SetAside.objects.filter(portfolio__in=portfolios_visible_to(user))
