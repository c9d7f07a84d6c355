"""The plan of a day: which messages and courtesy calls the policy's steps ask for, each under a key that is once."""

import datetime as dt
import logging
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from audit.services import record
from cases.lifecycle import CHASED, Stage
from cases.models import Case
from cases.night_services import BROKEN
from cases.selectors import Found, found_for, open_cases
from cases.services import replace_in_line
from contacts.follow_up_services import ask_for_courtesy_calls
from contacts.message_models import Purpose
from contacts.models import FollowUp, FollowUpKind, Promise
from contacts.reminded_selectors import collecting_messages, worked_last
from contacts.selectors import local_day
from holds.selectors import Pair
from loans.models import Loan
from reminders.lifecycle import State
from reminders.models import Anchor, OutboxChange, OutboxMessage, PlannedDay
from reminders.outbox_services import Step, take
from reminders.plan_selectors import Candidates, candidates, steps_done, window
from reminders.way_selectors import Ways
from rulebook.local_time import starts_at, zone_named
from rulebook.reminders import due_step, expires_at, order_of_media, send_after
from rulebook.terms import ReminderStep, ReminderTerms

logger = logging.getLogger(__name__)

CHUNK = 500


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What planning a date added in this run, and for how many borrowers it failed."""

    on: dt.date
    planned: int = 0
    courtesy_calls: int = 0
    failed: int = 0

    def __add__(self, other: "DayPlan") -> "DayPlan":
        return DayPlan(
            self.on,
            self.planned + other.planned,
            self.courtesy_calls + other.courtesy_calls,
            self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One step that is due about one thing."""

    pair: Pair
    anchor: str
    subject: str
    anchor_on: dt.date
    # How many days the date is after that day; negative before it.
    days: int
    step: ReminderStep
    loan: Loan
    promise: Promise | None = None


def plan_day(*, on: dt.date, at: dt.datetime) -> DayPlan:
    """Plan the messages and courtesy calls of a business date; again it adds nothing.

    Of several steps that were missed only the latest is planned; what happens after a day was planned is for the next
    one. A chunk is one transaction, so that a run that was killed goes on where it stopped.
    """
    if PlannedDay.objects.filter(on__gte=on, finished_at__isnull=False).exists():
        return DayPlan(on)
    day, _made = PlannedDay.objects.get_or_create(on=on)
    who, plan = candidates(window(on)), DayPlan(on)
    pairs = who.pairs
    for start in range(0, len(pairs), CHUNK):
        plan += _plan_some(day, pairs[start : start + CHUNK], who, at)
    with transaction.atomic():
        locked = PlannedDay.objects.select_for_update().get(pk=day.pk)
        if locked.finished_at is None:
            locked.finished_at = at
            locked.save(update_fields=["finished_at"])
            details = {"messages": plan.planned, "courtesy_calls": plan.courtesy_calls}
            details |= {"failed": plan.failed} if plan.failed else {}
            record(actor=None, action="reminders.plan_day", subject=f"day {on}", details=details, at=at)
    return plan


def _plan_some(day: PlannedDay, pairs: Sequence[Pair], who: Candidates, at: dt.datetime) -> DayPlan:
    """Plan a chunk; one in which something fails is halved until only whom it fails for is left out."""
    try:
        return _plan_chunk(day, pairs, who, at)
    except BROKEN:
        raise
    except Exception:
        if len(pairs) == 1:
            logger.warning("The messages of one borrower were not planned for %s.", day.on, exc_info=True)
            return DayPlan(day.on, failed=1)
    half = len(pairs) // 2
    return _plan_some(day, pairs[:half], who, at) + _plan_some(day, pairs[half:], who, at)


@transaction.atomic
def _plan_chunk(day: PlannedDay, pairs: Sequence[Pair], who: Candidates, at: dt.datetime) -> DayPlan:
    # Of two who plan the same day the second waits here, and then finds what the first has planned.
    locked = PlannedDay.objects.select_for_update().get(pk=day.pk)
    # A book whose time zone nobody knows is written to by nobody.
    found = {pair: its for pair, its in found_for(pairs, day.on).items() if zone_named(its.lead.portfolio.timezone)}
    borrowers = {pair[0] for pair in found}
    open_ones = open_cases().filter(borrower__in=borrowers)
    cases = {(case.borrower_id, case.portfolio_id): case for case in open_ones}
    wanted = [one for pair, its in found.items() for one in _wanted(pair, its, cases.get(pair), who, day.on)]
    done = steps_done({one.subject for one in wanted})
    rows = _rows([one for one in wanted if _is_new(one, found[one.pair], done)], found, cases, day.on, at)
    _withdraw_earlier(rows, at)
    OutboxMessage.objects.bulk_create(rows)
    OutboxChange.objects.bulk_create(
        OutboxChange(outbox=row, target=row.state, at=at, why="step", detail=row.step) for row in rows
    )
    calls = _courtesy_calls(who.courtesy & found.keys(), found, cases, day.on, at)
    locked.planned += len(rows)
    locked.courtesy_calls += calls
    locked.save(update_fields=["planned", "courtesy_calls"])
    return DayPlan(day.on, len(rows), calls)


def _wanted(pair: Pair, found: Found, case: Case | None, who: Candidates, on: dt.date) -> Iterator[_Wanted]:
    """The steps that fall on a day for one pair, whether or not they were planned before."""
    if any(hold.stops_messages for hold in found.holds.active):
        return
    steps = found.terms.terms.reminders.steps
    is_looked_for = _is_looked_for(found, on)
    if pair in who.late and case and case.stage in CHASED and not _is_left_alone(found, on):
        days, oldest = found.facts.days_past_due, found.oldest_due_on
        step = due_step(steps, Anchor.OVERDUE, days, ())
        if step and oldest and found.facts.arrears:
            yield _Wanted(pair, Anchor.OVERDUE, f"pair:{pair[0]}:{pair[1]}", oldest, days, step, found.lead)
    anchor = Anchor.WATCH if case and case.stage == Stage.WATCH else Anchor.DUE
    loans = {book.loan.pk: book.loan for book in found.books}
    for loan_id, due_on in () if is_looked_for else who.dues.get(pair, ()):
        days = (on - due_on).days
        if step := due_step(steps, anchor, days, ()):
            yield _Wanted(pair, anchor, f"loan:{loan_id}", due_on, days, step, loans[loan_id])
    if not is_looked_for and (promise := who.promises.get(pair)):
        days = (on - promise.due_on).days
        if step := due_step(steps, Anchor.PROMISE, days, ()):
            yield _Wanted(
                pair, Anchor.PROMISE, f"promise:{promise.pk}", promise.due_on, days, step, found.lead, promise
            )


def _is_left_alone(found: Found, on: dt.date) -> bool:
    """Whether nobody is chased: a promise is open, or money that was said to be on its way is being looked for."""
    return found.facts.has_open_promise or _is_looked_for(found, on)


def _is_looked_for(found: Found, on: dt.date) -> bool:
    """Whether a payment is looked for until some time of a day, or longer; who does not look in time stops nothing."""
    until = found.work.verifying_until
    return until is not None and local_day(until, found.lead.portfolio.timezone) >= on


def _is_new(one: _Wanted, found: Found, done: dict[tuple[str, str, dt.date], set[str]]) -> bool:
    """Whether neither the step nor a later one was planned before about the same."""
    codes = done[one.subject, one.anchor, one.anchor_on]
    return due_step(found.terms.terms.reminders.steps, one.anchor, one.days, codes) is not None


def _rows(
    wanted: Sequence[_Wanted], found: dict[Pair, Found], cases: dict[Pair, Case], on: dt.date, at: dt.datetime
) -> list[OutboxMessage]:
    ways = Ways({one.pair[0] for one in wanted})
    written = collecting_messages({one.pair for one in wanted}, on)
    rows = []
    for one in wanted:
        media = order_of_media(one.step, worked_last(written.get(one.pair, [])))
        open_ways = ways.to(one.pair[0], media)
        if not open_ways:
            continue
        its, way = found[one.pair], open_ways[0]
        terms, zone = its.terms.terms.reminders, one.loan.portfolio.timezone
        rows.append(
            OutboxMessage(
                borrower_id=one.pair[0],
                portfolio_id=one.pair[1],
                case=cases.get(one.pair),
                loan=one.loan,
                promise=one.promise,
                anchor=one.anchor,
                subject=one.subject,
                anchor_on=one.anchor_on,
                step=one.step.code,
                way=way.name,
                medium=way.medium,
                phone=way.phone,
                purpose=Purpose.COLLECT if one.anchor == Anchor.OVERDUE else Purpose.DUE_REMINDER,
                policy_version_id=its.version_id,
                planned_on=on,
                planned_at=at,
                send_after=max(at, send_after(on, terms, zone)),
                expires_at=_expires_at(one, on, terms),
                key=uuid.uuid4().hex,
            )
        )
    return rows


def _expires_at(one: _Wanted, on: dt.date, terms: ReminderTerms) -> dt.datetime:
    """When a message is too late; what comes before a day is too late when the day begins."""
    zone = one.loan.portfolio.timezone
    last = expires_at(on, terms, zone)
    begins = starts_at(one.anchor_on, zone)
    return min(last, begins) if begins and one.anchor != Anchor.OVERDUE else last


def _withdraw_earlier(rows: Sequence[OutboxMessage], at: dt.datetime) -> None:
    """An earlier step that has not gone out yet gives way to the later one."""
    waiting = OutboxMessage.objects.filter(subject__in={row.subject for row in rows}, state=State.PLANNED)
    about = {(row.subject, row.anchor, row.anchor_on) for row in rows}
    locked = waiting.order_by("pk").select_for_update(of=("self",))
    earlier = [row for row in locked if (row.subject, row.anchor, row.anchor_on) in about]
    take([Step(row, "cancel", "superseded") for row in earlier], at=at)


def _courtesy_calls(
    pairs: Collection[Pair], found: dict[Pair, Found], cases: dict[Pair, Case], on: dt.date, at: dt.datetime
) -> int:
    """Ask for a friendly call about cases that nobody has called about since they opened, once for each case."""
    fresh = {pair for pair in pairs if pair in cases and not _is_left_alone(found[pair], on)}
    asked = FollowUp.objects.filter(borrower__in={pair[0] for pair in fresh}, kind=FollowUpKind.COURTESY)
    last = {(row.borrower_id, row.portfolio_id): row.due_at.date() for row in asked.order_by("due_at")}
    calls = {}
    for pair in sorted(fresh):
        its, case = found[pair], cases[pair]
        had = last.get(pair)
        if its.work.last is None and (had is None or had < case.opened_on):
            terms, zone = its.terms.terms.reminders, its.lead.portfolio.timezone
            calls[pair] = send_after(on, terms, zone)
    made = ask_for_courtesy_calls(calls)
    replace_in_line(pks=[cases[pair].pk for pair in calls], on=on, at=at, lawful_from={})
    return made
