"""Small steps of a referral through the real services."""

from typing import Any

from cases.lifecycle import Stage
from cases.models import Case, CaseMove
from legal.models import Referral, ReferralStep
from legal.services import open_referrals, take_step
from policies.models import PolicyVersion
from staff.roles import Role
from tests.cases.build import AT, a_case, day, person

__all__ = ["AT", "a_case", "a_referral", "bring_to_legal", "day", "move_to", "officer", "person", "step"]


def officer(team: str = "North") -> Any:
    return person(Role.LEGAL_OFFICER, of=team)


def move_to(case: Case, stage: Stage, move: str, on: str, **more: Any) -> Case:
    """A case that has made a move, whatever it would have taken."""
    source = case.stage
    Case.objects.filter(pk=case.pk).update(stage=stage, chased_at=stage, stage_since=day(on), **more)
    CaseMove.objects.create(
        case=case,
        move=move,
        source=source,
        target=stage,
        on=day(on),
        at=AT,
        by_name="supervisor, legal_officer",
        asked_by_name="collector",
        policy_version=PolicyVersion.objects.order_by("pk")[0],
        facts={"dpd": 90, "arrears": "8000.00", "overdue_amount": "8300.00"},
    )
    return Case.objects.get(pk=case.pk)


def bring_to_legal(case: Case, on: str = "02-09") -> Case:
    return move_to(case, Stage.LEGAL, "escalate_to_legal", on)


def a_referral(on: str = "02-09", **loan: Any) -> Referral:
    """The open referral of one loan, 8,000 due 2025-01-10."""
    case = bring_to_legal(a_case(**loan), on)
    open_referrals(on=day(on), at=AT)
    return Referral.objects.get(case=case)


def step(referral: Referral, name: str, on: str, *, today: str = "12-31", **more: Any) -> ReferralStep:
    said: dict[str, Any] = {"document": "(2025) 1", "by": officer(), **more}
    return take_step(referral=referral, step=name, happened_on=day(on), on=day(today), at=AT, **said)
