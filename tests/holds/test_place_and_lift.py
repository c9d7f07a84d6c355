"""Placing and lifting holds: who may, what is refused, and what reaches the ledger."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from holds.models import RULES, Hold, Kind
from holds.selectors import held
from holds.services import HoldRefused, lift, place
from loans.models import Loan, LoanEvent
from staff.roles import Role
from tests.loans.build import AT, a_loan, day, person, stands

pytestmark = pytest.mark.django_db
MONEY: dict[str, Any] = {"stops_penalty": True, "stops_clock": True}


def hold_on(
    loan: Loan, kind: str = "dispute", from_on: str = "01-15", until_on: str | None = None, **more: Any
) -> Hold:
    given: dict[str, Any] = {"stops_penalty": False, "stops_clock": False, "reason": "says it is paid", "evidence": ""}
    given |= {"by": person(Role.SUPERVISOR), "at": AT, **more}
    until = day(until_on) if until_on else None
    return place(
        borrower=loan.borrower, portfolio=loan.portfolio, kind=kind, from_on=day(from_on), until_on=until, **given
    )


def lifted(hold: Hold, on: str = "01-25", **more: Any) -> Hold:
    given: dict[str, Any] = {"reason": "settled", "mistaken": False, "by": person(Role.SUPERVISOR), "at": AT, **more}
    return lift(hold=hold, on=day(on), **given)


def active(loan: Loan, on: str) -> list[str]:
    pair = (loan.borrower_id, loan.portfolio_id)
    return [hold.kind for hold in held([pair], day(on))[pair].active]


def test_a_hold_stands_from_its_first_day_up_to_its_last() -> None:
    loan = a_loan()
    hold_on(loan, until_on="01-20")
    assert [active(loan, on) for on in ("01-14", "01-15", "01-19", "01-20")] == [[], ["dispute"], ["dispute"], []]


def test_several_holds_stand_at_once_and_each_ends_for_itself() -> None:
    loan = a_loan()
    first, _second = hold_on(loan), hold_on(loan, "hardship", "01-18")
    assert active(loan, "01-20") == ["dispute", "hardship"]
    lifted(first, "01-22")
    assert active(loan, "01-22") == ["hardship"]


def test_it_says_when_that_changes_next() -> None:
    loan = a_loan()
    hold_on(loan, until_on="02-01")
    hold_on(loan, "hardship", "01-20")
    pair = (loan.borrower_id, loan.portfolio_id)
    assert [held([pair], day(on))[pair].changes_on for on in ("01-10", "01-16", "01-25", "02-01")] == [
        day("01-15"),
        day("01-20"),
        day("02-01"),
        None,
    ]


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_stops_calls_and_says_who_may_lift_it(kind: str) -> None:
    evidence = "certificate 7" if RULES[kind].evidence else ""
    hold = hold_on(a_loan(), kind, evidence=evidence)
    assert hold.stops_calls
    assert hold.stops_escalation
    assert "calls" in hold.stops
    if RULES[kind].lift == "holds.lift_legal":
        with pytest.raises(PermissionDenied):
            lifted(hold)
    lifted(hold, by=person(Role.LEGAL_OFFICER))
    assert not Hold.objects.filter(lifted_on=None).exists()


def test_penalty_and_clock_stop_in_every_loan_of_the_borrower_in_the_portfolio() -> None:
    first = a_loan()
    second = a_loan(loan_no="L2", borrower_no=first.borrower.borrower_no)
    other = a_loan(loan_no="L3", borrower_no=first.borrower.borrower_no, portfolio="cards")
    hold_on(first, until_on="01-25", **MONEY)
    for loan in (first, second):
        assert (stands(loan, "02-09").penalty, stands(loan, "02-09").days_past_due) == (Decimal("106.67"), 20)
    assert stands(other, "02-09").penalty == Decimal("160.00")


def test_lifting_ends_the_pause_on_that_day() -> None:
    loan = a_loan()
    hold = hold_on(loan, **MONEY)
    assert stands(loan, "02-09").penalty == Decimal("26.67")
    lifted(hold, "01-25")
    assert (stands(loan, "02-09").penalty, stands(loan, "02-09").days_past_due) == (Decimal("106.67"), 20)


def test_a_hold_that_was_a_mistake_has_never_held() -> None:
    loan = a_loan()
    before = stands(loan, "02-09")
    hold = hold_on(loan, **MONEY)
    lifted(hold, "01-25", mistaken=True)
    assert stands(loan, "02-09") == before
    assert active(loan, "01-20") == []
    assert LoanEvent.objects.filter(loan=loan).count() == 2  # the pause and its reversal stay on file


def test_a_hold_that_ended_before_can_only_be_taken_back_as_a_mistake() -> None:
    loan = a_loan()
    hold = hold_on(loan, until_on="01-20", **MONEY)
    with pytest.raises(HoldRefused) as refused:
        lifted(hold, "01-25")
    assert refused.value.code == "over"
    lifted(hold, "01-25", mistaken=True)
    assert stands(loan, "02-09").penalty == Decimal("160.00")


def test_a_hold_that_has_not_begun_is_lifted_before_it_begins() -> None:
    loan = a_loan()
    hold = hold_on(loan, from_on="02-20", **MONEY)
    lifted(hold, "02-09")
    assert active(loan, "02-21") == []
    assert stands(loan, "03-01").days_past_due == 50


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "mood"}, "kind"),
        ({"until_on": "01-15"}, "empty"),
        ({"reason": "  "}, "reason"),
        ({"kind": "deceased"}, "evidence"),
    ],
)
def test_what_cannot_be_placed_is_refused_and_nothing_stays(more: dict[str, Any], code: str) -> None:
    loan = a_loan()
    with pytest.raises(HoldRefused) as refused:
        hold_on(loan, **more)
    assert refused.value.code == code
    assert (Hold.objects.count(), LoanEvent.objects.count()) == (0, 0)


def test_nobody_lifts_twice() -> None:
    hold = lifted(hold_on(a_loan()))
    with pytest.raises(HoldRefused) as refused:
        lifted(hold)
    assert refused.value.code == "lifted"


def test_lifting_takes_a_reason() -> None:
    with pytest.raises(HoldRefused) as refused:
        lifted(hold_on(a_loan()), reason=" ")
    assert refused.value.code == "reason"


PLACES = {Role.COLLECTOR, Role.FIELD_AGENT, Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER}


@pytest.mark.parametrize("role", sorted(Role))
def test_who_may_place_and_who_may_stop_money(role: Role) -> None:
    loan, by = a_loan(), person(role)
    if role in PLACES:
        hold_on(loan, by=by)
    else:
        with pytest.raises(PermissionDenied):
            hold_on(loan, by=by)
    if role in PLACES - {Role.COLLECTOR, Role.FIELD_AGENT}:
        hold_on(loan, by=by, **MONEY)
    else:
        with pytest.raises(PermissionDenied):
            hold_on(loan, by=by, **MONEY)


def test_both_are_written_down_without_personal_data() -> None:
    loan = a_loan()
    lifted(hold_on(loan, until_on="03-01"))
    placed, ended = AuditEntry.objects.filter(action__startswith="holds.").order_by("pk")
    assert (placed.action, placed.reason, placed.details["until"]) == ("holds.place", "says it is paid", "2025-03-01")
    assert (ended.action, ended.reason, ended.details["until"]) == ("holds.lift", "settled", "2025-01-25")
    assert loan.borrower.borrower_no in placed.subject


def test_many_are_read_in_one_query(django_assert_num_queries: Any) -> None:
    loans = [a_loan(loan_no=f"L{n}") for n in range(5)]
    for loan in loans:
        hold_on(loan)
    with django_assert_num_queries(1):
        found = held([(loan.borrower_id, loan.portfolio_id) for loan in loans], dt.date(2025, 1, 20))
    assert all(one.stops_escalation and one.is_disputed for one in found.values())
