"""What is reported to the credit bureau about one loan, and until when it may stay there.

征信业管理条例: notice before adverse information (art. 15), five years after the overdue ended (art. 16), an answer
to a dispute within 20 days (art. 25). The codes are those of the portal's own format (docs/bureau.md).
"""

import calendar
import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rulebook.delinquency import Pause, days_past_due
from rulebook.money import ZERO
from rulebook.replay import ClosedAs, EntryKind, Event, closing_in, live, pauses_in
from rulebook.standing import Standing
from rulebook.terms import Component

ONE_DAY = dt.timedelta(days=1)
DEBT = (Component.PRINCIPAL, Component.INTEREST)


class Code(StrEnum):
    """How a loan stands as of a day; `LATE_n` is the n-th band of 30 days past due, the seventh has no end."""

    IN_ORDER = "N"
    LATE_1 = "1"
    LATE_2 = "2"
    LATE_3 = "3"
    LATE_4 = "4"
    LATE_5 = "5"
    LATE_6 = "6"
    LATE_7 = "7"
    PAID_LATE = "M"
    PAID_OFF = "C"
    BAD_DEBT = "B"
    ENDED = "G"


BANDS = (Code.LATE_1, Code.LATE_2, Code.LATE_3, Code.LATE_4, Code.LATE_5, Code.LATE_6, Code.LATE_7)
ADVERSE = frozenset({*BANDS, Code.BAD_DEBT})
# Nothing is reported after these.
FINAL = frozenset({Code.PAID_OFF, Code.ENDED})


@dataclass(frozen=True, slots=True)
class Spell:
    """One instalment: when it was due, and when its principal and interest were settled (None: not yet)."""

    due_on: dt.date
    settled_on: dt.date | None

    @property
    def is_late(self) -> bool:
        """Whether it was settled after its due date, or is not settled yet."""
        return self.settled_on is None or self.settled_on > self.due_on


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What one loan's ledger says as of a day, by value date.

    `left` is all that is still owed, what falls due later too, less waiting credit. `closed_as` and `closed_on` say how
    it was closed by the day, `was_waived` whether something was given up.
    """

    as_of: dt.date
    days_past_due: int
    overdue_amount: Decimal
    left: Decimal
    spells: Sequence[Spell]
    pauses: Sequence[Pause] = ()
    closed_as: ClosedAs | None = None
    closed_on: dt.date | None = None
    was_waived: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """What a row says of a loan, and a hash over what it is made from."""

    code: Code
    overdue_amount: Decimal
    days_past_due: int
    ended_on: dt.date | None
    source: str


def facts_of(events: Iterable[Event], found: Standing) -> RecordFacts:
    """What a loan's events and its standing say as of the day of the standing."""
    counting = [event for event in live(events) if event.value_on <= found.on]
    closing = closing_in(counting)
    return RecordFacts(
        as_of=found.on,
        days_past_due=found.days_past_due,
        overdue_amount=found.overdue_amount,
        left=found.due_amount + found.to_come - found.unapplied,
        spells=_spells(found),
        pauses=pauses_in(counting),
        closed_as=ClosedAs(closing.closed_as) if closing else None,
        closed_on=closing.value_on if closing else None,
        was_waived=any(entry.kind is EntryKind.WAIVED for entry in found.entries),
    )


def _spells(found: Standing) -> list[Spell]:
    owed = {row.seq for row in found.instalments if row.principal or row.interest}
    # In the order of value dates, so the last one stays.
    paid = {e.seq: e.value_on for e in found.entries if e.kind is not EntryKind.CHARGED and e.component in DEBT}
    return [
        Spell(row.due_on, None if row.seq in owed else paid.get(row.seq, row.due_on))
        for row in found.schedule
        if row.due_on <= found.on
    ]


def code_of(facts: RecordFacts) -> Code:
    """The code of a loan: a band of 30 days while late, M if late but paid within the month, C once all is paid."""
    if (closed := _code_once_closed(facts)) is not None:
        return closed
    if facts.days_past_due > 0:
        return BANDS[min((facts.days_past_due - 1) // 30, len(BANDS) - 1)]
    return Code.PAID_LATE if _was_late_within_month(facts) else Code.IN_ORDER


def _code_once_closed(facts: RecordFacts) -> Code | None:
    given_up = facts.closed_as is ClosedAs.SETTLED and facts.was_waived
    if given_up or facts.closed_as is ClosedAs.WITHDRAWN:
        return Code.ENDED
    if facts.left <= 0 or facts.closed_as is ClosedAs.SETTLED:
        return Code.PAID_OFF
    return Code.BAD_DEBT if facts.closed_as is ClosedAs.WRITTEN_OFF else None


def _was_late_within_month(facts: RecordFacts) -> bool:
    """Whether something became late in the month of the day, and was settled by the day."""
    first = facts.as_of.replace(day=1)
    return any(
        spell.settled_on is not None
        and first <= spell.due_on + ONE_DAY <= spell.settled_on <= facts.as_of
        and days_past_due(spell.due_on, facts.pauses, spell.settled_on) > 0
        for spell in facts.spells
    )


def is_adverse(code: str) -> bool:
    """Whether a code counts against the borrower, who has to be told before it is first reported."""
    return code in ADVERSE


def is_final(code: str) -> bool:
    """Whether nothing more is reported of the loan after this code."""
    return code in FINAL


def overdue_ended_on(facts: RecordFacts) -> dt.date | None:
    """The day the last overdue ended: all of it settled, or the loan given up; None while it lasts or never was.

    A debt that was written off is owed as before: its overdue ends when it is paid.
    """
    late = [spell for spell in facts.spells if _was_late(spell, facts)]
    code = code_of(facts)
    if not late or is_adverse(code):
        return None
    if any(spell.settled_on is None for spell in late):
        return facts.closed_on if code is Code.ENDED else None
    return max(spell.settled_on for spell in late if spell.settled_on is not None)


def _was_late(spell: Spell, facts: RecordFacts) -> bool:
    """Whether an instalment has been overdue by the day; what fell due while the clock stood still has not."""
    return days_past_due(spell.due_on, facts.pauses, spell.settled_on or facts.as_of) > 0


def overdue_since(facts: RecordFacts) -> dt.date | None:
    """The due date with which the overdue of the day began, however many instalments it has run through since."""
    unsettled = [s.due_on for s in facts.spells if s.settled_on is None and s.due_on < facts.as_of]
    since = min(unsettled, default=None)
    if since is not None:
        for spell in sorted(facts.spells, key=lambda s: s.due_on, reverse=True):
            if spell.is_late and spell.due_on < since <= (spell.settled_on or since):
                since = spell.due_on
    return since


def overdue_until(facts: RecordFacts, since: dt.date | None) -> dt.date | None:
    """The day on which the overdue that began with a due date ended, as the day knows it; None while it lasts."""
    if since is None:
        return None
    until = since
    for spell in sorted(facts.spells, key=lambda s: s.due_on):
        if spell.is_late and since <= spell.due_on <= until:
            if spell.settled_on is None:
                return facts.closed_on if code_of(facts) is Code.ENDED else None
            until = max(until, spell.settled_on)
    return until if until != since else None


def reported_of(facts: RecordFacts, source: str) -> Reported:
    """What a row says of the loan; nothing is overdue where the code is not adverse."""
    code = code_of(facts)
    late = is_adverse(code)
    return Reported(
        code=code,
        overdue_amount=facts.overdue_amount if late else ZERO,
        days_past_due=facts.days_past_due if late else 0,
        ended_on=overdue_ended_on(facts),
        source=source,
    )


def changed(before: Reported, after: Reported) -> tuple[str, ...]:
    """The names of what another row would say otherwise; only `source`: the history changed and the report did not."""
    names = ("code", "overdue_amount", "days_past_due", "ended_on", "source")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def source_hash(lines: Iterable[Sequence[object]]) -> str:
    """One SHA-256 over the facts a row is made from, in their order: a later change of history shows in it."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(("\x1f".join("" if part is None else str(part) for part in line) + "\x1e").encode())
    return digest.hexdigest()


def expires_on(ended_on: dt.date, years: int) -> dt.date:
    """The day an adverse record has to go, `years` after the overdue ended; of 29 February the first of March."""
    try:
        return ended_on.replace(year=ended_on.year + years)
    except ValueError:
        return dt.date(ended_on.year + years, 3, 1)


def answer_due_on(opened_on: dt.date, days: int) -> dt.date:
    """The last day for the answer to a dispute."""
    return opened_on + dt.timedelta(days=days)


def month_end(day: dt.date) -> dt.date:
    """The last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def last_month_end(day: dt.date) -> dt.date:
    """The end of the last month that is over on a day."""
    return day.replace(day=1) - ONE_DAY


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was posted, whether it came back, and the last day on which paying avoids the report it told of."""

    posted_on: dt.date
    came_back: bool
    avoided_by: dt.date | None = None

    def earliest(self, notice_days: int) -> dt.date:
        """The first day on which it may be reported: the notice is old enough, and its own day is over."""
        old_enough = self.posted_on + dt.timedelta(days=notice_days)
        return max(old_enough, self.avoided_by + ONE_DAY) if self.avoided_by else old_enough


@dataclass(frozen=True, slots=True)
class Held:
    """Why an adverse row waits: `no_notice`, `came_back` or `too_soon`, and from which day it may be reported.

    `for_good`: the overdue ended before that day, so it is never reported.
    """

    code: str
    earliest_on: dt.date | None = None
    for_good: bool = False


def held_back(
    notices: Iterable[Notice],
    since: dt.date | None,
    on: dt.date,
    notice_days: int,
    until: dt.date | None = None,
) -> Held | None:
    """Why the first adverse row of an overdue may not be reported yet; None: a notice of this overdue is old enough.

    `since` is the due date with which the overdue began, `until` the day on which it ended: a notice before or after
    was about another one. Who has paid by the day that the notice named is not reported.
    """
    of_this = [its for its in notices if (not since or its.posted_on > since) and (not until or its.posted_on <= until)]
    good = [notice.earliest(notice_days) for notice in of_this if not notice.came_back]
    if not good:
        return Held("came_back" if of_this else "no_notice", for_good=until is not None)
    earliest = min(good)
    if until is not None and until < earliest:
        return Held("too_soon", earliest, for_good=True)
    return Held("too_soon", earliest) if on < earliest else None
