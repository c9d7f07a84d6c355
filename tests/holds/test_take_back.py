"""Taking a hold back in the same breath: by whoever placed it, once, and never one that stops money."""

import pytest
from django.core.exceptions import PermissionDenied

from holds.models import Hold
from holds.services import HoldRefused, take_back
from staff.roles import Role
from tests.holds.test_place_and_lift import active, hold_on
from tests.loans.build import AT, a_loan, person

pytestmark = pytest.mark.django_db


def test_a_hold_that_is_taken_back_has_never_held() -> None:
    loan, by = a_loan(), person(Role.COLLECTOR)
    hold = hold_on(loan, by=by)
    taken = take_back(hold=hold, by=by, at=AT)
    assert (taken.lifted_on, taken.lifted_by_name, active(loan, "01-15")) == (hold.from_on, by.username, [])


def test_only_whoever_placed_it_takes_it_back() -> None:
    hold = hold_on(a_loan(), by=person(Role.COLLECTOR))
    with pytest.raises(PermissionDenied):
        take_back(hold=hold, by=person(Role.SUPERVISOR), at=AT)
    assert Hold.objects.get().lifted_on is None


def test_a_hold_that_stops_money_is_lifted_with_a_reason_instead() -> None:
    hold = hold_on(a_loan(), stops_penalty=True)
    with pytest.raises(PermissionDenied):
        take_back(hold=hold, by=person(Role.SUPERVISOR), at=AT)


def test_a_hold_is_taken_back_once() -> None:
    hold = hold_on(a_loan())
    take_back(hold=hold, by=person(Role.SUPERVISOR), at=AT)
    with pytest.raises(HoldRefused) as refused:
        take_back(hold=hold, by=person(Role.SUPERVISOR), at=AT)
    assert refused.value.code == "lifted"
