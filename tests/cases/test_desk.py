"""The desk: who is handed which case, and where in the queue a case goes after a call, a promise or a payment."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cases import desk_services
from cases.desk_services import LEASE, DeskRefused, next_case, wake
from cases.models import Case
from cases.queues import offered
from cases.selectors import found_for
from contacts.models import Attempt, Clearance, FollowUp
from contacts.selectors import work_on
from contacts.services import GateRefused
from loans.models import Portfolio
from rulebook.priority import Line
from staff.models import User
from staff.roles import Role
from tests.cases.build import RUNNING
from tests.contacts.build import (
    a_case,
    a_loan,
    ask,
    caller,
    close,
    colleague,
    day,
    moment,
    pay,
    person,
    phone_of,
    undo,
)

pytestmark = pytest.mark.django_db
TEN = "02-09 10:00"


def log(
    case: Case, outcome: str, when: str = TEN, /, *, by: User | None = None, is_inbound: bool = False, **said: Any
) -> Attempt:
    return desk_services.log(
        case=case,
        point=phone_of(case),
        outcome=outcome,
        said=said,
        by=by or caller(),
        at=moment(when),
        is_inbound=is_inbound,
    )


def call(case: Case, when: str = TEN, *, by: User | None = None) -> Clearance:
    return desk_services.call(case=case, point=phone_of(case), by=by or caller(), at=moment(when))


def next_for(by: User, when: str = TEN) -> Case | None:
    return next_case(by=by, at=moment(when))


def place(case: Case) -> tuple[int | None, str]:
    """The line a case is in, and the first reason for it."""
    now = Case.objects.get(pk=case.pk)
    return now.line, now.why[0][0] if now.why else ""


def is_offered(case: Case, when: str) -> bool:
    return offered(Case.objects.filter(pk=case.pk), moment(when)).exists()


def test_the_most_urgent_comes_first_whether_ones_own_or_from_the_pool() -> None:
    pool, own, theirs = (a_case(loan_no=f"L{n}") for n in range(3))
    Case.objects.filter(pk=own.pk).update(owner=caller(), points=90)
    Case.objects.filter(pk=theirs.pk).update(owner=colleague(), points=99)
    assert [next_for(caller()) for _click in range(3)] == [own, pool, None]
    assert next_for(colleague()) == theirs


def test_of_two_that_are_as_urgent_the_older_case_comes_first() -> None:
    first, second = a_case(loan_no="L1"), a_case(loan_no="L2")
    Case.objects.filter(pk=second.pk).update(owner=caller())
    assert [next_for(caller()), next_for(caller())] == [first, second]


def test_a_case_that_was_handed_out_is_offered_again_after_its_lease() -> None:
    case = a_case()
    assert next_for(caller(), "02-09 10:00") == case
    assert Case.objects.get().lease_until == moment("02-09 10:00") + LEASE
    assert next_for(colleague(), "02-09 10:14") is None
    assert next_for(colleague(), "02-09 10:15") == case


def test_nobody_is_handed_the_case_of_a_portfolio_they_do_not_see() -> None:
    a_case(portfolio="cards", seen_by="South")
    assert next_for(caller()) is None
    assert next_for(person(Role.COLLECTOR, of="South")) is not None


def test_who_does_not_call_takes_no_case() -> None:
    case, other = a_case(), person(Role.OPERATIONS)
    for act in (lambda: next_for(other), lambda: call(case, by=other), lambda: log(case, "WILL", by=other)):
        with pytest.raises(PermissionDenied):
            act()
    assert Case.objects.get().lease_by is None


def test_while_somebody_is_on_a_case_a_colleague_is_not_but_a_supervisor_may_be() -> None:
    case = a_case()
    assert next_for(caller()) == case
    for act in (lambda: call(case, by=colleague()), lambda: log(case, "WILL", by=colleague())):
        with pytest.raises(DeskRefused) as refused:
            act()
        assert (refused.value.code, caller().username in str(refused.value)) == ("taken", True)
    assert not (Attempt.objects.exists() or Clearance.objects.exists())
    assert call(case, by=person(Role.SUPERVISOR)).allowed
    assert call(case, "02-09 10:15", by=colleague()).allowed


def test_after_a_log_the_case_is_free() -> None:
    case = a_case()
    next_for(caller())
    log(case, "WILL")
    assert Case.objects.get().lease_by is None
    assert call(case, "02-09 10:01", by=colleague()).allowed


def test_nobody_answers_and_the_case_waits_four_hours() -> None:
    case = a_case()
    revision = case.revision
    log(case, "RNR")
    assert place(case) == (Line.WAITING, "next_action")
    now = Case.objects.get()
    assert (now.wakes_at, now.revision > revision, next_for(caller())) == (moment("02-09 14:00"), True, None)
    assert wake(at=moment("02-09 13:59")) == 0
    assert wake(at=moment("02-09 14:00")) == 1
    assert place(case)[0] != Line.WAITING
    assert wake(at=moment("02-09 14:00")) == 0
    assert next_for(caller(), "02-09 14:00") == case


def test_many_wake_at_once_and_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_services, "CHUNK", 2)
    for n in range(5):
        log(a_case(loan_no=f"L{n}"), "RNR")
    assert wake(at=moment("02-09 14:00")) == 5
    assert wake(at=moment("02-09 14:00")) == 0


def test_a_call_back_is_on_top_at_its_time_and_not_before() -> None:
    case, other = a_case(loan_no="L1"), a_case(loan_no="L2")
    log(case, "CB", at=moment("02-09 15:00"))
    assert (place(case), next_for(caller(), "02-09 10:01")) == ((Line.WAITING, "callback_later"), other)
    wake(at=moment("02-09 15:00"))
    assert place(case) == (Line.CALLBACK, "callback")
    assert next_for(colleague(), "02-09 15:00") == case


def test_a_broken_promise_is_on_top_with_its_reason_until_somebody_tries() -> None:
    case = a_case(loan_no="L1")
    log(case, "PTP", amount=Decimal("2000.00"), date=day("02-11"))
    assert place(case) == (Line.WAITING, "promise_open")
    # What was said after the promise does not mend that it is broken later.
    log(case, "WILL", "02-10 11:00", is_inbound=True)
    a_loan(loan_no="L2")
    close("02-13")
    assert place(case) == (Line.BROKEN, "promise_broken")
    assert Case.objects.get(pk=case.pk).why[0] == ["promise_broken", "2025-02-13", 0]
    assert next_for(caller(), "02-13 09:00") == case
    log(case, "RNR", "02-13 09:05")
    wake(at=moment("02-13 13:05"))
    assert place(case)[0] not in (Line.BROKEN, Line.WAITING)


def test_an_open_promise_keeps_a_case_from_the_phone_and_a_broken_one_does_not() -> None:
    case = a_case()
    log(case, "PTP", amount=Decimal("2000.00"), date=day("02-11"))
    close("02-12")
    assert Case.objects.get().stage == "reminder"
    close("02-13")
    assert Case.objects.get().stage == "phone"


def test_who_says_it_is_paid_is_left_alone_for_a_day_or_until_money_comes() -> None:
    case, other = a_case(loan_no="L1"), a_case(loan_no="L2")
    for its in (case, other):
        log(its, "PAID", date=day("02-09"), method="wechat")
    assert place(case) == (Line.WAITING, "verify")
    assert ask(case, "02-09 11:00").rule_id == "HOUSE-VERIFY-01"
    pay(case, "500.00", "02-09 12:00")
    assert FollowUp.objects.get(done_at=None).borrower == other.borrower
    assert place(case)[0] != Line.WAITING
    wake(at=moment("02-10 09:59"))
    assert place(other) == (Line.WAITING, "verify")
    wake(at=moment("02-10 10:00"))
    assert place(other)[0] != Line.WAITING


def test_a_case_that_is_cured_leaves_the_queue_and_comes_back_when_the_money_does_not_stay() -> None:
    case = a_case(*RUNNING)
    paid = pay(case, "9000.00", TEN)
    now = Case.objects.get()
    assert (now.stage, now.line, now.points, now.why, now.wakes_at) == ("watch", None, 0, [], None)
    assert not is_offered(case, TEN)
    undo(paid, "02-09 11:00")
    assert is_offered(case, "02-09 11:00")


def test_when_the_calls_of_the_day_are_used_up_the_case_waits_for_the_morning() -> None:
    case = a_case()
    for hour in ("08", "09", "10"):
        log(case, "WILL", f"02-09 {hour}:00")
    assert place(case) == (Line.WAITING, "lawful")
    assert Case.objects.get().wakes_at == moment("02-10 08:00")
    # Money that comes meanwhile puts it in line as if it could be called; who tries is refused, and it waits again.
    pay(case, "100.00", "02-09 11:00")
    Case.objects.update(line=Line.SCORE)
    assert call(case, "02-09 12:00").rule_id == "CN-FREQ-01"
    assert place(case) == (Line.WAITING, "lawful")


def test_with_another_number_to_try_it_does_not_wait() -> None:
    case = a_case()
    for hour in range(8, 14):
        log(case, "RNR", f"02-09 {hour:02}:00")
    assert place(case) == (Line.WAITING, "lawful")
    case.borrower.phones.create(number="15800000009", source="contract")
    log(case, "WILL", "02-09 15:00", is_inbound=True)
    assert place(case)[1] != "lawful"


def test_a_refused_log_leaves_the_case_with_whoever_is_on_it() -> None:
    case = a_case()
    with pytest.raises(GateRefused):
        log(case, "WILL", "02-09 22:00")
    assert Case.objects.get().lease_by == caller()


def test_a_log_that_is_taken_back_leaves_the_case_in_its_place_and_with_whoever_logged() -> None:
    case = a_case()
    before = place(case)
    attempt = log(case, "RNR", "02-09 10:00")
    assert desk_services.take_back(attempt=attempt, by=caller(), at=moment("02-09 10:00:05")) == case
    assert (place(case), Case.objects.get().lease_by) == (before, caller())


def test_a_promise_is_agreed_to_and_the_case_waits() -> None:
    case = a_case()
    asked = log(case, "PTP", amount=Decimal("2000.00"), date=day("02-20")).promises.get()
    assert place(case)[0] != Line.WAITING
    desk_services.decide_promise(
        promise=asked, agreed=True, reason="payday", by=person(Role.SUPERVISOR), at=moment("02-09 11:00")
    )
    assert place(case) == (Line.WAITING, "promise_open")


def test_what_was_to_be_done_is_done_and_the_queue_follows() -> None:
    case = a_case()
    log(case, "PAID", date=day("02-09"), method="wechat")
    desk_services.finish_follow_up(
        follow_up=FollowUp.objects.get(), note="nothing came", by=caller(), at=moment("02-09 12:00")
    )
    assert place(case)[0] != Line.WAITING


def test_a_day_is_closed_although_a_portfolio_has_a_time_zone_nobody_knows() -> None:
    case = a_case()
    Portfolio.objects.update(timezone="Mars/Olympus")
    log(Case.objects.get(), "RNR", is_inbound=True)
    close("02-10")
    assert place(case)[0] is not None


def test_the_work_on_many_is_read_with_the_same_number_of_queries(django_assert_max_num_queries: Any) -> None:
    cases = [a_case(loan_no=f"L{n}") for n in range(10)]
    for case in cases:
        log(case, "PTP", amount=Decimal("2000.00"), date=day("02-12"))
    pairs = [(case.borrower_id, case.portfolio_id) for case in cases]
    for reads, most in ((work_on, 6), (found_for, 22)):
        with django_assert_max_num_queries(most) as one:
            reads(pairs[:1], day("02-09"))
        with django_assert_max_num_queries(len(one)):
            assert len(reads(pairs, day("02-09"))) == 10
