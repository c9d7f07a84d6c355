"""One case for one person, or back to the pool, with a reason."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from cases.assignment_services import AssignmentRefused, assign_one, undo_handover
from cases.models import Case, Handover
from loans.models import Portfolio
from staff.models import User
from staff.roles import Role
from tests.cases.build import AT, person
from tests.cases.build_assignment import ON, collector, desk, owners, some_cases, supervisor
from tests.loans.build import team

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return some_cases(1)[0]


def give(case: Case, owner: User | None, reason: str = "knows them", by: User | None = None) -> Handover:
    return assign_one(case=case, owner=owner, reason=reason, by=by or supervisor(), on=ON, at=AT)


def refused(code: str, case: Case, owner: User | None, **more: Any) -> None:
    before = owners([case])
    with pytest.raises(AssignmentRefused) as refusal:
        give(case, owner, **more)
    assert (refusal.value.code, owners([case])) == (code, before)


def test_it_has_a_new_owner_goes_back_to_the_pool_and_each_time_can_be_undone(case: Case) -> None:
    ann = collector("ann")
    given = give(case, ann)
    assert (given.state, given.moved, owners([case])) == ("done", 1, ["ann"])
    back = give(case, None)
    assert owners([case]) == [None]
    undo_handover(handover=back, by=supervisor(), at=AT)
    assert owners([case]) == ["ann"]
    assert Case.objects.get().revision == case.revision + 3
    entry = AuditEntry.objects.filter(action="cases.assign").earliest("pk")
    assert (entry.subject, entry.reason, entry.details) == (f"case {case}", "knows them", {"from": None, "to": ann.pk})


def test_it_takes_a_reason_and_somebody_else_than_who_has_it(case: Case) -> None:
    ann = collector("ann")
    refused("reason", case, ann, reason=" ")
    refused("same", case, None)
    give(case, ann)
    refused("same", case, ann)


def test_nobody_away_full_or_of_another_team_or_role_gets_it(case: Case) -> None:
    ann = collector("ann")
    desk(ann, 150, away="02-09")
    refused("away", case, ann)
    desk(ann, 0)
    refused("full", case, ann)
    refused("owner", case, collector("ben", of="South"))
    refused("owner", case, person(Role.LEGAL_OFFICER))
    desk(ann, 1)
    assert give(case, ann).moved == 1


def test_a_closed_case_one_of_another_team_and_one_that_another_team_works_on_are_refused(case: Case) -> None:
    ann, [foreign] = collector("ann"), some_cases(1, seen_by="South", first=2)
    refused("case", foreign, ann)
    Portfolio.objects.get(code="consumer").teams.add(team("South"))
    Case.objects.filter(pk=case.pk).update(owner=collector("ben", of="South"))
    refused("case", case, ann)
    Case.objects.filter(pk=case.pk).update(owner=None, stage="closed", closed_on="2025-02-09", closed_as="cured")
    refused("case", case, ann)


def test_a_collector_gives_nothing_not_even_their_own(case: Case) -> None:
    ann = collector("ann")
    give(case, ann)
    with pytest.raises(PermissionDenied):
        give(case, None, by=ann)
