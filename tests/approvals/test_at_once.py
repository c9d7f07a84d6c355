"""Two who decide at the same moment: one is heard, the other is told, and the case moves once."""

import datetime as dt
from collections.abc import Callable

import pytest

from approvals.models import Approval
from approvals.services import ApprovalRefused
from cases.models import CaseMove
from cases.services import MoveRefused
from loans.models import LoanEvent
from staff.models import User
from staff.roles import Role
from tests.approvals.build import AT, agreed, asked_for, colleague, settlement
from tests.cases.build import a_case, pay, person
from tests.cases.test_assign_at_once import at_once


@pytest.mark.usefixtures("committed")
def test_of_two_deciders_one_is_told_that_it_is_decided() -> None:
    asked = asked_for(a_case(), "withdraw")
    told: list[str] = []

    def decided_by(who: User) -> Callable[[], None]:
        def decide() -> None:
            try:
                agreed(asked, who, at=AT + dt.timedelta(minutes=1))
            except (ApprovalRefused, MoveRefused) as refused:
                told.append(str(refused))

        return decide

    at_once(decided_by(person(Role.SUPERVISOR)), decided_by(colleague(Role.SUPERVISOR, "other-supervisor")))
    assert Approval.objects.get().state == "agreed"
    assert told == ["This is decided already: agreed and done."]
    assert CaseMove.objects.filter(move="withdraw").count() == 1


@pytest.mark.usefixtures("committed")
def test_money_that_is_booked_while_somebody_decides_waits_for_the_decision_or_comes_before_it() -> None:
    case = a_case()
    asked = asked_for(case, "settle", **settlement("6000.00"))
    pay(case.lead_loan, "6000.00", "02-09", reference="P1")
    at_once(
        lambda: agreed(asked, person(Role.SUPERVISOR)),
        lambda: pay(case.lead_loan, "1.00", "02-09", reference="P2"),
    )
    assert (Approval.objects.get().state, LoanEvent.objects.filter(kind="payment").count()) == ("agreed", 2)
