"""A supervisor gives a case another chance in the stage before, with a reason; nobody else does."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from cases.models import Case
from cases.services import MoveRefused, step_back
from staff.models import User
from staff.roles import Role
from tests.cases.build import AT, a_case, day, history, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> User:
    return person(Role.SUPERVISOR)


def in_stage(stage: str) -> Case:
    """A case as it is after visits; how it got there is not what these tests are about."""
    case = a_case()
    Case.objects.filter(pk=case.pk).update(stage=stage, chased_at=stage)
    return Case.objects.get(pk=case.pk)


def back(case: Case, move: str, by: User, reason: str = "she pays by phone") -> None:
    step_back(case=case, move=move, reason=reason, by=by, on=day("02-10"), at=AT)


@pytest.mark.parametrize(
    ("stage", "move", "target"), [("field", "back_to_phone", "phone"), ("legal", "back_to_field", "field")]
)
def test_the_case_is_back_with_the_reason_on_file(supervisor: User, stage: str, move: str, target: str) -> None:
    case = in_stage(stage)
    back(case, move, supervisor)
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.chased_at, case.stage_since) == (target, target, day("02-10"))
    assert history(case)[-1] == (day("02-10"), move, target)
    written = case.moves.latest("pk")
    assert (written.by_name, written.reason) == (supervisor.username, "she pays by phone")
    assert AuditEntry.objects.get(action=f"cases.{move}").reason == "she pays by phone"


@pytest.mark.parametrize(
    ("stage", "move", "reason", "code"),
    [
        ("phone", "back_to_phone", "why not", "stage"),
        ("closed", "back_to_phone", "why not", "stage"),
        ("field", "cure", "why not", "stage"),
        ("field", "no_such_move", "why not", "stage"),
        ("field", "back_to_phone", "  ", "reason"),
    ],
)
def test_it_is_refused_from_another_stage_by_another_way_or_without_a_reason(
    supervisor: User, stage: str, move: str, reason: str, code: str
) -> None:
    case = in_stage("field")
    ended = {"closed_as": "settled", "closed_on": day("02-09")} if stage == "closed" else {}
    Case.objects.filter(pk=case.pk).update(stage=stage, **ended)
    with pytest.raises(MoveRefused) as refused:
        back(case, move, supervisor, reason)
    assert [blocker.code for blocker in refused.value.blockers] == [code]
    assert case.moves.count() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPERVISOR}))
def test_other_roles_may_not(role: Role) -> None:
    case = in_stage("field")
    with pytest.raises(PermissionDenied):
        back(case, "back_to_phone", person(role))
    assert case.moves.count() == 1
