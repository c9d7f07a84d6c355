"""Referrals: opened when a case has come to legal, taken step by step, and ended. Nobody else calls a step."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed, has_transition_perm

from audit.services import record
from cases.lifecycle import BACK_TO_WORK, Stage
from cases.models import Case, CaseMove
from cases.selectors import found_of
from legal.lifecycle import ACT, Ending, State
from legal.models import Referral, ReferralStep
from legal.selectors import cases_to_follow, terms_of
from rulebook.legal_steps import Fault, fault_of
from staff.models import User

OPENING, END, TAKE_BACK = "open", "end", "take_back"
# How a referral ends by itself, by the move with which its case went elsewhere.
ENDS_WITH = {
    "cure": Ending.PAID,
    "close_finished": Ending.PAID,
    "close_cured": Ending.PAID,
    "settle": Ending.SETTLED,
    "write_off": Ending.TERMINATED,
}
FAULTS: dict[Fault, Promise] = {
    Fault.FUTURE: _("The day lies in the future."),
    Fault.BEFORE_LAST: _("The day lies before the step before."),
    Fault.TOO_EARLY: _("The borrower may still object on that day."),
    Fault.DOCUMENT: _("This step takes the number of its document."),
}


class StepRefused(Exception):
    """Why a step was not written down, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


def open_referrals(*, on: dt.date, at: dt.datetime) -> int:
    """Open a referral for every case that has come to legal, end those whose case has left; says how many changed."""
    return sum(_follow(pk, on=on, at=at, by=None) for pk in cases_to_follow())


def open_referral(*, case: Case, by: User, on: dt.date, at: dt.datetime) -> Referral:
    """Open the referral of a case that has just come to legal, without waiting. Raises StepRefused."""
    if not by.has_perm(ACT):
        raise PermissionDenied(ACT)
    followed = _follow(case.pk, on=on, at=at, by=by)
    # Where the case has left, its referral was ended just now.
    opened = Referral.objects.exclude(state=State.ENDED).filter(case=case).first()
    if not followed or opened is None:
        raise StepRefused("not_to_open", _("The case is not in legal, or its referral is open already."))
    return opened


@transaction.atomic
def _follow(case_id: int, *, on: dt.date, at: dt.datetime, by: User | None) -> bool:
    """Let the referral of a case follow its stage; says whether anything had to change."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    current = Referral.objects.exclude(state=State.ENDED).select_for_update().filter(case=case).first()
    if case.stage != Stage.LEGAL:
        if current:
            _end_with_case(current, case, at)
        return current is not None
    move = CaseMove.objects.filter(case=case, target=Stage.LEGAL).order_by("-pk").first()
    if move is None or Referral.objects.filter(move=move).exists():
        return False  # somebody ended it: the case waits for another decision
    if current and move.move not in BACK_TO_WORK:
        # It left and came back between two sweeps.
        _end(current, Ending.WITHDRAWN, max(current.state_on, move.on), at=at, by=None)
        current = None
    goes_on = current or (_interrupted(case, on) if move.move in BACK_TO_WORK else None)
    if goes_on:
        _go_on(goes_on, move, at)
    else:
        _open(case, move, on=max(on, move.on), at=at, by=by)
    return True


def _open(case: Case, move: CaseMove, *, on: dt.date, at: dt.datetime, by: User | None) -> None:
    name = by.get_username() if by else ""
    referral = Referral.objects.create(
        case=case, move=move, opened_on=on, opened_at=at, opened_by_name=name, state_on=on
    )
    _write(referral, OPENING, "", on, at=at, by=by)
    record(actor=by, action="legal.open", subject=f"referral {referral}", details={"case": str(case)}, at=at)


def _interrupted(case: Case, on: dt.date) -> Referral | None:
    """The referral that the portal ended because of money that was taken back since: what is late was late then."""
    last = Referral.objects.filter(case=case).order_by("-pk").select_for_update().first()
    if last is None:
        return None
    step = last_step(last)
    since = found_of(case, on).oldest_due_on
    by_itself = step.step == END and not step.by_name and step.ended_as == Ending.PAID
    return last if by_itself and since is not None and since < step.on else None


def _go_on(referral: Referral, move: CaseMove, at: dt.datetime) -> None:
    """A relapse brought the case back to where its referral stood."""
    referral.move = move
    if not referral.is_open:
        _undo(referral, last_step(referral), on=move.on, note="", by=None, at=at)
    referral.save()


def _end_with_case(referral: Referral, case: Case, at: dt.datetime) -> None:
    left = CaseMove.objects.filter(case=case).order_by("-pk")[0]
    how = ENDS_WITH.get(left.move, Ending.WITHDRAWN)
    _end(referral, how, max(referral.state_on, left.on), at=at, by=None)


def _end(referral: Referral, how: Ending, on: dt.date, *, at: dt.datetime, by: User | None) -> None:
    source = referral.state
    referral.end()
    referral.ended_as, referral.state_on = how, on
    referral.save()
    _write(referral, END, source, on, at=at, by=by, ended_as=how)
    record(actor=by, action="legal.end", subject=f"referral {referral}", details={"how": how.value}, at=at)


@transaction.atomic
def take_step(
    *,
    referral: Referral,
    step: str,
    happened_on: dt.date,
    document: str = "",
    note: str = "",
    ended_as: str = "",
    seen_step_id: int | None = None,
    by: User,
    on: dt.date,
    at: dt.datetime,
) -> ReferralStep:
    """Write down the next step with the day it happened and its document. Raises StepRefused.

    `ended_as` says how a referral ends; `seen_step_id` is the last step the person saw.
    """
    locked = _locked(referral, by, seen_step_id)
    way = getattr(locked, step, None) if step in step_labels() and step != TAKE_BACK else None
    if way is None or not can_proceed(way):
        raise StepRefused("not_next", _("This is not a step that comes next."))
    if not has_transition_perm(way, by):
        raise PermissionDenied(ACT)
    if step != END and locked.case.stage != Stage.LEGAL:
        raise StepRefused("left", _("The case is not in legal any more."))
    if (step == END) != (ended_as in Ending.values):
        raise StepRefused("ending", _("Say how it ended."))
    source = locked.state
    way()
    if fault := _fault(locked, happened_on, document, on):
        raise StepRefused(fault.value, FAULTS[fault])
    locked.state_on, locked.ended_as = happened_on, ended_as
    locked.save()
    written = _write(
        *(locked, step, source, happened_on),
        at=at,
        by=by,
        document=document.strip(),
        note=note.strip(),
        ended_as=ended_as,
    )
    details = {"to": written.target, "on": happened_on.isoformat(), "document": written.document}
    record(actor=by, action=f"legal.{step}", subject=f"referral {locked}", details=details, reason=written.note, at=at)
    return written


def _fault(referral: Referral, happened_on: dt.date, document: str, today: dt.date) -> Fault | None:
    return fault_of(
        target=referral.state,
        on=happened_on,
        last_on=referral.state_on,
        today=today,
        document=document,
        terms=terms_of(referral.case, today),
    )


@transaction.atomic
def correct_step(
    *, referral: Referral, reason: str, seen_step_id: int | None = None, by: User, on: dt.date, at: dt.datetime
) -> ReferralStep:
    """Take the last step back, because it was written down by mistake; both rows stay. Raises StepRefused."""
    locked = _locked(referral, by, seen_step_id)
    last = last_step(locked)
    if last.step == OPENING:
        raise StepRefused("first", _("There is no step to take back."))
    if not reason.strip():
        raise StepRefused("reason", _("Say why."))
    if last.step == END and locked.case.stage != Stage.LEGAL:
        raise StepRefused("left", _("The case is not in legal any more."))
    if last.step == END and Referral.objects.exclude(state=State.ENDED).filter(case=locked.case).exists():
        raise StepRefused("another", _("The case has another referral under way."))
    written = _undo(locked, last, on=on, note=reason.strip(), by=by, at=at)
    locked.save()
    return written


def _undo(
    referral: Referral, last: ReferralStep, *, on: dt.date, note: str, by: User | None, at: dt.datetime
) -> ReferralStep:
    """Put a referral back where it stood before its last step; the caller saves it."""
    source = referral.state
    referral.take_back(last.source)
    written = _write(referral, TAKE_BACK, source, on, at=at, by=by, note=note, corrects=last)
    referral.ended_as, referral.state_on = "", last_step(referral).on
    details = {"step": last.step, "to": referral.state}
    record(actor=by, action="legal.correct", subject=f"referral {referral}", details=details, reason=note, at=at)
    return written


def last_step(referral: Referral) -> ReferralStep:
    """The last step that counts: neither taken back nor taking something back."""
    return referral.steps.filter(corrects=None, corrected_by=None).order_by("-pk")[0]


def _locked(referral: Referral, by: User, seen_step_id: int | None) -> Referral:
    if not by.has_perm(ACT):
        raise PermissionDenied(ACT)
    # The case first, as whoever moves it and whoever opens the next referral does.
    case = Case.objects.select_for_update(of=("self",)).get(pk=referral.case_id)
    locked = Referral.objects.select_for_update().get(pk=referral.pk)
    locked.case = case
    if seen_step_id is not None and seen_step_id != locked.steps.order_by("-pk")[0].pk:
        raise StepRefused("changed_meanwhile", _("Somebody wrote down a step meanwhile. Look at it first."))
    return locked


def _write(
    referral: Referral,
    step: str,
    source: str,
    on: dt.date,
    *,
    at: dt.datetime,
    by: User | None,
    document: str = "",
    note: str = "",
    ended_as: str = "",
    corrects: ReferralStep | None = None,
) -> ReferralStep:
    return ReferralStep.objects.create(
        referral=referral,
        step=step,
        source=source,
        target=referral.state,
        on=on,
        document=document,
        note=note,
        ended_as=ended_as,
        corrects=corrects,
        at=at,
        by_id_then=by.pk if by else None,
        by_name=by.get_username() if by else "",
    )


def step_labels() -> dict[str, str]:
    """What each step is called."""
    ways = Referral._meta.get_field("state").get_all_transitions(Referral)
    return {way.name: str(way.custom["label"]) for way in ways}


def next_steps(referral: Referral) -> list[tuple[str, str]]:
    """The steps that can come next, as name and label; the end comes last."""
    steps = [
        (name, label)
        for name, label in step_labels().items()
        if name != TAKE_BACK and can_proceed(getattr(referral, name))
    ]
    return sorted(steps, key=lambda step: step[0] == END)
