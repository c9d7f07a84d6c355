"""Who may have to be reminded on a day: found by what happened since the last plan, not by going through everybody."""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet

from borrowers.models import OptOut
from cases.lifecycle import BACK_TO_WORK, CHASED, Stage
from cases.models import Case, CaseMove, ClosedDay
from cases.selectors import open_cases
from contacts.lifecycle import PromiseState
from contacts.models import FollowUp, FollowUpKind, Promise, PromiseChange
from holds.models import Hold
from holds.selectors import Pair
from loans.models import EventKind, Instalment, Loan, LoanEvent, Portfolio
from policies.selectors import terms_history
from reminders.models import Anchor, OutboxMessage, PlannedDay
from rulebook.terms import ReminderTerms

logger = logging.getLogger(__name__)

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The days that one plan is for: the business date, and those since the last plan that nobody planned."""

    since: dt.date | None
    on: dt.date

    @property
    def days(self) -> list[dt.date]:
        """The days of the window, the business date last; only that one where nothing was planned before."""
        first = self.since + ONE_DAY if self.since else self.on
        return [first + n * ONE_DAY for n in range((self.on - first).days + 1)]

    @property
    def since_at(self) -> dt.datetime | None:
        """A moment before which nothing of the last planned day happened, wherever the borrower is."""
        return dt.datetime.combine(self.since - ONE_DAY, dt.time(), dt.UTC) if self.since else None

    @property
    def ends_at(self) -> dt.datetime:
        """A moment at which the business date is over, wherever the borrower is."""
        return dt.datetime.combine(self.on + 2 * ONE_DAY, dt.time(), dt.UTC)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may need a reminder: pairs that may be late, dues to come, promises by pair, and courtesy calls."""

    late: set[Pair] = field(default_factory=set)
    dues: dict[Pair, list[tuple[int, dt.date]]] = field(default_factory=dict)
    promises: dict[Pair, Promise] = field(default_factory=dict)
    courtesy: set[Pair] = field(default_factory=set)

    @property
    def pairs(self) -> list[Pair]:
        """Everybody concerned, in order."""
        return sorted(self.late | self.dues.keys() | self.promises.keys() | self.courtesy)


def window(on: dt.date) -> Window:
    """What has to be planned for when a date is planned now."""
    last = PlannedDay.objects.filter(on__lt=on, finished_at__isnull=False).order_by("-on").first()
    return Window(last.on if last else None, on)


def candidates(when: Window) -> Candidates:
    """Everybody whom a step of any policy may concern; what the steps really say is asked of each later."""
    lines: dict[str, list[int]] = defaultdict(list)
    for line, pk in Portfolio.objects.values_list("policy_line", "pk"):
        lines[line].append(pk)
    found = Candidates()
    for line, portfolios in lines.items():
        terms = _terms(line, when.on)
        if terms is None:
            continue
        chased = open_cases().filter(portfolio__in=portfolios, stage__in=CHASED)
        stirred = _stirred(portfolios, chased, when)
        found.late.update(stirred, _late(portfolios, chased, terms, when))
        found.courtesy.update(_pairs(_courtesy(chased, terms, when)))
        for row in _dues(portfolios, terms, when, {pair[0] for pair in stirred}):
            found.dues.setdefault((row[0], row[1]), []).append((row[2], row[3]))
        for promise in _promises(portfolios, terms, when):
            found.promises[promise.borrower_id, promise.portfolio_id] = promise
    return found


def _terms(line: str, on: dt.date) -> ReminderTerms | None:
    """What a policy line says of reminders; None where it cannot be read, so that the other lines are planned."""
    try:
        return terms_history(line).on(on).terms.reminders
    except ValueError:  # no version, or one that is not understood
        logger.warning("Nothing is planned under a policy line that cannot be read.", exc_info=True)
        return None


def _pairs(rows: QuerySet[Any]) -> Iterator[Pair]:
    return _values(rows).distinct().iterator()


def _values(rows: QuerySet[Any]) -> QuerySet[Any, Pair]:
    return rows.order_by().values_list("borrower_id", "portfolio_id")


def _late(portfolios: Sequence[int], chased: QuerySet[Case], terms: ReminderTerms, when: Window) -> Iterator[Pair]:
    """For whom a step falls on a day of the window, by the days their loans are late."""
    if when.since is None:
        yield from _pairs(chased)
        return
    steps = [step.days for step in terms.steps if step.anchor == Anchor.OVERDUE.value]
    dues = {day - dt.timedelta(days=days) for day in when.days for days in steps}
    loans = Loan.objects.filter(portfolio__in=portfolios, closed_on=None)
    yield from _pairs(loans.filter(oldest_unpaid_due_on__in=dues))
    # A stopped clock shifts the steps of a loan by as many days; there are few of them.
    paused = LoanEvent.objects.filter(kind=EventKind.PAUSE, stops_clock=True)
    yield from _pairs(loans.filter(pk__in=paused.values("loan"), oldest_unpaid_due_on__lt=when.on))


def _stirred(portfolios: Sequence[int], chased: QuerySet[Case], when: Window) -> set[Pair]:
    """To whom something happened since the last plan that may let a missed step through.

    Each kind is found by itself: joined by OR they would be asked of every case.
    """
    if when.since is None or when.since_at is None:
        return set()
    # The plan of a day is made before the day begins: what happens on it is found by the next one.
    days, since_at = (when.since, when.on), when.since_at
    holds = Hold.objects.filter(portfolio__in=portfolios)
    ended = Q(until_on__range=days) | Q(lifted_on__range=days) | Q(lifted_at__gte=since_at)
    changed = PromiseChange.objects.filter(at__gte=since_at).exclude(target__in=(PromiseState.ASKED, PromiseState.OPEN))
    settled = Q(settled_on__range=days) | Q(pk__in=changed.values("promise"))
    looked_for = FollowUp.objects.filter(kind=FollowUpKind.VERIFY, portfolio__in=portfolios)
    over = Q(done_at__gte=since_at) | Q(done_at=None, due_at__gte=since_at, due_at__lte=when.ends_at)
    reversed_since = LoanEvent.objects.filter(kind=EventKind.REVERSAL, booked_at__gte=since_at)
    lifted = OptOut.objects.filter(lifted_at__gte=since_at)
    returned = CaseMove.objects.filter(move__in=BACK_TO_WORK, on__range=days)
    loans = Loan.objects.filter(portfolio__in=portfolios)
    first, *others = (
        chased.filter(opened_on__range=days),
        chased.filter(pk__in=returned.values("case")),
        holds.filter(ended),
        Promise.objects.filter(settled, portfolio__in=portfolios),
        looked_for.filter(over),
        loans.filter(pk__in=reversed_since.values("loan")),
        loans.filter(borrower__in=lifted.values("borrower")),
    )
    return set(_values(first).union(*map(_values, others)))


def _courtesy(chased: QuerySet[Case], terms: ReminderTerms, when: Window) -> QuerySet[Case]:
    """Cases in the first stage that were opened so many days before a day of the window."""
    if terms.courtesy_call_days is None:
        return chased.none()
    back = dt.timedelta(days=terms.courtesy_call_days)
    ripe = chased.filter(stage=Stage.REMINDER, opened_on__lte=when.on - back)
    return ripe.filter(opened_on__gt=when.since - back) if when.since else ripe


def _dues(
    portfolios: Sequence[int], terms: ReminderTerms, when: Window, stirred: Collection[int]
) -> Iterator[tuple[int, int, int, dt.date]]:
    """Borrower, portfolio, loan and due date of what falls due soon, is the first thing unpaid, and has its step.

    Of the borrowers to whom something happened also what had its step before.
    """
    ahead = [-step.days for step in terms.steps if step.anchor in (Anchor.DUE.value, Anchor.WATCH.value)]
    soon = [when.on + ONE_DAY * n for n in range(1, max(ahead, default=0) + 1)]
    stepped = {day + dt.timedelta(days=days) for day in when.days for days in ahead}
    running = {"loan__portfolio__in": portfolios, "loan__closed_on": None}
    rows = Instalment.objects.filter(**running, loan__oldest_unpaid_due_on=F("due_on"))
    with_step = rows.filter(due_on__in=[day for day in soon if when.since is None or day in stepped])
    missed = rows.filter(due_on__in=soon, loan__borrower__in=stirred)
    columns = ("loan__borrower_id", "loan__portfolio_id", "loan_id", "due_on")
    yield from with_step.order_by().union(missed.order_by()).values_list(*columns).iterator()


def _promises(portfolios: Sequence[int], terms: ReminderTerms, when: Window) -> QuerySet[Promise]:
    ahead = max((-step.days for step in terms.steps if step.anchor == Anchor.PROMISE.value), default=0)
    soon = Promise.objects.filter(due_on__gt=when.on, due_on__lte=when.on + dt.timedelta(days=ahead))
    return soon.filter(state=PromiseState.OPEN, portfolio__in=portfolios).select_related("portfolio").order_by("pk")


def steps_done(subjects: Collection[str]) -> dict[tuple[str, str, dt.date], set[str]]:
    """The steps that were planned before about each subject and day, whatever became of them."""
    done: dict[tuple[str, str, dt.date], set[str]] = defaultdict(set)
    rows = OutboxMessage.objects.filter(subject__in=subjects)
    for subject, anchor, anchor_on, step in rows.values_list("subject", "anchor", "anchor_on", "step"):
        done[subject, anchor, anchor_on].add(step)
    return done


def day_to_plan(today: dt.date) -> dt.date | None:
    """The last day that was closed, where its messages are not planned yet.

    A day that is over is not planned any more: its messages would be too late, and the next plan makes up for it.
    """
    closed = ClosedDay.objects.filter(finished_at__isnull=False).order_by("-on").first()
    if closed is None or closed.on < today:
        return None
    return None if PlannedDay.objects.filter(on=closed.on, finished_at__isnull=False).exists() else closed.on
