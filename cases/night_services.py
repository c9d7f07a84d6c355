"""The night: a business date is planned into chunks, and any number of workers share them."""

import datetime as dt
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from audit.services import record
from cases.models import Case, ChunkKind, ClosedDay, ClosingChunk, SetAside
from cases.selectors import cases_to_review, open_cases, pairs_without_case
from cases.services import not_before_last_closed, open_pairs, review
from contacts.promise_services import lock_borrowers
from holds.selectors import Pair
from rulebook.masking import redact
from staff.models import User

logger = logging.getLogger(__name__)

MAY_RETRY = "nights.retry"
# Locks of the database: one plan at a time, and whether anybody has a chunk in hand; any fixed numbers do.
PLANNING = 7_209_432
AT_WORK = 7_209_434
# Without the database there is nothing to set aside: whoever works stops, and the chunk is free again.
BROKEN = (OperationalError, InterfaceError)


class DayRefused(Exception):
    """A business date cannot be closed; the text says why."""


@dataclass(frozen=True, slots=True)
class DayReport:
    """What closing a date changed in this run, and how many cases failed and were set aside."""

    on: dt.date
    opened: int
    moved: int
    set_aside: int = 0

    @property
    def changes(self) -> int:
        """Cases opened and moves made."""
        return self.opened + self.moved

    def __add__(self, other: "DayReport") -> "DayReport":
        return DayReport(
            self.on, self.opened + other.opened, self.moved + other.moved, self.set_aside + other.set_aside
        )


@dataclass(frozen=True, slots=True)
class Member:
    """One borrower in one portfolio that a night looks at: the case to review, or none where one may open."""

    pair: Pair
    case_id: int | None = None


def close_day(*, on: dt.date, at: dt.datetime) -> DayReport:
    """Open and move cases until nothing is left to do on a business date; again it finds nothing. Raises DayRefused.

    Workers that are on the day already share it; the report says what this run did.
    """
    day, report = plan_day(on=on, at=at), DayReport(on, 0, 0)
    while (done := _work_chunk(day, at)) is not None:
        report += done
    finish_day(day=day, at=at)
    return report


def days_to_close(today: dt.date) -> list[dt.date]:
    """The business dates to close up to today, in order: what was begun, then what was missed; at first only today."""
    finished = ClosedDay.objects.filter(finished_at__isnull=False).order_by("-on").values_list("on", flat=True).first()
    newest = ClosedDay.objects.order_by("-on").values_list("on", flat=True).first()
    if newest is None:
        return [today]
    begun = ClosedDay.objects.filter(finished_at=None).order_by("on")
    if finished:
        begun = begun.filter(on__gt=finished)
    missed = (newest + dt.timedelta(days=ahead) for ahead in range(1, (today - newest).days + 1))
    return [*begun.values_list("on", flat=True), *missed]


def has_missed(today: dt.date, *, with_today: bool) -> bool:
    """Whether a day before today, or today as well, waits that nobody has begun."""
    first = next(iter(days_to_close(today)), None)
    if first is None or (first == today and not with_today):
        return False
    return not _under_way().filter(on=first).exists()


def _under_way() -> QuerySet[ClosedDay]:
    return ClosedDay.objects.filter(started_at__isnull=False, finished_at=None)


@transaction.atomic
def plan_day(*, on: dt.date, at: dt.datetime) -> ClosedDay:
    """Write down in chunks what a business date has to open and to review; raises DayRefused out of turn.

    A day under way stays as it is planned; one that is finished gets what is new, if anything is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLANNING])
    _refuse_out_of_turn(on)
    day, _made = ClosedDay.objects.select_for_update(no_key=True).get_or_create(on=on)
    if not day.is_under_way:
        is_new = _write_chunks(day)
        if is_new or day.finished_at is None:
            day.started_at, day.finished_at = at, None
            day.save(update_fields=["started_at", "finished_at"])
    return day


def _refuse_out_of_turn(on: dt.date) -> None:
    later = ClosedDay.objects.filter(on__gt=on).order_by("-on").first()
    if later:
        raise DayRefused(_("%(later)s is closed already; an earlier day cannot follow.") % {"later": later.on})
    earlier = ClosedDay.objects.filter(on__lt=on).order_by("-on").first()
    if earlier and earlier.finished_at is None:
        raise DayRefused(_("%(earlier)s is not finished yet; it comes first.") % {"earlier": earlier.on})


def _write_chunks(day: ClosedDay) -> bool:
    """A chunk at a time, so that a plan of any length takes the same memory; says whether there is any."""
    written = False
    for pairs in pairs_without_case(day.on):
        written = _write_chunk(day, ChunkKind.OPEN, pairs)
    last = 0
    while pks := list(cases_to_review(day.on, last).values_list("pk", flat=True)):
        written, last = _write_chunk(day, ChunkKind.REVIEW, pks), pks[-1]
    return written


def _write_chunk(day: ClosedDay, kind: ChunkKind, keys: Sequence[Pair] | Sequence[int]) -> bool:
    ClosingChunk.objects.create(day=day, kind=kind, keys=keys, size=len(keys))
    return True


def work_chunk(*, day: ClosedDay, at: dt.datetime) -> bool:
    """Take a chunk that nobody has in hand and do it, all in one transaction; False when there is none to take."""
    return _work_chunk(day, at) is not None


@transaction.atomic
def _work_chunk(day: ClosedDay, at: dt.datetime) -> DayReport | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [AT_WORK])
    to_do = ClosingChunk.objects.filter(day=day, done_at=None).order_by("pk")
    chunk = to_do.select_for_update(skip_locked=True).first()
    if chunk is None:
        return None
    members = _members(chunk)
    report = _all_at_once(members, day, at)
    if report is None:
        report = _one_by_one(members, day, at)
    # What a worker has done says nothing to anybody any more: the cases have their moves.
    chunk.keys, chunk.done_at, chunk.opened, chunk.moved = [], at, report.opened, report.moved
    chunk.save()
    return report


def _members(chunk: ClosingChunk) -> list[Member]:
    if chunk.kind == ChunkKind.OPEN:
        return [Member((borrower, portfolio)) for borrower, portfolio in chunk.keys]
    rows = Case.objects.filter(pk__in=chunk.keys).order_by("pk").values_list("borrower", "portfolio", "pk")
    return [Member((borrower, portfolio), pk) for borrower, portfolio, pk in rows]


def _all_at_once(members: Collection[Member], day: ClosedDay, at: dt.datetime) -> DayReport | None:
    try:
        return _do(members, day, at)
    except BROKEN:
        raise
    except Exception:
        return None  # whose doing it was shows one by one


@transaction.atomic
def _do(members: Collection[Member], day: ClosedDay, at: dt.datetime) -> DayReport:
    report = _work_on(members, day.on, at)
    _resolve({member.pair for member in members}, at)
    return report


def _work_on(members: Collection[Member], on: dt.date, at: dt.datetime) -> DayReport:
    pairs = [member.pair for member in members if member.case_id is None]
    pks = [member.case_id for member in members if member.case_id is not None]
    opened = open_pairs(pairs=pairs, on=on, at=at) if pairs else 0
    moved = review(pks=pks, on=on, at=at) if pks else 0
    return DayReport(on, opened, moved)


def _one_by_one(members: Collection[Member], day: ClosedDay, at: dt.datetime) -> DayReport:
    """Do what can be done of a chunk in which something failed, and set aside what fails again."""
    # All at once and in order, as everybody locks borrowers: taken one after the other they could cross.
    lock_borrowers(*(member.pair[0] for member in members))
    report = DayReport(day.on, 0, 0)
    for member in members:
        try:
            report += _do([member], day, at)
        except BROKEN:
            raise
        except Exception as error:
            logger.warning("A case was set aside at the close of %s.", day.on, exc_info=True)
            _set_aside(member, day, error, at)
            report += DayReport(day.on, 0, 0, set_aside=1)
    return report


def _set_aside(member: Member, day: ClosedDay, error: Exception, at: dt.datetime) -> None:
    borrower_id, portfolio_id = member.pair
    now = {"case_id": member.case_id, "at": at, "resolved_at": None, "resolved_by_name": "", **_said(error)}
    SetAside.objects.update_or_create(day=day, borrower_id=borrower_id, portfolio_id=portfolio_id, defaults=now)


def _said(error: Exception) -> dict[str, str]:
    """An error as it is kept: its first line, as further ones may hold whole rows, without personal data."""
    first = next(iter(str(error).splitlines()), "")
    text = redact("".join(mark for mark in first if mark.isprintable()))
    return {"error": type(error).__name__[:100], "message": text[:300]}


def _resolve(pairs: Collection[Pair], at: dt.datetime, by_name: str = "") -> None:
    unresolved = SetAside.objects.filter(resolved_at=None, borrower__in={pair[0] for pair in pairs})
    rows = unresolved.values_list("pk", "borrower", "portfolio")
    pks = [pk for pk, borrower, portfolio in rows if (borrower, portfolio) in pairs]
    if pks:
        SetAside.objects.filter(pk__in=pks).update(resolved_at=at, resolved_by_name=by_name)


@transaction.atomic
def finish_day(*, day: ClosedDay, at: dt.datetime) -> bool:
    """Finish a day of which nothing is left to do; True for the one call that did it, however many ask."""
    locked = ClosedDay.objects.select_for_update(no_key=True).get(pk=day.pk)
    chunks = ClosingChunk.objects.filter(day=locked)
    if not locked.is_under_way or chunks.filter(done_at=None).exists():
        return False
    done = chunks.aggregate(opened=Sum("opened", default=0), moved=Sum("moved", default=0))
    locked.opened, locked.moved, locked.finished_at = locked.opened + done["opened"], locked.moved + done["moved"], at
    locked.save()
    chunks.delete()
    # What an earlier night set aside and this one did not is done, or there is nothing to do about it any more.
    mine = SetAside.objects.filter(day=locked, resolved_at=None)
    failed_again = mine.filter(borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"))
    earlier = SetAside.objects.filter(resolved_at=None, day__on__lt=locked.on)
    earlier.exclude(Exists(failed_again)).update(resolved_at=at)
    if failed := mine.count():
        done["set_aside"] = failed
    record(actor=None, action="cases.close_day", subject=f"day {locked}", details=done, at=at)
    return True


@transaction.atomic
def begun_and_left() -> ClosedDay | None:
    """A day that is under way and that nobody works on at this moment, such as after a worker was killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [AT_WORK])
        if not cursor.fetchone()[0]:
            return None
    return _under_way().order_by("on").first()


@transaction.atomic
def try_again(*, set_aside: SetAside, by: User, on: dt.date, at: dt.datetime) -> bool:
    """Do at once what a night set aside; says whether it worked this time. Raises PermissionDenied."""
    if not by.has_perm(MAY_RETRY):
        raise PermissionDenied(MAY_RETRY)
    lock_borrowers(set_aside.borrower_id)
    mine = SetAside.objects.filter(pk=set_aside.pk, resolved_at=None)
    if mine.exists():
        pair = (set_aside.borrower_id, set_aside.portfolio_id)
        try:
            _try(pair, not_before_last_closed(on), at, by)
        except BROKEN:
            raise
        except Exception as error:
            mine.update(at=at, **_said(error))
    worked = not mine.exists()
    details = {"worked": worked, "day": str(set_aside.day)}
    record(actor=by, action="cases.try_again", subject=f"set aside {set_aside.pk}", details=details, at=at)
    return worked


@transaction.atomic
def _try(pair: Pair, on: dt.date, at: dt.datetime, by: User) -> None:
    case = open_cases().filter(borrower=pair[0], portfolio=pair[1]).values_list("pk", flat=True).first()
    _work_on([Member(pair, case)], on, at)
    _resolve({pair}, at, by.get_username())
