"""Taking promises, and judging them whenever money moves."""

import datetime as dt
from decimal import Decimal

import pytest

from cases.models import Case
from cases.selectors import found_of
from contacts.models import Attempt, Promise
from contacts.promise_services import PromiseRefused, judge_promises
from rulebook.escalation import blocks_field
from rulebook.terms import EscalationTerms
from staff.roles import Role
from tests.contacts.build import a_case, ask, close, day, log, moment, pay, person, promise, undo

pytestmark = pytest.mark.django_db


def stands(its: Promise) -> tuple[str, str]:
    """How a promise stands now, and the money that was counted for it."""
    now = Promise.objects.get(pk=its.pk)
    return str(now.state), str(now.counted)


def settled_on(its: Promise) -> dt.date | None:
    return Promise.objects.get(pk=its.pk).settled_on


def changes(its: Promise) -> list[tuple[str, str, str]]:
    return [(each.source, each.target, str(each.counted)) for each in its.changes.order_by("pk")]


def judge_again(case: Case, on: str, at: str) -> int:
    return judge_promises(pairs=[(case.borrower_id, case.portfolio_id)], on=day(on), at=moment(at))


def test_within_the_limits_a_promise_is_open_at_once() -> None:
    its = promise(a_case(), "2000.00", "02-16", method="wechat")
    assert (stands(its), its.beyond, its.method) == (("open", "0.00"), [], "wechat")
    assert changes(its) == [("", "open", "0.00")]


@pytest.mark.parametrize(
    ("amount", "due", "why"), [("2000.00", "02-17", "promise_far"), ("1000.00", "02-12", "promise_small")]
)
def test_beyond_a_collectors_limits_it_waits_and_calls_go_on(amount: str, due: str, why: str) -> None:
    case = a_case()
    its = promise(case, amount, due)
    assert (its.state, its.beyond) == ("asked", [why])
    assert ask(case, "02-09 11:00").allowed


def test_a_supervisor_takes_the_same_promise_at_once() -> None:
    its = promise(a_case(), "2000.00", "02-17", by=person(Role.SUPERVISOR))
    assert (its.state, its.beyond) == ("open", [])


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.SUPERVISOR])
def test_beyond_a_supervisors_limits_nobody_takes_it_and_nothing_is_written(role: Role) -> None:
    case = a_case()
    with pytest.raises(PromiseRefused) as refused:
        promise(case, "2000.00", "03-12", by=person(role))
    assert [blocker.code for blocker in refused.value.blockers] == ["promise_far"]
    assert not (Promise.objects.exists() or Attempt.objects.exists())


def test_a_promise_that_waits_does_not_replace_the_one_that_stands() -> None:
    case = a_case()
    first = promise(case, "2000.00", "02-12")
    asked = promise(case, "2000.00", "02-20", "02-09 11:00", is_inbound=True)
    assert (stands(first)[0], stands(asked)[0]) == ("open", "asked")


def test_a_promise_renegotiated_before_it_is_due_is_superseded() -> None:
    case = a_case()
    first = promise(case, "2000.00", "02-12")
    second = promise(case, "3000.00", "02-13", "02-10 10:00", is_inbound=True)
    assert (stands(first)[0], stands(second)[0]) == ("superseded", "open")


def test_a_payment_keeps_it_at_once_and_its_reversal_opens_it_again() -> None:
    case = a_case()
    its = promise(case, "2000.00", "02-12")
    paid = pay(case, "1900.00", "02-10 12:00")
    assert (stands(its), settled_on(its)) == (("kept", "1900.00"), day("02-10"))
    undo(paid, "02-11 12:00")
    assert (stands(its), settled_on(its)) == (("open", "0.00"), None)
    assert changes(its) == [("", "open", "0.00"), ("open", "kept", "1900.00"), ("kept", "open", "0.00")]


def test_a_reversal_after_the_days_of_grace_breaks_it() -> None:
    case = a_case()
    its = promise(case, "2000.00", "02-12")
    paid = pay(case, "2000.00", "02-10 12:00")
    undo(paid, "02-14 12:00")
    assert (stands(its), settled_on(its)) == (("broken", "0.00"), day("02-14"))


def test_the_close_of_day_breaks_it_when_the_day_of_grace_is_over() -> None:
    case = a_case()
    its = promise(case, "2000.00", "02-12")
    close("02-13")
    assert stands(its)[0] == "open"
    close("02-14")
    assert (stands(its), settled_on(its)) == (("broken", "0.00"), day("02-14"))


def test_a_part_of_it_is_told_apart_from_nothing() -> None:
    case = a_case()
    its = promise(case, "2000.00", "02-12")
    pay(case, "1899.99", "02-11 12:00")
    assert stands(its) == ("open", "1899.99")
    close("02-14")
    assert stands(its) == ("partial", "1899.99")


# 8,000 and the penalty up to 12 February.
ALL_OF_IT = "8176.00"


def test_it_is_kept_when_nothing_is_in_arrears_any_more() -> None:
    case = a_case()
    its = promise(case, "9000.00", "02-12")
    pay(case, ALL_OF_IT, "02-12 12:00")
    assert (stands(its), settled_on(its)) == (("kept", ALL_OF_IT), day("02-12"))


def test_arrears_cleared_with_an_earlier_value_date_keep_it_from_the_day_it_was_made() -> None:
    case = a_case()
    its = promise(case, "9000.00", "02-12")
    pay(case, ALL_OF_IT, "02-10 12:00", value="02-05")
    assert (stands(its)[0], settled_on(its)) == ("kept", day("02-09"))


def test_money_that_was_booked_earlier_on_the_day_of_the_promise_does_not_count() -> None:
    case = a_case()
    pay(case, "5000.00", "02-09 09:00")
    its = promise(case, "2000.00", "02-12", "02-09 10:00")
    assert judge_again(case, "02-09", "02-09 11:00") == 0
    assert stands(its) == ("open", "0.00")
    pay(case, "100.00", "02-09 12:00", reference="R2")
    assert stands(its) == ("open", "100.00")


def test_nor_does_it_where_it_left_nothing_but_a_remainder() -> None:
    case = a_case()
    pay(case, "9000.00", "02-09 09:00")
    its = promise(case, "50.00", "02-12", "02-09 10:00", is_inbound=True)
    judge_again(case, "02-09", "02-09 11:00")
    assert stands(its)[0] == "open"


def test_the_day_of_a_promise_is_that_of_the_portfolio() -> None:
    case = a_case()
    # In Greenwich it is still the ninth; the arrears of the ninth were cleared by money of a later value date.
    its = promise(case, "9000.00", "02-12", "02-10 00:30", is_inbound=True)
    pay(case, ALL_OF_IT, "02-10 12:00", value="02-09")
    assert settled_on(its) == day("02-10")


def test_a_payment_that_is_booked_late_counts_by_the_day_it_came() -> None:
    case = a_case()
    its = promise(case, "2000.00", "02-11")
    close("02-13")
    assert stands(its)[0] == "broken"
    pay(case, "2000.00", "02-14 12:00", value="02-12")
    assert (stands(its), settled_on(its)) == (("kept", "2000.00"), day("02-12"))


def test_two_promises_share_money_the_oldest_first() -> None:
    case = a_case()
    first = promise(case, "2000.00", "02-10")
    close("02-12")
    second = promise(case, "3000.00", "02-14", "02-12 10:00")
    assert (stands(first)[0], stands(second)[0]) == ("broken", "open")
    pay(case, "2500.00", "02-13 12:00", value="02-11")
    assert (stands(first), stands(second)) == (("kept", "2000.00"), ("open", "500.00"))


def test_of_two_promises_that_would_be_open_again_the_later_one_stands() -> None:
    case = a_case()
    first = promise(case, "2000.00", "02-14")
    paid = pay(case, "2000.00", "02-10 09:00")
    second = promise(case, "3000.00", "02-15", "02-10 10:00")
    undo(paid, "02-11 12:00")
    assert (stands(first)[0], stands(second)[0]) == ("superseded", "open")
    assert changes(first)[-1] == ("kept", "superseded", "0.00")


def test_when_an_earlier_day_is_judged_what_a_later_one_settled_stays() -> None:
    case = a_case()
    its = promise(case, "2000.00", "02-12")
    pay(case, "2000.00", "02-11 12:00")
    assert judge_again(case, "02-10", "02-11 13:00") == 0
    assert stands(its)[0] == "kept"


def test_a_promise_that_was_made_after_the_day_that_is_judged_stays_open() -> None:
    case = a_case()
    its = promise(case, "2000.00", "02-13", "02-12 10:00")
    assert judge_again(case, "02-10", "02-12 11:00") == 0
    assert (stands(its), changes(its)) == (("open", "0.00"), [("", "open", "0.00")])


def test_a_kept_promise_blocks_visits_for_seven_days() -> None:
    case = a_case()
    promise(case, "2000.00", "02-12")
    pay(case, "2000.00", "02-11 12:00")

    def codes(on: str) -> set[str]:
        return {blocker.code for blocker in blocks_field(found_of(case, day(on)).facts, EscalationTerms())}

    assert "kept_promise" in codes("02-17")
    assert "kept_promise" not in codes("02-18")


def test_too_many_broken_promises_take_a_supervisor() -> None:
    case = a_case()
    for made, due, closed in (("09", "09", "11"), ("11", "11", "13"), ("13", "13", "15")):
        its = promise(case, "2000.00", f"02-{due}", f"02-{made} 10:00")
        assert its.state == "open"
        close(f"02-{closed}")
    assert promise(case, "2000.00", "02-16", "02-15 10:00").beyond == ["promise_broken"]
    assert log(case, "WILL", "02-15 11:00").promises.count() == 0


def test_amounts_are_judged_to_the_cent() -> None:
    case = a_case()
    its = promise(case, "2000.00", "02-12")
    pay(case, "1899.99", "02-10 12:00")
    pay(case, "0.01", "02-10 12:01", reference="R2")
    assert Promise.objects.get(pk=its.pk).counted == Decimal("1900.00")
    assert stands(its)[0] == "kept"
