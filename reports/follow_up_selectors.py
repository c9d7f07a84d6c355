"""How many of those who were cured were late again: the relapse rate, by month of the cure, from sums."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least, TruncMonth

from cases.lifecycle import BACK_TO_WORK
from cases.models import Case, CaseMove
from loans.selectors import portfolios_visible_to
from staff.models import User

RELAPSE_DAYS = 90  # late again within these days after the cure is a relapse
MONTHS = 12


def cures_visible_to(user: User) -> QuerySet[CaseMove]:
    """Every cure in portfolios the user may see, with the last day that counts and the day it was late again.

    Late again is the same case going back to work, or another one of the borrower's in the portfolio that opened after
    this one had closed. A cure that was taken back on its own day, as a wrong booking is, was none.
    """
    back = CaseMove.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"), move__in=BACK_TO_WORK)
    another = Case.objects.filter(
        borrower=OuterRef("case__borrower"), portfolio=OuterRef("case__portfolio"), pk__gt=OuterRef("case")
    )
    cures = CaseMove.objects.filter(by_name="", move="cure", case__portfolio__in=portfolios_visible_to(user))
    return cures.annotate(
        until_on=ExpressionWrapper(F("on") + RELAPSE_DAYS, output_field=DateField()),
        # Of two days the earlier; LEAST passes over an empty one.
        back_on=Least(
            Subquery(back.order_by("pk").values("on")[:1]), Subquery(another.order_by("pk").values("opened_on")[:1])
        ),
    ).filter(Q(back_on=None) | Q(back_on__gt=F("on")))


def figures(on: dt.date) -> dict[str, Q]:
    """What a number of the page is made of, as known on a day; only cures whose days are over count for the rate."""
    is_over, is_back = Q(until_on__lt=on), Q(back_on__lte=F("until_on"))
    is_running = Q(until_on__gte=on)
    return {
        "cured": Q(),
        "over": is_over,
        "relapsed": is_over & is_back,
        "running": is_running,
        "running_back": is_running & is_back,
    }


@dataclass(frozen=True, slots=True)
class Rate:
    """The cures of a month (None: of all of them), and what became of them."""

    month_on: dt.date | None
    cured: int
    over: int
    relapsed: int
    running: int
    running_back: int

    @property
    def rate(self) -> Decimal | None:
        """Which share of those whose days are over was late again; none where no such days are over yet."""
        return Decimal(self.relapsed) / self.over if self.over else None


def first_month(on: dt.date) -> dt.date:
    """The month with which the page begins."""
    months = on.year * 12 + on.month - MONTHS
    return dt.date(months // 12, months % 12 + 1, 1)


def relapse_rates(cures: QuerySet[CaseMove], on: dt.date) -> tuple[Sequence[Rate], Rate]:
    """The months with cures, the newest first, and all of them together: the sums divided, no average of rates."""
    counts = {name: Count("pk", filter=what) if what else Count("pk") for name, what in figures(on).items()}
    rows = cures.filter(on__gte=first_month(on)).order_by().values(month_on=TruncMonth("on")).annotate(**counts)
    found: list[dict[str, Any]] = [dict(row) for row in rows.order_by("-month_on")]
    months = [Rate(**row) for row in found]
    sums = {name: sum(getattr(month, name) for month in months) for name in counts}
    return months, Rate(month_on=None, **sums)


def cures_behind(cures: QuerySet[CaseMove], figure: str, month_on: dt.date | None, on: dt.date) -> QuerySet[CaseMove]:
    """The cures behind a number of the page: of one month, or of all that it shows."""
    found = cures.filter(figures(on)[figure], on__gte=month_on or first_month(on))
    if month_on:
        found = found.annotate(month_on=TruncMonth("on")).filter(month_on=month_on)
    return found.select_related("case__borrower", "case__portfolio", "case__lead_loan").order_by("-on", "-pk")
