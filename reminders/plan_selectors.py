"""Who may have to be reminded on a day: found by what happened since the last plan, not by going through everybody."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cases.lifecycle import CHASED, Stage
from cases.models import Case, CaseMove, ClosedDay
from cases.selectors import open_cases
from contacts.lifecycle import PromiseState
from contacts.models import Promise
from holds.models import Hold
from holds.selectors import Pair
from loans.models import EventKind, Instalment, Loan, LoanEvent, Portfolio
from policies.selectors import terms_history
from reminders.models import Anchor, OutboxMessage, PlannedDay
from rulebook.terms import ReminderTerms

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


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may need a reminder: pairs that are late, dues to come by pair, promises by pair, and courtesy calls."""

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
        terms = terms_history(line).on(when.on).terms.reminders
        chased = open_cases().filter(portfolio__in=portfolios, stage__in=CHASED)
        found.late.update(_pairs(_late(chased, terms, when)))
        found.courtesy.update(_pairs(_courtesy(chased, terms, when)))
        for row in _dues(portfolios, terms, when):
            found.dues.setdefault((row[0], row[1]), []).append((row[2], row[3]))
        for promise in _promises(portfolios, terms, when):
            found.promises[promise.borrower_id, promise.portfolio_id] = promise
    return found


def _pairs(cases: QuerySet[Case]) -> Iterator[Pair]:
    return cases.order_by().values_list("borrower_id", "portfolio_id").iterator()


def _late(chased: QuerySet[Case], terms: ReminderTerms, when: Window) -> QuerySet[Case]:
    """Cases for which a step falls on a day of the window, or to which something happened in it."""
    if when.since is None:
        return chased
    steps = [step.days for step in terms.steps if step.anchor == Anchor.OVERDUE.value]
    dues = {day - dt.timedelta(days=days) for day in when.days for days in steps}
    its_loans = Loan.objects.filter(borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"))
    # A stopped clock shifts the steps of a loan by as many days; there are few of them.
    paused = LoanEvent.objects.filter(
        loan__borrower=OuterRef("borrower"), loan__portfolio=OuterRef("portfolio"), kind=EventKind.PAUSE
    )
    in_window = {"gt": when.since, "lte": when.on}
    freed = Hold.objects.filter(borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"))
    ended = freed.filter(_between("until_on", in_window) | _between("lifted_on", in_window))
    broken = Promise.objects.filter(borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"))
    returned = CaseMove.objects.filter(case=OuterRef("pk"), on__gt=when.since, on__lte=when.on)
    return chased.filter(
        Exists(its_loans.filter(oldest_unpaid_due_on__in=dues))
        | Q(opened_on__gt=when.since)
        | Exists(returned.filter(move="relapse"))
        | Exists(ended)
        | Exists(broken.filter(settled_on__gt=when.since, settled_on__lte=when.on))
        | Exists(paused.filter(stops_clock=True))
    )


def _between(column: str, days: dict[str, dt.date]) -> Q:
    return Q(**{f"{column}__{how}": day for how, day in days.items()})


def _courtesy(chased: QuerySet[Case], terms: ReminderTerms, when: Window) -> QuerySet[Case]:
    """Cases in the first stage that were opened so many days before a day of the window."""
    if terms.courtesy_call_days is None:
        return chased.none()
    back = dt.timedelta(days=terms.courtesy_call_days)
    ripe = chased.filter(stage=Stage.REMINDER, opened_on__lte=when.on - back)
    return ripe.filter(opened_on__gt=when.since - back) if when.since else ripe


def _dues(portfolios: Sequence[int], terms: ReminderTerms, when: Window) -> Iterator[tuple[int, int, int, dt.date]]:
    """Borrower, portfolio, loan and due date of what falls due soon, is the first thing unpaid, and has its step."""
    ahead = [-step.days for step in terms.steps if step.anchor in (Anchor.DUE.value, Anchor.WATCH.value)]
    first = [when.on + ONE_DAY * n for n in range(1, max(ahead, default=0) + 1)]
    stepped = {day + dt.timedelta(days=days) for day in when.days for days in ahead}
    dues = [day for day in first if when.since is None or day in stepped]
    rows = Instalment.objects.filter(due_on__in=dues, loan__portfolio__in=portfolios)
    unpaid = rows.filter(loan__oldest_unpaid_due_on=F("due_on"))
    columns = ("loan__borrower_id", "loan__portfolio_id", "loan_id", "due_on")
    return unpaid.order_by().values_list(*columns).distinct().iterator()


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


def day_to_plan() -> dt.date | None:
    """The last day that was closed, where its messages are not planned yet."""
    closed = ClosedDay.objects.filter(finished_at__isnull=False).order_by("-on").first()
    if closed is None or PlannedDay.objects.filter(on__gte=closed.on, finished_at__isnull=False).exists():
        return None
    return closed.on
