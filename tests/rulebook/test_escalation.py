"""Every reason against a move, and its absence, side by side."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rulebook.escalation import (
    Blocker,
    CaseFacts,
    LoanFacts,
    blocks_agreed_sum,
    blocks_closing_cured,
    blocks_closing_finished,
    blocks_field,
    blocks_legal,
    blocks_opening,
    blocks_phone,
    blocks_relapse,
    blocks_reopening,
    blocks_settling,
    blocks_watch,
    blocks_withdrawing,
    blocks_writing_off,
)
from rulebook.terms import AuthorityTerms, EscalationTerms

ON = dt.date(2026, 10, 31)
TERMS = EscalationTerms()


def loan(dpd: int = 1, arrears: str = "100.00", overdue: str | None = None, loan_no: str = "L1") -> LoanFacts:
    return LoanFacts(loan_no, dpd, Decimal(arrears), Decimal(overdue or arrears))


def facts(*loans: LoanFacts, **more: Any) -> CaseFacts:
    return CaseFacts(on=ON, loans=loans or (loan(),), **more)


def codes(blockers: Iterator[Blocker]) -> list[str]:
    return [blocker.code for blocker in blockers]


def days(count: int) -> dt.date:
    return ON + dt.timedelta(days=count)


def test_the_latest_loan_leads_and_of_those_the_one_that_owes_most():
    several = facts(loan(5, "900.00", loan_no="A"), loan(9, "10.00", loan_no="B"), loan(9, "20.00", loan_no="C"))
    assert several.lead == loan(9, "20.00", loan_no="C")
    assert (several.days_past_due, several.arrears, several.overdue_amount) == (9, Decimal(930), Decimal(930))
    nobody = CaseFacts(on=ON, loans=())
    assert (nobody.lead, nobody.days_past_due, nobody.arrears) == (None, 0, Decimal(0))


def test_a_case_opens_on_the_first_day_late():
    assert codes(blocks_opening(facts(), TERMS)) == []
    assert codes(blocks_opening(facts(loan(0, "0.00")), TERMS)) == ["late"]


def test_a_case_opens_after_the_days_of_grace():
    assert codes(blocks_opening(facts(loan(4), grace_days=3), TERMS)) == []
    assert list(blocks_opening(facts(loan(3), grace_days=3), TERMS)) == [Blocker("late", "3", "4", days(1))]


def test_a_small_sum_opens_no_case():
    terms = EscalationTerms(opening_threshold=Decimal(50))
    assert codes(blocks_opening(facts(loan(1, "50.00")), terms)) == []
    assert list(blocks_opening(facts(loan(1, "49.99")), terms)) == [Blocker("arrears", "49.99", "50")]


REMINDED: dict[str, Any] = {"reminders_attempted": 2, "reminders_delivered": 2}


@pytest.mark.parametrize(
    "given",
    [
        REMINDED,
        {"every_channel_undeliverable": True},
        {"reminders_attempted": 1, "loans": (loan(8),)},
    ],
)
def test_calls_begin_after_reminders_or_without_a_channel_or_with_time(given):
    assert codes(blocks_phone(replace(facts(), **given), TERMS)) == []


@pytest.mark.parametrize(
    ("given", "blocker"),
    [
        ({}, Blocker("reminders", "0", "2")),
        ({"loans": (loan(200),)}, Blocker("reminders", "0", "2")),
        ({"reminders_attempted": 1}, Blocker("reminders_or_dpd", "1", "8", days(7))),
        ({**REMINDED, "has_open_promise": True}, Blocker("open_promise")),
        ({**REMINDED, "is_held": True}, Blocker("hold")),
        ({**REMINDED, "loans": (loan(0, "0.00"),)}, Blocker("arrears", "0.00", "0")),
    ],
)
def test_calls_wait_for_what_is_missing(given, blocker):
    assert list(blocks_phone(replace(facts(), **given), TERMS)) == [blocker]


READY_FOR_VISITS: dict[str, Any] = {
    "loans": (loan(30, "1000.00"),),
    "calls_on": [days(-9), days(-9), days(-8), days(-8), days(-1), days(-1)],
    "last_kept_promise_on": days(-7),
    "has_usable_address": True,
}
READY_FOR_COURT: dict[str, Any] = {
    "loans": (loan(90, "5000.00"),),
    "stage_since": days(-30),
    "visits_on": [days(-30), days(-9)],
    "letter_delivered_on": days(-7),
}


@pytest.mark.parametrize(
    ("blocks", "ready"), [(blocks_field, READY_FOR_VISITS), (blocks_legal, READY_FOR_COURT)], ids=["field", "legal"]
)
def test_nothing_stands_in_the_way_when_all_is_there(blocks: Callable[..., Iterator[Blocker]], ready: dict[str, Any]):
    assert codes(blocks(replace(facts(), **ready), TERMS)) == []
    assert codes(blocks(replace(facts(), **ready, is_held=True), TERMS)) == ["hold"]


@pytest.mark.parametrize(
    ("missing", "blocker"),
    [
        ({"loans": (loan(29, "1000.00"),)}, Blocker("dpd", "29", "30", days(1))),
        ({"calls_on": [days(-n) for n in range(5)]}, Blocker("call_attempts", "5", "6")),
        ({"calls_on": [days(-n % 2) for n in range(6)]}, Blocker("call_days", "2", "3")),
        ({"calls_on": [days(-n) for n in range(6)], "stage_since": days(-4)}, Blocker("call_attempts", "5", "6")),
        ({"last_kept_promise_on": days(-6)}, Blocker("kept_promise", days(-6).isoformat(), "7", days(1))),
        ({"loans": (loan(30, "999.99"),)}, Blocker("overdue", "999.99", "1000")),
        ({"has_usable_address": False}, Blocker("address")),
    ],
)
def test_a_visit_says_what_it_still_needs(missing: dict[str, Any], blocker: Blocker):
    assert list(blocks_field(replace(facts(), **{**READY_FOR_VISITS, **missing}), TERMS)) == [blocker]


def test_without_arrears_no_day_is_named_on_which_a_visit_would_come_by_itself():
    nothing = replace(facts(), **{**READY_FOR_VISITS, "loans": (loan(0, "0.00", "1000.00"),)})
    assert list(blocks_field(nothing, TERMS)) == [Blocker("dpd", "0", "30", None)]


@pytest.mark.parametrize(
    ("missing", "blocker"),
    [
        ({"loans": (loan(80, "5000.00"),)}, Blocker("dpd", "80", "90", days(10))),
        ({"visits_on": [days(-9)]}, Blocker("visits", "1", "2")),
        ({"stage_since": days(-29)}, Blocker("visits", "1", "2")),
        ({"letter_delivered_on": None}, Blocker("letter", need="7")),
        ({"letter_delivered_on": days(-5)}, Blocker("letter_days", "5", "7", days(2))),
        ({"loans": (loan(90, "4999.99"),)}, Blocker("overdue", "4999.99", "5000")),
        ({"limitation_expires_on": ON}, Blocker("limitation", ON.isoformat())),
        ({"is_disputed": True}, Blocker("dispute")),
    ],
)
def test_the_court_says_what_it_still_needs(missing: dict[str, Any], blocker: Blocker):
    assert list(blocks_legal(replace(facts(), **{**READY_FOR_COURT, **missing}), TERMS)) == [blocker]


def test_a_limitation_period_that_still_runs_is_no_reason():
    assert codes(blocks_legal(replace(facts(), **READY_FOR_COURT, limitation_expires_on=days(1)), TERMS)) == []


def test_a_case_is_cured_when_only_a_small_remainder_is_left():
    cured = facts(loan(0, "0.00", "10.00"), penalty_and_costs=Decimal("10.00"))
    assert codes(blocks_watch(cured, TERMS)) == []
    assert list(blocks_watch(replace(cured, penalty_and_costs=Decimal("10.01")), TERMS)) == [
        Blocker("remainder", "10.01", "10.00")
    ]
    assert list(blocks_watch(facts(), TERMS)) == [Blocker("arrears_left", "100.00", "0.00")]


def test_a_watched_case_comes_back_with_new_arrears_only():
    assert codes(blocks_relapse(facts(), TERMS)) == []
    assert codes(blocks_relapse(facts(loan(0, "0.00", "9.00")), TERMS)) == ["late"]


# Cured 90 days ago, since when three due dates were kept; the due date of the cure itself is not one of them.
WATCHED = facts(
    loan(0, "0.00"), stage_since=days(-90), dues_on=[days(n) for n in (-120, -90, -61, -31, -1, 29, 59, 89)]
)


def test_a_watch_ends_after_its_days_and_its_due_dates_without_arrears():
    assert codes(blocks_closing_cured(WATCHED, TERMS)) == []
    assert codes(blocks_closing_cured(replace(WATCHED, loans=(loan(),)), TERMS)) == ["arrears_left"]


@pytest.mark.parametrize(
    ("given", "blockers"),
    [
        ({"stage_since": days(-89)}, [Blocker("watch", "89", "90", days(1))]),
        # Due today is not kept yet.
        ({"dues_on": [days(n) for n in (-61, -31, 0, 30)]}, [Blocker("watch_dues", "2", "3", days(1))]),
        ({"dues_on": [days(-1)]}, [Blocker("watch_dues", "1", "3")]),
        # Whichever is later: both are said.
        (
            {"stage_since": days(-5), "dues_on": [days(n) for n in (-1, 29, 60, 90)]},
            [Blocker("watch", "5", "90", days(85)), Blocker("watch_dues", "1", "3", days(61))],
        ),
        (
            {"stage_since": None},
            [Blocker("watch", "0", "90", days(90)), Blocker("watch_dues", "0", "3", days(90))],
        ),
    ],
)
def test_a_watch_says_how_much_of_it_is_left(given: dict[str, Any], blockers: list[Blocker]):
    assert list(blocks_closing_cured(replace(WATCHED, **given), TERMS)) == blockers


def test_a_version_that_only_knew_days_goes_on_meaning_days_alone():
    assert (TERMS.watch_days, TERMS.watch_due_dates) == (90, 3)
    before = EscalationTerms.model_validate({"watch_days": 30})
    assert (before.watch_days, before.watch_due_dates) == (30, 0)
    assert codes(blocks_closing_cured(replace(WATCHED, stage_since=days(-30), dues_on=()), before)) == []
    assert EscalationTerms.model_validate(TERMS.model_dump(mode="json")) == TERMS
    assert EscalationTerms.model_validate(before) == before


def test_where_nothing_is_left_to_fall_due_there_is_nothing_to_watch():
    finished = replace(WATCHED, stage_since=ON, dues_on=[days(-30), days(-1)])
    assert codes(blocks_closing_finished(finished, TERMS)) == []
    assert list(blocks_closing_finished(replace(finished, dues_on=[days(-30), ON, days(30)]), TERMS)) == [
        Blocker("dues_to_come", "2", earliest_on=days(31))
    ]
    assert codes(blocks_closing_finished(replace(finished, penalty_and_costs=Decimal("10.01")), TERMS)) == ["remainder"]
    assert codes(blocks_closing_finished(replace(finished, loans=(loan(),)), TERMS)) == ["arrears_left"]


def test_a_settled_case_opens_again_for_what_had_been_paid_and_not_for_something_new():
    taken_back = facts(loan(31), stage_since=ON, oldest_unpaid_due_on=days(-31))
    assert codes(blocks_reopening(taken_back, TERMS)) == []
    new = replace(taken_back, stage_since=days(-40))
    assert codes(blocks_reopening(new, TERMS)) == ["settled"]
    assert codes(blocks_reopening(replace(taken_back, stage_since=None), TERMS)) == ["settled"]
    nothing = facts(loan(0, "0.00"), stage_since=ON)
    assert codes(blocks_reopening(nothing, TERMS)) == ["late", "settled"]


def test_visits_may_be_waived_since_the_case_came_into_its_stage():
    ready = replace(facts(), **{**READY_FOR_COURT, "visits_on": (), "stage_since": days(-30)})
    assert codes(blocks_legal(ready, TERMS)) == ["visits"]
    assert codes(blocks_legal(replace(ready, visits_waived_on=days(-30)), TERMS)) == []
    assert codes(blocks_legal(replace(ready, visits_waived_on=days(-31)), TERMS)) == ["visits"]
    assert codes(blocks_legal(replace(ready, visits_waived_on=days(-31), stage_since=None), TERMS)) == []


def test_only_what_is_overdue_is_settled_and_once_the_agreed_sum_has_come_in():
    assert codes(blocks_settling(facts(), AuthorityTerms())) == []
    assert codes(blocks_settling(facts(loan(0, "0.00")), AuthorityTerms())) == ["nothing_owed"]
    assert codes(blocks_agreed_sum(Decimal(60), Decimal(60))) == []
    assert codes(blocks_agreed_sum(None, Decimal(60))) == ["agreed_sum"]
    assert list(blocks_agreed_sum(Decimal(60), Decimal("59.99"))) == [Blocker("agreed_sum_paid", "59.99", "60")]


def test_an_old_debt_may_be_written_off_and_anything_may_be_withdrawn():
    terms = AuthorityTerms()
    assert codes(blocks_writing_off(facts(loan(180)), terms)) == []
    assert list(blocks_writing_off(facts(loan(179)), terms)) == [Blocker("dpd", "179", "180", days(1))]
    assert codes(blocks_writing_off(facts(loan(0, "0.00")), terms)) == ["nothing_owed", "dpd"]
    assert codes(blocks_withdrawing(facts(loan(0, "0.00")), terms)) == []
