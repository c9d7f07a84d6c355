"""Opening, moving and closing cases. Nobody else calls a transition."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django_fsm import Transition, can_proceed, has_transition_perm

from audit.services import record
from cases.lifecycle import BACK_TO_WORK, Stage
from cases.models import Case, CaseMove, ClosedDay
from cases.queues import LawfulFrom, put_in_line, relapsed
from cases.selectors import (
    CHUNK,
    Found,
    cases_of_loans,
    found_for,
    found_of,
    open_cases,
    that_may_move,
)
from contacts.follow_up_services import settle_verifications
from contacts.promise_services import judge_promises
from holds import services as holds
from holds.models import Hold
from holds.selectors import Pair
from loans.models import Loan
from rulebook import escalation
from rulebook.escalation import Blocker, Blocks, BlocksClosing
from rulebook.masking import redact
from rulebook.priority import Place
from staff.models import User

# Tried in this order, until none applies: the moves that nobody needs to ask for.
AUTOMATIC: dict[str, Blocks] = {
    "cure": escalation.blocks_watch,
    "relapse": escalation.blocks_relapse,
    "close_finished": escalation.blocks_closing_finished,
    "close_cured": escalation.blocks_closing_cured,
    "start_phoning": escalation.blocks_phone,
    "take_up_again": escalation.blocks_reopening,
}
# Moves that a person asks for and others agree to.
AGREED: dict[str, Blocks] = {
    "escalate_to_field": escalation.blocks_field,
    "escalate_to_legal": escalation.blocks_legal,
}
# The same, for what ends a case.
CLOSING: dict[str, BlocksClosing] = {
    "settle": escalation.blocks_settling,
    "write_off": escalation.blocks_writing_off,
    "withdraw": escalation.blocks_withdrawing,
}
# Moves that one person may make, with a reason.
STEPS_BACK = ("back_to_phone", "back_to_field")
# What settling a case may change.
CHANGING = (
    *("stage", "chased_at", "closed_as", "closed_on", "stage_since", "lead_loan", "review_on"),
    *("line", "points", "why", "wakes_at", "revision"),
)


class MoveRefused(Exception):
    """A case cannot move; `blockers` say why."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        super().__init__(", ".join(blocker.code for blocker in blockers))
        self.blockers = blockers


@transaction.atomic
def open_pairs(*, pairs: Collection[Pair], on: dt.date, at: dt.datetime) -> int:
    """Open the cases whose time has come, and move them as far as they go by themselves; says how many opened."""
    borrowers = {pair[0] for pair in pairs}
    there = set(open_cases().filter(borrower__in=borrowers).values_list("borrower", "portfolio"))
    due = {
        pair: found
        for pair, found in found_for(set(pairs) - there, on).items()
        if not any(escalation.blocks_opening(found.facts, found.terms.terms.escalation))
    }
    cases = Case.objects.bulk_create(
        Case(borrower_id=borrower, portfolio_id=portfolio, lead_loan=found.lead, opened_on=on, stage_since=on)
        for (borrower, portfolio), found in due.items()
    )
    moves = [
        row_of_move(case, "open", "", found, at=at, by=None, reason="")
        for case, found in zip(cases, due.values(), strict=True)
    ]
    CaseMove.objects.bulk_create(moves)
    _settle(cases, due, at)
    return len(cases)


@transaction.atomic
def review(*, pks: Sequence[int], on: dt.date, at: dt.datetime) -> int:
    """Judge the promises of some cases and make every automatic move there is to make; says how many moves."""
    # Borrowers and promises are locked before cases, as by whoever decides on a promise or takes a log back.
    judge_promises(pairs=set(open_cases().filter(pk__in=pks).values_list("borrower", "portfolio")), on=on, at=at)
    return _move(pks, on, at)


@transaction.atomic
def _move(pks: Sequence[int], on: dt.date, at: dt.datetime) -> int:
    cases = list(that_may_move().filter(pk__in=pks).order_by("pk").select_for_update(of=("self",)))
    pairs = {(case.borrower_id, case.portfolio_id) for case in cases}
    return _settle(cases, found_for(pairs, on), at)


@transaction.atomic
def loans_changed(*, loan_ids: Iterable[int], on: dt.date, at: dt.datetime) -> int:
    """Money has moved on loans: promises are judged, cases cured or back at once, not at night. Says how many moves."""
    moved, touched = 0, list(loan_ids)
    on = not_before_last_closed(on)
    pairs = set(Loan.objects.filter(pk__in=touched).values_list("borrower_id", "portfolio_id"))
    judge_promises(pairs=pairs, on=on, at=at)
    settle_verifications(pairs=pairs, at=at)
    pks = list(cases_of_loans(touched).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        moved += _move(pks[start : start + CHUNK], on, at)
    return moved


def _settle(
    cases: Sequence[Case], found: dict[Pair, Found], at: dt.datetime, lawful_from: LawfulFrom | None = None
) -> int:
    """Make every automatic move there is to make, put cases in line, and note when the calendar brings the next."""
    moves: list[CaseMove] = []
    back = relapsed(cases)
    for case in cases:
        its = found[case.borrower_id, case.portfolio_id]
        made = list(_automatic_moves(case, its, at))
        moves.extend(made)
        relapsed_on = max((move.on for move in made if move.move in BACK_TO_WORK), default=back.get(case.pk))
        place = put_in_line(case, its, at=at, relapsed_on=relapsed_on, lawful_from=lawful_from or {})
        case.lead_loan, case.review_on = its.lead, _next_review(case, its, place)
        case.revision += 1
    CaseMove.objects.bulk_create(moves)
    Case.objects.bulk_update(cases, CHANGING, batch_size=CHUNK)
    return len(moves)


def put_back_in_line(*, borrower_id: int, on: dt.date, at: dt.datetime, lawful_from: LawfulFrom) -> None:
    """Place all open cases of a borrower anew: what happened to one, such as the last call of the day, binds all.

    The caller holds the transaction.
    """
    pks = list(open_cases().filter(borrower=borrower_id).order_by("pk").values_list("pk", flat=True))
    replace_in_line(pks=pks, on=on, at=at, lawful_from=lawful_from)


def replace_in_line(*, pks: Sequence[int], on: dt.date, at: dt.datetime, lawful_from: LawfulFrom) -> None:
    """Place some open cases anew. The caller holds the transaction."""
    cases = list(open_cases().filter(pk__in=pks).order_by("pk").select_for_update(of=("self",)))
    pairs = {(case.borrower_id, case.portfolio_id) for case in cases}
    _settle(cases, found_for(pairs, not_before_last_closed(on)), at, lawful_from)


def _automatic_moves(case: Case, found: Found, at: dt.datetime) -> Iterator[CaseMove]:
    while move := next((name for name in AUTOMATIC if not any(blockers_of(case, name, found))), None):
        source = case.stage
        make_step(case, move, found.facts.on)
        yield row_of_move(case, move, source, found, at=at, by=None, reason="")


def blockers_of(case: Case, move: str, found: Found) -> Iterator[Blocker]:
    """Why a move is not possible now: the wrong stage, or what the policy asks for."""
    if not can_proceed(getattr(case, move)):
        yield Blocker("stage")
        return
    facts, terms = replace(found.facts, stage_since=case.stage_since), found.terms.terms
    if blocks := (AUTOMATIC | AGREED).get(move):
        yield from blocks(facts, terms.escalation)
    elif closes := CLOSING.get(move):
        yield from closes(facts, terms.authority)


def make_step(case: Case, move: str, on: dt.date) -> None:
    """Make a move whose reasons were asked; the caller saves."""
    getattr(case, move)()
    case.stage_since = on
    case.closed_on = on if case.stage == Stage.CLOSED else None


def _next_review(case: Case, found: Found, place: Place | None) -> dt.date | None:
    """The next day on which the calendar alone can let an automatic move through."""
    if not case.is_open:
        return None
    moves = (move for move in AUTOMATIC if can_proceed(getattr(case, move)))
    days = [blocker.earliest_on for move in moves for blocker in blockers_of(case, move, found) if blocker.earliest_on]
    if found.next_change_on:
        days.append(found.next_change_on)
    if place and place.next_edge_on:
        days.append(place.next_edge_on)
    return min(days, default=None)


def row_of_move(
    case: Case, move: str, source: str, found: Found, *, at: dt.datetime, by: User | None, reason: str, **more: str
) -> CaseMove:
    """The row of a move that was made, not saved yet; `more` says who asked and who agreed."""
    names = {"by_name": by.get_username() if by else "", **more}
    return CaseMove(
        case=case,
        move=move,
        source=source,
        target=case.stage,
        on=found.facts.on,
        at=at,
        by_id_then=by.pk if by else None,
        reason=reason,
        policy_version_id=found.version_id,
        facts=found.as_json(),
        **names,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that could come next, and what stands in its way."""

    move: str
    label: str
    automatic: bool
    by_hand: bool
    blockers: Sequence[Blocker]

    @property
    def is_step_back(self) -> bool:
        """Whether one person may make it, with a reason."""
        return self.move in STEPS_BACK


def offers(case: Case, found: Found, user: User) -> list[Offer]:
    """Every move out of a case's stage, with what blocks it; `by_hand` where this person may make it now."""
    return list(_offers(case, found, user))


def _offers(case: Case, found: Found, user: User) -> Iterable[Offer]:
    for way in _transitions():
        step = getattr(case, way.name)
        if can_proceed(step):
            by_hand = way.name in STEPS_BACK and has_transition_perm(step, user)
            automatic = bool(way.custom.get("automatic"))
            blockers = list(blockers_of(case, way.name, found))
            yield Offer(way.name, str(way.custom["label"]), automatic, by_hand, blockers)


def _transitions() -> list[Transition]:
    field = Case._meta.get_field("stage")
    ways = {way.name: way for way in field.get_all_transitions(Case)}
    return list(ways.values())


def described_moves() -> list[tuple[str, str, list[str], str, str]]:
    """Every move as name, label, where from, where to, and the permission it takes; in the order of the lifecycle."""
    rows: dict[str, tuple[str, str, list[str], str, str]] = {}
    for way in Case._meta.get_field("stage").get_all_transitions(Case):
        target = str(Stage(way.target).label) if way.target in Stage.values else str(_("where it was"))
        row = rows.setdefault(way.name, (way.name, str(way.custom["label"]), [], target, str(way.permission or "")))
        row[2].append(str(way.source))
    order = list(Stage)
    for row in rows.values():
        row[2].sort(key=lambda source: order.index(Stage(source)))
    return sorted(rows.values(), key=lambda row: (order.index(Stage(row[2][0])), row[3], row[0]))


def labels() -> dict[str, str]:
    """What each move is called."""
    return {way.name: str(way.custom["label"]) for way in _transitions()}


@transaction.atomic
def step_back(*, case: Case, move: str, reason: str, by: User, on: dt.date, at: dt.datetime) -> CaseMove:
    """A supervisor sends a case back to the stage before. Raises MoveRefused or PermissionDenied."""
    locked = open_cases().select_for_update(of=("self",)).filter(pk=case.pk).first()
    if locked is None or move not in STEPS_BACK or not can_proceed(getattr(locked, move)):
        raise MoveRefused([Blocker("stage")])
    if not has_transition_perm(getattr(locked, move), by):
        raise PermissionDenied(move)
    if not reason.strip():
        raise MoveRefused([Blocker("reason")])
    found, source = found_of(locked, not_before_last_closed(on)), locked.stage
    make_step(locked, move, found.facts.on)
    locked.save()
    written = row_of_move(locked, move, source, found, at=at, by=by, reason=redact(reason.strip()))
    written.save()
    record(actor=by, action=f"cases.{move}", subject=f"case {locked}", reason=written.reason, at=at)
    return written


@transaction.atomic
def place_hold(*, case: Case, on: dt.date, at: dt.datetime, by: User, **hold: Any) -> Hold:
    """Place a hold on what a case is about; what it blocks shows at once."""
    placed = holds.place(borrower=case.borrower, portfolio=case.portfolio, by=by, at=at, **hold)
    _review_one(case, on, at)
    return placed


@transaction.atomic
def lift_hold(*, case: Case, hold: Hold, reason: str, mistaken: bool, by: User, on: dt.date, at: dt.datetime) -> Hold:
    """Lift a hold of a case; what it had blocked by itself goes on at once."""
    lifted = holds.lift(hold=hold, reason=reason, mistaken=mistaken, by=by, on=on, at=at)
    _review_one(case, on, at)
    return lifted


def _review_one(case: Case, on: dt.date, at: dt.datetime) -> None:
    review(pks=[case.pk], on=not_before_last_closed(on), at=at)


def not_before_last_closed(on: dt.date) -> dt.date:
    """A case never moves on a day before the last that was closed."""
    last = ClosedDay.objects.order_by("-on").values_list("on", flat=True).first()
    return max(on, last or on)
