"""A log taken back within seconds: all it did is undone, and what was before stands again."""

import pytest

from borrowers.models import ThirdParty
from borrowers.services import set_status
from cases.models import Case
from contacts.models import Attempt, FollowUp, Promise, Reservation
from contacts.selectors import attempts_of
from contacts.services import SLOT, ContactRefused, take_back_attempt
from holds.models import Hold
from staff.models import User
from tests.contacts.build import a_case, ask, caller, colleague, day, log, moment, phone_of, promise, third_party

pytestmark = pytest.mark.django_db


def take_back(attempt: Attempt, at: str = "02-09 10:00:10", by: User | None = None) -> None:
    take_back_attempt(attempt=attempt, by=by or caller(), at=moment(at))


def why_not(attempt: Attempt, at: str = "02-09 10:00:10", by: User | None = None) -> str:
    with pytest.raises(ContactRefused) as refused:
        take_back(attempt, at, by)
    return refused.value.code


def counts(case: Case, attempt: Attempt) -> bool:
    return attempts_of([case.borrower_id]).filter(pk=attempt.pk).exists()


def test_an_attempt_that_was_taken_back_counts_no_longer_and_its_call_is_open_again() -> None:
    case = a_case()
    attempt = log(case, "RNR")
    assert counts(case, attempt)
    take_back(attempt)
    assert not counts(case, attempt)
    slot = Reservation.objects.get()
    assert (slot.logged_at, slot.expires_at) == (None, moment("02-09 10:00:10") + SLOT)
    assert log(case, "BUSY", "02-09 10:01").clearance == attempt.clearance


@pytest.mark.parametrize("code", ["OOS", "WRONG"])
def test_a_number_is_in_use_again(code: str) -> None:
    case = a_case()
    attempt = log(case, code)
    assert phone_of(case).status != "ok"
    take_back(attempt)
    assert phone_of(case).status == "ok"


def test_somebody_else_is_no_longer_stopped() -> None:
    case = a_case()
    friend = third_party(case)
    set_status(point=phone_of(case), status="invalid", by=caller(), at=moment("02-09 09:00"))
    attempt = log(case, "TPSTOP", point=friend, relation="friend")
    take_back(attempt)
    assert (ThirdParty.objects.get().status, phone_of(case).status) == ("ok", "invalid")


def test_a_hold_has_never_held() -> None:
    case = a_case()
    attempt = log(case, "DISP", text="the sum is wrong")
    assert not ask(case, "02-09 10:00:05").allowed
    take_back(attempt)
    hold = Hold.objects.get()
    assert (hold.lifted_on, hold.is_active(day("02-09"))) == (hold.from_on, False)
    assert ask(case, "02-09 10:00:15").allowed


def test_what_was_to_follow_is_open_no_longer() -> None:
    attempt = log(a_case(), "PAID", date=day("02-09"), method="wechat")
    take_back(attempt)
    assert not FollowUp.objects.filter(done_at=None).exists()


def test_a_call_back_that_the_call_had_settled_is_open_again() -> None:
    case = a_case()
    log(case, "CB", "02-09 09:00", at=moment("02-09 10:00"))
    attempt = log(case, "RNR")
    assert not FollowUp.objects.filter(done_at=None).exists()
    take_back(attempt)
    assert FollowUp.objects.get(done_at=None).due_at == moment("02-09 10:00")


def test_a_promise_is_cancelled_and_the_one_it_replaced_stands_again() -> None:
    case = a_case()
    first = promise(case, "2000.00", "02-12", "02-09 09:00")
    second = promise(case, "3000.00", "02-13", is_inbound=True)
    states = {each.pk: each.state for each in Promise.objects.all()}
    assert states == {first.pk: "superseded", second.pk: "open"}
    take_back(second.attempt)
    states = {each.pk: each.state for each in Promise.objects.all()}
    assert states == {first.pk: "open", second.pk: "cancelled"}
    changes = [(change.source, change.target) for change in first.changes.order_by("pk")]
    assert changes == [("", "open"), ("open", "superseded"), ("superseded", "open")]


def test_a_promise_that_waits_for_a_supervisor_is_cancelled() -> None:
    asked = promise(a_case(), "2000.00", "02-25")
    take_back(asked.attempt)
    assert Promise.objects.get().state == "cancelled"


def test_twelve_seconds_are_enough_and_thirteen_too_many() -> None:
    attempt = log(a_case(), "OOS")
    assert why_not(attempt, "02-09 10:00:13") == "too_late"
    take_back(attempt, "02-09 10:00:12")


def test_nobody_takes_back_what_a_colleague_logged() -> None:
    attempt = log(a_case(), "OOS")
    assert why_not(attempt, by=colleague()) == "not_yours"


def test_nothing_is_taken_back_twice() -> None:
    attempt = log(a_case(), "OOS")
    take_back(attempt)
    assert why_not(attempt) == "undone"


def test_what_somebody_has_built_upon_is_not_taken_back() -> None:
    case = a_case()
    attempt = log(case, "WILL")
    log(case, "WILL", "02-09 10:00:05", is_inbound=True, by=colleague())
    assert why_not(attempt) == "not_last"
    assert counts(case, attempt)
