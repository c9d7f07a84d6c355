"""Giving cases to people: preview, hand over, undo, one case, and the desks themselves."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from audit.services import record
from cases.assignment_lifecycle import UNDER_WAY, HandoverState
from cases.assignment_selectors import DeskStatus, as_rules, cases_to_give, desks_of, owners_of
from cases.models import Case, Desk, Handover, HandoverCase, Strategy
from cases.selectors import CHUNK
from rulebook import assignment
from rulebook.assignment import Move
from staff.models import User

MAY_ASSIGN = "cases.assign"
# More than this nobody reads through before agreeing to it; a stage at a time does as well.
MOST_AT_ONCE = 20_000
# One giving of cases at a time, so that two together give nobody too many; any fixed number does.
ASSIGNMENTS = 7_209_433


class AssignmentRefused(Exception):
    """Why cases were not given to somebody, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases are to be given away, and how: of one person, of the pool, or (neither) all; of a stage or all."""

    strategy: str
    giver: User | None = None
    from_pool: bool = False
    stage: str = ""
    keep_promises: bool = True


@dataclass(frozen=True, slots=True)
class Share:
    """What a handover would change for one desk."""

    desk: DeskStatus
    gets: int
    gives: int

    @property
    def after(self) -> int:
        """The open cases they would have."""
        return self.desk.load + self.gets - self.gives


@dataclass(frozen=True, slots=True)
class Preview:
    """What a handover would do; nothing is written. `stay` counts the cases whose owner keeps them."""

    moves: Sequence[Move]
    left: Sequence[assignment.Left]
    shares: Sequence[Share]
    cities: dict[int, str]
    from_pool: int
    stay: int


def preview(*, asked: Asked, by: User, on: dt.date) -> Preview:
    """Who would get which case. Raises AssignmentRefused."""
    team_id, strategy = _team_of(by), assignment.Strategy(asked.strategy)
    cases = cases_to_give(team_id)
    if asked.giver is not None or asked.from_pool:
        cases = cases.filter(owner=asked.giver)
    if asked.stage:
        cases = cases.filter(stage=asked.stage)
    rules = as_rules(cases, most=MOST_AT_ONCE + 1)
    if len(rules) > MOST_AT_ONCE:
        raise AssignmentRefused("too_many", _("These are too many cases at once; take one stage after the other."))
    desks, giver_id = desks_of(team_id, on), asked.giver.pk if asked.giver else None
    plan = assignment.plan(
        rules, [desk.as_rule for desk in desks], strategy, keep_promises=asked.keep_promises, giver=giver_id
    )
    gets, gives = Counter(move.taker for move in plan.moves), Counter(move.giver for move in plan.moves)
    return Preview(
        moves=plan.moves,
        left=plan.left,
        shares=[Share(desk, gets[desk.person.pk], gives[desk.person.pk]) for desk in desks],
        cities={case.case: case.city for case in rules},
        from_pool=gives[None],
        stay=len(rules) - len(plan.moves) - len(plan.left),
    )


@transaction.atomic
def hand_over(*, moves: Sequence[Move], strategy: str, reason: str, by: User, at: dt.datetime) -> Handover:
    """Keep what was previewed as a handover that a worker carries out. Raises AssignmentRefused."""
    team_id = _team_of(by)
    _refuse_without_reason(reason)
    if strategy not in Strategy.values:
        raise AssignmentRefused("strategy", _("There is no such way to spread cases."))
    if not moves:
        raise AssignmentRefused("nothing", _("Nothing would move."))
    if {move.taker for move in moves} - set(owners_of(team_id).values_list("pk", flat=True)):
        raise AssignmentRefused("owner", _("Only collectors and supervisors of your team can own its cases."))
    pks = {move.case for move in moves}
    if len(pks) < len(moves) or Case.objects.filter(pk__in=pks, portfolio__teams=team_id).count() < len(pks):
        raise AssignmentRefused("case", _("Not all of these are cases of your team."))
    handover = _planned(moves, team_id=team_id, strategy=strategy, reason=reason, by=by, at=at)
    details = {"strategy": strategy, "cases": len(moves)}
    record(
        actor=by, action="cases.hand_over", subject=_subject(handover), details=details, reason=handover.reason, at=at
    )
    return handover


def run_handover(*, handover_id: int, on: dt.date, at: dt.datetime) -> None:
    """Carry a handover out, a chunk a transaction; one whose worker was killed goes on where it stopped."""
    while run_chunk(handover_id=handover_id, on=on, at=at):
        pass


@transaction.atomic
def run_chunk(*, handover_id: int, on: dt.date, at: dt.datetime) -> bool:
    """Move the next cases of a handover and say whether there are more; a second worker finds nothing to double.

    A case that was closed or changed its owner since the preview is skipped, and so is one for somebody who is away,
    has left or is full by now.
    """
    handover = _locked(handover_id)
    if handover.state not in UNDER_WAY:
        return False
    if can_proceed(handover.start):
        handover.start()
    moves = [Move(*move) for move in handover.plan[handover.done : handover.done + CHUNK]]
    handover.moved += _move(handover, moves, on, at)
    handover.done, handover.last_at = handover.done + len(moves), at
    if handover.done == handover.total:
        _finish(handover, at)
    # Not the plan, which is long.
    handover.save(update_fields=["state", "done", "moved", "last_at", "finished_at"])
    return bool(handover.state == HandoverState.RUNNING)


def _finish(handover: Handover, at: dt.datetime) -> None:
    handover.finish()
    handover.finished_at = at
    details = {"moved": handover.moved, "skipped": handover.skipped}
    record(actor=None, action="cases.handed_over", subject=_subject(handover), details=details, at=at)


@transaction.atomic
def undo_handover(*, handover: Handover, by: User, at: dt.datetime) -> Handover:
    """Put back, within a day, the cases that are still with whom the handover gave them. Raises AssignmentRefused."""
    team_id, locked = _team_of(by), _locked(handover.pk)
    if locked.team_id != team_id:
        raise PermissionDenied(MAY_ASSIGN)
    if not can_proceed(locked.undo):
        raise AssignmentRefused("not_now", _("This handover cannot be undone: it is under way, or undone already."))
    if locked.undo_until is None or at > locked.undo_until:
        raise AssignmentRefused("late", _("A handover can be undone for 24 hours."))
    _one_at_a_time()
    rows = list(locked.cases.order_by("pk").values_list("case", "from_owner", "to_owner"))
    for start in range(0, len(rows), CHUNK):
        back = [Move(case, giver=taker, taker=giver) for case, giver, taker in rows[start : start + CHUNK]]
        owners = _owners(team_id, back)
        locked.put_back += _give(locked, [move for move in back if _is_still(move, owners)], at, is_undo=True)
    locked.undo()
    locked.undone_at, locked.undone_by_name = at, by.get_username()
    locked.save()
    details = {"put_back": locked.put_back, "of": locked.moved}
    record(actor=by, action="cases.undo_handover", subject=_subject(locked), details=details, at=at)
    return locked


@transaction.atomic
def assign_one(*, case: Case, owner: User | None, reason: str, by: User, on: dt.date, at: dt.datetime) -> Handover:
    """Give one case to one person, or back to the pool (None). Raises AssignmentRefused."""
    team_id = _team_of(by)
    _refuse_without_reason(reason)
    _one_at_a_time()
    taker = owner.pk if owner else None
    owners = _owners(team_id, [Move(case.pk, None, taker)])
    if case.pk not in owners:
        raise AssignmentRefused("case", _("This case is closed, or it is not your team's to give."))
    if owners[case.pk] == taker:
        raise AssignmentRefused("same", _("That is who has it already."))
    if taker is not None:
        _refuse_unable(next((desk for desk in desks_of(team_id, on) if desk.person.pk == taker), None))
    move = Move(case.pk, owners[case.pk], taker)
    handover = _planned([move], team_id=team_id, strategy="", reason=reason, by=by, at=at)
    handover.start()
    handover.moved = _give(handover, [move], at)
    handover.done, handover.last_at, handover.finished_at = 1, at, at
    handover.finish()
    handover.save()
    details = {"from": move.giver, "to": taker}
    record(actor=by, action="cases.assign", subject=f"case {case}", details=details, reason=handover.reason, at=at)
    return handover


def _refuse_unable(desk: DeskStatus | None) -> None:
    if desk is None:
        raise AssignmentRefused("owner", _("Only collectors and supervisors of your team can own its cases."))
    if desk.is_away:
        raise AssignmentRefused("away", _("%(person)s is away.") % {"person": desk.person})
    if not desk.has_room:
        raise AssignmentRefused("full", _("%(person)s has as many cases as they can take.") % {"person": desk.person})


@transaction.atomic
def set_desk(
    *,
    person: User,
    capacity: int,
    cities: Collection[str],
    away_from_on: dt.date | None,
    back_on: dt.date | None,
    by: User,
    at: dt.datetime,
) -> Desk:
    """Say how many cases somebody of one's team can own, where, and when they are away. Raises AssignmentRefused."""
    if person not in owners_of(_team_of(by)):
        raise AssignmentRefused("owner", _("Only collectors and supervisors of your team can own its cases."))
    if back_on and (away_from_on is None or back_on <= away_from_on):
        raise AssignmentRefused("back", _("Whoever comes back must have been away before."))
    values = {
        "capacity": capacity,
        "cities": sorted({city.strip() for city in cities} - {""}),
        "away_from_on": away_from_on,
        "back_on": back_on,
    }
    desk, _made = Desk.objects.update_or_create(person=person, defaults=values)
    details = {**values, "away_from_on": _iso(away_from_on), "back_on": _iso(back_on)}
    record(actor=by, action="cases.set_desk", subject=f"desk of {person.get_username()}", details=details, at=at)
    return desk


def _team_of(by: User) -> int:
    if not by.has_perm(MAY_ASSIGN):
        raise PermissionDenied(MAY_ASSIGN)
    if by.team_id is None:
        raise AssignmentRefused("no_team", _("You belong to no team, so there is nobody to give cases to."))
    return by.team_id


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise AssignmentRefused("reason", _("Say why."))


def _planned(moves: Sequence[Move], *, team_id: int, strategy: str, reason: str, by: User, at: dt.datetime) -> Handover:
    return Handover.objects.create(
        team_id=team_id,
        strategy=strategy,
        reason=reason.strip(),
        asked_by_id_then=by.pk,
        asked_by_name=by.get_username(),
        asked_at=at,
        plan=moves,
        total=len(moves),
    )


def _locked(handover_id: int) -> Handover:
    return Handover.objects.select_for_update(of=("self",)).get(pk=handover_id)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ASSIGNMENTS])


def _move(handover: Handover, moves: Sequence[Move], on: dt.date, at: dt.datetime) -> int:
    """Make the moves that are still possible, in their order, and say how many."""
    _one_at_a_time()
    owners = _owners(handover.team_id, moves)
    there = [desk for desk in desks_of(handover.team_id, on) if not desk.is_away]
    rooms: Counter[int | None] = Counter({desk.person.pk: desk.desk.capacity - desk.load for desk in there})
    made = []
    for move in moves:
        if _is_still(move, owners) and rooms[move.taker] > 0:
            made.append(move)
            rooms[move.taker] -= 1
            if move.giver in rooms:
                rooms[move.giver] += 1
    return _give(handover, made, at)


def _owners(team_id: int, moves: Sequence[Move]) -> dict[int, int | None]:
    """The owners of these cases now, under their locks; of those only that the team may give away."""
    cases = cases_to_give(team_id).filter(pk__in=[move.case for move in moves])
    return dict(cases.order_by("pk").select_for_update(of=("self",)).values_list("pk", "owner"))


def _is_still(move: Move, owners: dict[int, int | None]) -> bool:
    return move.case in owners and owners[move.case] == move.giver


def _give(handover: Handover, moves: Sequence[Move], at: dt.datetime, *, is_undo: bool = False) -> int:
    """Write new owners; whoever had the case on their screen sees that it has changed."""
    by_taker: dict[int | None, list[int]] = defaultdict(list)
    for move in moves:
        by_taker[move.taker].append(move.case)
    for taker, pks in by_taker.items():
        Case.objects.filter(pk__in=pks).update(owner=taker, lease_by=None, lease_until=None, revision=F("revision") + 1)
    HandoverCase.objects.bulk_create(
        HandoverCase(
            handover=handover,
            case_id=move.case,
            from_owner_id=move.giver,
            to_owner_id=move.taker,
            at=at,
            is_undo=is_undo,
        )
        for move in moves
    )
    return len(moves)


def _subject(handover: Handover) -> str:
    return f"handover {handover}"


def _iso(on: dt.date | None) -> str | None:
    return on.isoformat() if on else None
