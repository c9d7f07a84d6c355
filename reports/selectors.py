"""Reading briefs: who may see which, what their figures are, and the cases behind each."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Abs

from cases.lifecycle import Outcome, Stage
from cases.models import Case, CaseMove
from cases.selectors import CHUNK
from loans.models import EventKind, Loan, LoanEvent, Portfolio
from loans.selectors import portfolios_visible_to
from reports.models import Brief, BriefLine, Kind
from rulebook.money import ZERO
from staff.models import User

# What a figure of the page is made of: the two totals, and why one became the other.
FIGURES: dict[str, Q] = {
    "before": Q(before__gt=0),
    **{kind.value: Q(kind=kind) for kind in Kind},
    "after": Q(after__gt=0),
}


def briefs_visible_to(user: User) -> QuerySet[Brief]:
    """The briefs of portfolios the user may see."""
    return Brief.objects.filter(portfolio__in=portfolios_visible_to(user)).select_related("portfolio")


@dataclass(frozen=True, slots=True)
class Figure:
    """How many cases stand behind a figure, and what they sum up to."""

    name: str
    cases: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Summary:
    """A brief in figures: the total before, why it changed, and the total now, to the cent."""

    brief: Brief
    before: Figure
    changes: Sequence[Figure]
    after: Figure


# What was counted and summed for one kind of line.
Sums = dict[str, Any]


def summaries(briefs: Collection[Brief]) -> list[Summary]:
    """The figures of some briefs, in one query."""
    rows = BriefLine.objects.filter(brief__in=briefs).order_by().values("brief", "kind")
    counted = rows.annotate(
        cases=Count("pk"),
        befores=Sum("before"),
        afters=Sum("after"),
        with_before=Count("pk", filter=FIGURES["before"]),
        with_after=Count("pk", filter=FIGURES["after"]),
    )
    found: dict[tuple[int, str], Sums] = {(row["brief"], row["kind"]): dict(row) for row in counted}
    nothing: Sums = {"cases": 0, "befores": ZERO, "afters": ZERO, "with_before": 0, "with_after": 0}
    return [_summary(brief, {kind: found.get((brief.pk, kind), nothing) for kind in Kind.values}) for brief in briefs]


def _summary(brief: Brief, sums: dict[str, Sums]) -> Summary:
    def total(name: str) -> Decimal:
        return sum((Decimal(its[name]) for its in sums.values()), ZERO)

    return Summary(
        brief,
        Figure("before", int(total("with_before")), total("befores")),
        [Figure(kind, int(its["cases"]), Decimal(its["afters"] - its["befores"])) for kind, its in sums.items()],
        Figure("after", int(total("with_after")), total("afters")),
    )


def lines_behind(brief: Brief, figure: str) -> QuerySet[BriefLine]:
    """The cases behind one of FIGURES, those that changed most first."""
    lines = BriefLine.objects.filter(FIGURES[figure], brief=brief).annotate(change=F("after") - F("before"))
    return lines.select_related("case__borrower", "case__lead_loan").order_by(Abs("change").desc(), "-after", "-pk")


class Candidate(NamedTuple):
    """A case that belongs into a brief; `before` is None where it is not in the brief before."""

    case_id: int
    borrower_id: int
    is_closed: bool
    is_watched: bool
    before: Decimal | None
    has_ended: bool


def earlier_brief(portfolio: Portfolio, on: dt.date) -> Brief | None:
    """The newest brief of a portfolio before a day."""
    return Brief.objects.filter(portfolio=portfolio, on__lt=on).order_by("-on").first()


def candidates(portfolio: Portfolio, on: dt.date, earlier: Brief | None, after: int) -> list[Candidate]:
    """The next chunk of cases open on a day or still carried in the brief before."""
    open_then = Q(opened_on__lte=on) & (Q(closed_on=None) | Q(closed_on__gt=on))
    # What had ended counts for nothing any more, and is reported as closed once.
    ended = Q(kind=Kind.CLOSED) | Q(kind=Kind.ENDED, case__closed_on__lte=earlier.on if earlier else on)
    carried = BriefLine.objects.filter(brief=earlier.pk if earlier else 0, case=OuterRef("pk")).exclude(ended)
    # The stage as of the day, not as of now: a brief of a past day says what was true then.
    moves = CaseMove.objects.filter(case=OuterRef("pk"), on__lte=on).order_by("-pk")
    rows = (
        Case.objects.filter(open_then | Exists(carried), portfolio=portfolio, pk__gt=after)
        .annotate(stage_then=Subquery(moves.values("target")[:1]), carried=Subquery(carried.values("after")[:1]))
        .order_by("pk")
        .values_list("pk", "borrower_id", "closed_on", "stage_then", "carried", "closed_as")[:CHUNK]
    )
    return [
        _candidate(pk, borrower, closed_on is not None and closed_on <= on, stage, before, closed_as)
        for pk, borrower, closed_on, stage, before, closed_as in rows
    ]


def _candidate(
    pk: int, borrower: int, is_closed: bool, stage: str | None, before: Decimal | None, closed_as: str
) -> Candidate:
    return Candidate(
        pk, borrower, is_closed, stage == Stage.WATCH, before, has_ended=is_closed and closed_as != Outcome.CURED
    )


def borrowers_with_closed_loans(
    portfolio: Portfolio, borrowers: Collection[int], since: dt.date, until: dt.date
) -> set[int]:
    """Those of some borrowers who had a loan in the portfolio closed after a day, up to another."""
    closed = Loan.objects.filter(portfolio=portfolio, borrower__in=borrowers, closed_on__gt=since, closed_on__lte=until)
    return set(closed.values_list("borrower_id", flat=True))


def recovered(brief: Brief) -> Figure:
    """What came in on closed loans since the brief before; it is in no total, as nobody chases it.

    `cases` counts the loans.
    """
    earlier = earlier_brief(brief.portfolio, brief.on) if brief.before_on else None
    if earlier is None:
        return Figure("recovered", 0, ZERO)
    closings = LoanEvent.objects.filter(
        loan=OuterRef("loan"),
        kind=EventKind.CLOSING,
        reversed_by=None,
        value_on__lte=OuterRef("value_on"),
        pk__lt=OuterRef("pk"),
    )
    money = LoanEvent.objects.filter(
        Exists(closings),
        loan__portfolio=brief.portfolio_id,
        kind=EventKind.PAYMENT,
        reversed_by=None,
        booked_at__gt=earlier.made_at,
        booked_at__lte=brief.made_at,
    )
    found = money.aggregate(loans=Count("loan", distinct=True), amount=Sum("amount"))
    return Figure("recovered", found["loans"], found["amount"] or ZERO)


def borrowers_with_reversals(
    portfolio: Portfolio, borrowers: Collection[int], since: dt.datetime, until: dt.datetime
) -> set[int]:
    """Those of some borrowers for whom a payment or a cost was taken back in the portfolio; not when a pause ended."""
    reversals = LoanEvent.objects.filter(
        kind=EventKind.REVERSAL,
        reverses__kind__in=[EventKind.PAYMENT, EventKind.COST],
        booked_at__gt=since,
        booked_at__lte=until,
        loan__portfolio=portfolio,
        loan__borrower__in=borrowers,
    )
    return set(reversals.values_list("loan__borrower_id", flat=True))
