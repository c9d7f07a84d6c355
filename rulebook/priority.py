"""Where a case stands in the queue, and why: first the line it is in, then points within the line.

Points come in steps and a reason names the step, not today's value, so a place holds until something happens to the
case, until `wakes_at`, or until `next_edge_on`: nothing has to be computed anew each night.
"""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from zoneinfo import ZoneInfo

from rulebook.terms import Band, PriorityTerms

# With these nobody may call, not even to keep an appointment; every other rest is our own choice.
NOBODY_MAY_CALL = frozenset({"hold", "lawful"})

BUCKET = 30  # days past due are reported in buckets of thirty: 1-30, 31-60, ...
FAR_OFF = 3660  # days; a case is looked at long before a step that lies further ahead


class Line(IntEnum):
    """The lines of the queue, the most urgent first; who waits is not offered to anybody."""

    CALLBACK = 1
    BROKEN = 2
    DUE_TODAY = 3
    INBOUND = 4
    NEW = 5
    SCORE = 6
    REST = 7
    WAITING = 8


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """Everything a case's place is decided on, at one moment in the portfolio's time `zone`.

    `last_contact_on` is the last day anybody of the borrower's side was reached; `callback_at` an agreed call that was
    not made yet, `courtesy_at` a friendly call that the policy asks for; `promise_due_on` an open promise;
    `promise_broken_on` the day the latest promise was found broken or partial, as long as nobody has worked the case
    since; `relapsed_on` the day a cured case was late again, just as long; `unanswered_since` the first message of the
    borrower's that waits. A case with `rest_why` rests until
    `rest_until`, or, where that is None, until somebody ends it.
    """

    at: dt.datetime
    zone: str
    overdue_amount: Decimal
    days_past_due: int
    opened_on: dt.date
    is_touched: bool = False
    has_relapsed: bool = False
    relapsed_on: dt.date | None = None
    last_contact_on: dt.date | None = None
    willingness: int | None = None
    ability: int | None = None
    callback_at: dt.datetime | None = None
    courtesy_at: dt.datetime | None = None
    promise_due_on: dt.date | None = None
    promise_broken_on: dt.date | None = None
    unanswered_since: dt.datetime | None = None
    rest_until: dt.datetime | None = None
    rest_why: str = ""

    @property
    def on(self) -> dt.date:
        """The day it is where the portfolio is."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def days_open(self) -> int:
        return (self.on - self.opened_on).days

    @property
    def days_since_contact(self) -> int:
        """Days since somebody was reached; where nobody ever was, since the case opened."""
        return (self.on - (self.last_contact_on or self.opened_on)).days

    @property
    def is_resting(self) -> bool:
        return bool(self.rest_why) and (self.rest_until is None or self.rest_until > self.at)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a place: the moment or day behind a line, or the step a value has reached and its points."""

    code: str
    have: str = ""
    points: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands: the line's own reason comes first, then every rule that gave points.

    `wakes_at` is the next moment (UTC or as it was given) at which the clock alone changes the line or its reason,
    `next_edge_on` the next day on which the calendar alone changes a rule's points. Whichever comes first, the case is
    to be placed anew; a place says nothing about what lies beyond.
    """

    line: Line
    points: int
    why: tuple[Reason, ...]
    wakes_at: dt.datetime | None
    next_edge_on: dt.date | None


@dataclass(frozen=True, slots=True)
class _Rung:
    stands: bool
    line: Line
    reason: Reason


def place(facts: QueueFacts, terms: PriorityTerms) -> Place:
    """The case's place in the queue at a moment, with every reason for it."""
    scored = tuple(_scored(facts, terms))
    rung = _ladder(facts, terms)
    edge_on = next((day for day in _edges(facts, terms) if tuple(_scored(_on(facts, day), terms)) != scored), None)
    return Place(
        line=rung.line,
        points=_points(scored),
        why=(rung.reason, *scored),
        wakes_at=next((at for at in _moments(facts, terms, edge_on) if _ladder(_at(facts, at), terms) != rung), None),
        next_edge_on=edge_on,
    )


def _ladder(facts: QueueFacts, terms: PriorityTerms) -> _Rung:
    """The first rung that stands: what says "later" goes before what says "now", but for an appointment that is due."""
    callback_at, due_on, broken_on = facts.callback_at, facts.promise_due_on, facts.promise_broken_on
    courtesy_at = facts.courtesy_at
    rests, why, until = facts.is_resting, facts.rest_why, facts.rest_until
    is_late = not facts.is_touched and facts.days_open >= terms.service_level_days
    ladder = (
        _rung(rests and why in NOBODY_MAY_CALL, Line.WAITING, why, until),
        _rung(callback_at is not None and callback_at <= facts.at, Line.CALLBACK, "callback", callback_at),
        # We agreed when to speak: a promise broken or a message come in before then is spoken about then.
        _rung(callback_at is not None, Line.WAITING, "callback_later", callback_at),
        # We have just tried, or are looking for the money.
        _rung(rests, Line.WAITING, why, until),
        _rung(broken_on is not None, Line.BROKEN, "promise_broken", broken_on),
        # Through the days of grace as well, while the promise is still open.
        _rung(due_on is not None and due_on <= facts.on, Line.DUE_TODAY, "promise_due", due_on),
        # Before the promise that lies ahead: they may write that they have paid, or that they cannot.
        _rung(facts.unanswered_since is not None, Line.INBOUND, "unanswered", facts.unanswered_since),
        _rung(due_on is not None, Line.WAITING, "promise_open", due_on),
        # They have shown that they can pay: whoever is late again is called at once, not when a new case would be.
        _rung(facts.relapsed_on is not None, Line.NEW, "relapsed", facts.relapsed_on),
        _rung(courtesy_at is not None and courtesy_at <= facts.at, Line.NEW, "courtesy", courtesy_at),
        _rung(is_late, Line.NEW, "untouched", facts.opened_on),
        _rung(_points(_scored(facts, terms)) > 0, Line.SCORE, "score"),
        _rung(True, Line.REST, "nothing_urgent"),
    )
    return next(rung for rung in ladder if rung.stands)


def _rung(stands: bool, line: Line, code: str, when: dt.date | None = None) -> _Rung:
    return _Rung(stands, line, Reason(code, when.isoformat() if when else ""))


def _scored(facts: QueueFacts, terms: PriorityTerms) -> Iterator[Reason]:
    """Every rule that gives points, each with the step that was reached."""
    rules = [
        _step("overdue", terms.overdue, facts.overdue_amount),
        _step("days_past_due", terms.days_past_due, facts.days_past_due),
    ]
    if _days_to_roll(facts.days_past_due) <= terms.bucket_days:
        rolls_at = facts.days_past_due + _days_to_roll(facts.days_past_due)
        rules.append(Reason("bucket", str(rolls_at), terms.bucket_points))
    if facts.willingness is not None and facts.ability is not None:
        product = facts.willingness * facts.ability
        rules.append(_step("willing_and_able", terms.willingness_times_ability, product))
    reached = "never_reached" if facts.last_contact_on is None else "since_contact"
    rules.append(_step(reached, terms.days_since_contact, facts.days_since_contact))
    if facts.has_relapsed:
        rules.append(Reason("relapse", points=terms.relapse_points))
    return (rule for rule in rules if rule.points)


def _step(code: str, bands: Sequence[Band], value: Decimal | int) -> Reason:
    """The highest step a value has reached; below the first there are no points."""
    band = max((band for band in bands if band.at_least <= value), key=lambda band: band.at_least, default=None)
    return Reason(code, f"{band.at_least:f}", band.points) if band else Reason(code)


def _days_to_roll(days_past_due: int) -> int:
    """Days until the next bucket begins (31, 61, 91, ...); nothing rolls into the first one."""
    return BUCKET - (max(days_past_due, 1) - 1) % BUCKET


def _points(scored: Iterable[Reason]) -> int:
    return sum(reason.points for reason in scored)


def _edges(facts: QueueFacts, terms: PriorityTerms) -> list[dt.date]:
    """The coming days, in order, on which the calendar may bring a value to another step."""
    ahead = list(_steps_ahead(terms.days_since_contact, facts.days_since_contact))
    if facts.days_past_due:  # without arrears no day is counted, until another instalment falls due
        ahead += _steps_ahead(terms.days_past_due, facts.days_past_due)
        rolls_in = _days_to_roll(facts.days_past_due)
        ahead.append(rolls_in - terms.bucket_days if rolls_in > terms.bucket_days else rolls_in)
    return [facts.on + dt.timedelta(days=days) for days in sorted(ahead)]


def _steps_ahead(bands: Sequence[Band], value: int) -> Iterator[int]:
    return (math.ceil(band.at_least) - value for band in bands if value < band.at_least < value + FAR_OFF)


def _moments(facts: QueueFacts, terms: PriorityTerms, edge_on: dt.date | None) -> list[dt.datetime]:
    """The coming moments, in order, at which the clock may bring a case to another line."""
    days = [facts.promise_due_on, edge_on]
    level_in = terms.service_level_days - facts.days_open
    if 0 < level_in < FAR_OFF:
        days.append(facts.on + dt.timedelta(days=level_in))
    starts = [_start(day, facts.zone) for day in days if day]
    return sorted(
        at for at in (facts.callback_at, facts.courtesy_at, facts.rest_until, *starts) if at and at > facts.at
    )


def _start(day: dt.date, zone: str) -> dt.datetime:
    # In UTC, because two moments of one zone compare by the clock on the wall, which winter time turns back.
    return dt.datetime.combine(day, dt.time.min, ZoneInfo(zone)).astimezone(dt.UTC)


def _on(facts: QueueFacts, day: dt.date) -> QueueFacts:
    return _at(facts, _start(day, facts.zone))


def _at(facts: QueueFacts, at: dt.datetime) -> QueueFacts:
    """The same case at a later moment, when nothing has happened but time."""
    later = replace(facts, at=at)
    grown = (later.on - facts.on).days if facts.days_past_due else 0
    return replace(later, days_past_due=facts.days_past_due + grown)
