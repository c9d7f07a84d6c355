"""Who wants no more messages, who may be written to again, and whether an e-mail address works."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from borrowers.models import Borrower, OptOut
from borrowers.reach_services import ReachRefused, lift_opt_out, opt_out, set_email_status
from borrowers.services import set_status
from staff.roles import Role
from tests.cast import AT
from tests.loans.build import a_loan, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def borrower() -> Borrower:
    return a_loan().borrower


def stop(borrower: Borrower, medium: str = "sms", how: str = "退订") -> OptOut:
    return opt_out(borrower=borrower, medium=medium, how=how, by=None, at=AT)


def why_not(row: OptOut, reason: str) -> str:
    with pytest.raises(ReachRefused) as refused:
        lift_opt_out(opt_out=row, reason=reason, by=person(Role.SUPERVISOR), at=AT)
    return refused.value.code


def test_who_says_stop_twice_has_said_it_once_for_each_medium(borrower: Borrower) -> None:
    first = stop(borrower)
    assert stop(borrower, how="STOP") == first
    stop(borrower, "email")
    assert [(row.medium, row.how) for row in OptOut.objects.order_by("pk")] == [("sms", "退订"), ("email", "退订")]
    assert AuditEntry.objects.filter(action="borrowers.opt_out", actor_id=None).count() == 2


def test_a_number_in_what_they_wrote_is_masked(borrower: Borrower) -> None:
    assert stop(borrower, how="not to 13800001234").how == "not to 138****1234"


def test_a_supervisor_lifts_it_with_a_reason_and_then_it_can_be_said_again(borrower: Borrower) -> None:
    row = stop(borrower)
    assert why_not(row, "  ") == "reason"
    lifted = lift_opt_out(opt_out=row, reason="asked on the phone", by=person(Role.SUPERVISOR), at=AT)
    assert (lifted.lifted_at, lifted.lift_reason) == (AT, "asked on the phone")
    assert AuditEntry.objects.get(action="borrowers.lift_opt_out").reason == "asked on the phone"
    assert why_not(row, "once more") == "lifted"
    assert stop(borrower).pk != row.pk


def test_a_collector_does_not_lift_it(borrower: Borrower) -> None:
    row = stop(borrower)
    with pytest.raises(PermissionDenied):
        lift_opt_out(opt_out=row, reason="asked", by=person(Role.COLLECTOR), at=AT)
    assert OptOut.objects.get().lifted_at is None


def test_an_address_that_came_back_is_used_no_more_and_says_what_it_was(borrower: Borrower) -> None:
    assert set_email_status(borrower=borrower, status="invalid", by=None, at=AT) == "ok"
    assert set_email_status(borrower=borrower, status="invalid", by=None, at=AT) == "invalid"
    assert Borrower.objects.get().email_status == "invalid"
    assert AuditEntry.objects.get(action="borrowers.set_status").details == {
        "point": "email",
        "status": ["ok", "invalid"],
    }


def test_the_portal_itself_may_say_that_a_number_does_not_exist(borrower: Borrower) -> None:
    phone = borrower.phones.get()
    assert set_status(point=phone, status="invalid", by=None, at=AT) == "ok"
    assert AuditEntry.objects.get(action="borrowers.set_status").actor_name == ""
