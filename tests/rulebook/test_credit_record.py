"""What is reported of a loan: every code, the ends of the clock, and the notice before."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rulebook.credit_record import (
    Held,
    Notice,
    RecordFacts,
    Spell,
    answer_due_on,
    changed,
    code_of,
    expires_on,
    facts_of,
    held_back,
    is_adverse,
    is_final,
    last_month_end,
    month_end,
    overdue_ended_on,
    overdue_since,
    overdue_until,
    reported_of,
    source_hash,
)
from rulebook.delinquency import Pause
from rulebook.replay import ClosedAs
from tests.rulebook.build import closing, contract, fixed, line, owed, payment, stands, waiver

OCTOBER = dt.date(2026, 10, 31)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def spell(due: str, settled: str | None = None) -> Spell:
    return Spell(day(due), day(settled) if settled else None)


def facts(*spells: Spell, dpd: int = 0, **more: Any) -> RecordFacts:
    given: dict[str, Any] = {"overdue_amount": Decimal(100), "left": Decimal(900), **more}
    return RecordFacts(as_of=OCTOBER, days_past_due=dpd, spells=spells, **given)


@pytest.mark.parametrize(
    ("dpd", "code"),
    [(0, "N"), (1, "1"), (30, "1"), (31, "2"), (90, "3"), (91, "4"), (150, "5"), (180, "6"), (181, "7"), (900, "7")],
)
def test_a_loan_that_runs_has_a_band_of_thirty_days(dpd, code):
    assert code_of(facts(dpd=dpd)) == code
    assert is_adverse(code) == (dpd > 0)


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (spell("10-10", "10-10"), "N"),  # in time
        (spell("10-10", "10-12"), "M"),
        (spell("10-10", "10-31"), "M"),
        (spell("09-30", "10-01"), "M"),  # late from the first of the month on
        (spell("09-29", "10-01"), "N"),  # late in September already
    ],
)
def test_late_but_paid_within_the_month_is_m(one, code):
    assert code_of(facts(one)) == code


def test_days_on_which_the_clock_stood_still_make_nobody_late():
    flood = Pause(day("10-01"), day("10-20"))
    assert code_of(facts(spell("10-10", "10-15"), pauses=[flood])) == "N"
    assert code_of(facts(spell("10-10", "10-25"), pauses=[flood])) == "M"


@pytest.mark.parametrize(
    ("left", "closed_as", "was_waived", "code"),
    [
        ("0.00", None, False, "C"),
        ("-5.00", None, False, "C"),  # paid too much
        ("0.01", None, False, "1"),
        ("0.00", ClosedAs.SETTLED, False, "C"),
        ("0.00", ClosedAs.SETTLED, True, "G"),
        ("9.00", ClosedAs.WRITTEN_OFF, False, "B"),
        ("0.00", ClosedAs.WRITTEN_OFF, False, "C"),  # recovered to the last cent
        ("9.00", ClosedAs.WITHDRAWN, False, "G"),
    ],
)
def test_paid_off_is_only_the_whole_loan(left, closed_as, was_waived, code):
    found = code_of(facts(dpd=5, left=Decimal(left), closed_as=closed_as, was_waived=was_waived))
    assert found == code
    assert is_final(found) == (code in "CG")


def test_an_overdue_ends_with_its_last_late_instalment():
    assert overdue_ended_on(facts(spell("08-10", "10-20"), spell("09-10", "10-22"), spell("10-10", "10-10"))) == day(
        "10-22"
    )
    assert overdue_ended_on(facts(spell("10-10", "10-10"))) is None
    assert overdue_ended_on(facts(spell("08-10", "10-20"), spell("10-10"), dpd=21)) is None
    # The clock stands still: nothing is late, but nothing is paid either.
    assert overdue_ended_on(facts(spell("10-10"), pauses=[Pause(day("10-01"), None)])) is None
    # What fell due while the clock stood still has never been late, paid or not.
    flood = Pause(day("10-05"), None)
    assert overdue_ended_on(facts(spell("09-10", "10-02"), spell("10-10"), pauses=[flood])) == day("10-02")
    assert overdue_ended_on(facts(spell("09-10", "10-02"), spell("10-10", "10-20"), pauses=[flood])) == day("10-02")
    # Due on the day itself: not late yet.
    assert overdue_ended_on(facts(spell("10-31"))) is None


def test_an_overdue_ends_with_a_loan_given_up_but_not_with_one_written_off():
    closed: dict[str, Any] = {"closed_on": day("10-25"), "dpd": 60}
    assert overdue_ended_on(facts(spell("08-10"), closed_as=ClosedAs.WITHDRAWN, **closed)) == day("10-25")
    assert overdue_ended_on(facts(spell("08-10"), closed_as=ClosedAs.WRITTEN_OFF, **closed)) is None


def test_an_overdue_began_where_the_chain_of_late_instalments_did():
    assert overdue_since(facts(spell("10-10", "10-10"))) is None
    assert overdue_since(facts(spell("10-10"))) == day("10-10")
    chain = [spell("06-10", "07-01"), spell("07-10", "08-20"), spell("08-10", "10-20"), spell("10-10")]
    assert overdue_since(facts(*chain)) == day("07-10")
    in_time = [spell("08-10", "08-10"), spell("09-10", "09-12"), spell("10-10")]
    assert overdue_since(facts(*in_time)) == day("10-10")


def test_a_ledger_says_what_was_late_when_it_was_settled_and_how_the_loan_ended():
    twice = contract(owed("01-10", "1000.00", "30.00", seq=1), owed("02-10", "1000.00", "31.00", seq=2))
    events = [payment(1, "01-20", "1030.00"), waiver(2, "02-20")]
    history, (first, until) = line(fixed("0.00")), (dt.date(2025, 2, 15), dt.date(2025, 2, 20))
    running = facts_of(events, stands(twice, events, history, first))
    assert running.spells == [
        Spell(dt.date(2025, 1, 10), dt.date(2025, 1, 20)),
        Spell(dt.date(2025, 2, 10), None),
    ]
    assert (running.days_past_due, running.left, running.was_waived) == (5, Decimal(1031), False)
    settled = [*events, replace(closing(3, "02-20"), closed_as="settled")]
    ended = facts_of(settled, stands(twice, settled, history, until))
    assert (code_of(ended), ended.closed_on, overdue_ended_on(ended)) == ("G", until, until)


def test_an_overdue_ended_where_its_chain_of_late_instalments_did():
    chain = [spell("06-10", "07-20"), spell("07-10", "08-02"), spell("08-10", "08-10"), spell("09-10", "09-12")]
    assert overdue_until(facts(*chain, spell("10-10")), day("06-10")) == day("08-02")
    assert overdue_until(facts(*chain, spell("10-10")), day("09-10")) == day("09-12")
    assert overdue_until(facts(*chain, spell("10-10")), day("10-10")) is None
    assert overdue_until(facts(*chain), None) is None
    # The history changed: nothing was late from that day on.
    assert overdue_until(facts(*chain), day("08-10")) is None
    closed: dict[str, Any] = {"closed_on": day("10-25"), "dpd": 60}
    assert overdue_until(facts(spell("08-10"), closed_as=ClosedAs.WITHDRAWN, **closed), day("08-10")) == day("10-25")
    assert overdue_until(facts(spell("08-10"), closed_as=ClosedAs.WRITTEN_OFF, **closed), day("08-10")) is None


def test_a_row_owes_only_what_is_late():
    late, fine = reported_of(facts(spell("10-10"), dpd=21), "a"), reported_of(facts(spell("10-10", "10-12")), "b")
    assert (late.code, late.overdue_amount, late.days_past_due) == ("1", Decimal(100), 21)
    assert (fine.code, fine.overdue_amount, fine.days_past_due, fine.ended_on) == ("M", Decimal(0), 0, day("10-12"))
    assert changed(late, late) == ()
    assert changed(late, fine) == ("code", "overdue_amount", "days_past_due", "ended_on", "source")


def test_the_hash_shows_any_other_fact():
    assert source_hash([("a", 1), ("b", None)]) == source_hash(iter([("a", 1), ("b", None)]))
    assert len({source_hash([]), source_hash([("a", 1)]), source_hash([("a1",)]), source_hash([("a",), (1,)])}) == 4


def test_the_clocks():
    assert expires_on(day("10-25"), 5) == dt.date(2031, 10, 25)
    assert expires_on(dt.date(2028, 2, 29), 5) == dt.date(2033, 3, 1)
    assert month_end(dt.date.max) == dt.date.max
    assert answer_due_on(day("10-25"), 20) == day("11-14")
    assert [month_end(dt.date(2028, 2, 1)), month_end(day("12-31"))] == [dt.date(2028, 2, 29), day("12-31")]
    assert last_month_end(day("11-01")) == OCTOBER


@pytest.mark.parametrize(
    ("notices", "held"),
    [
        ([], Held("no_notice")),
        ([Notice(day("09-20"), came_back=False)], Held("no_notice")),  # of an overdue before this one
        ([Notice(day("10-12"), came_back=True)], Held("came_back")),
        ([Notice(day("10-28"), came_back=False)], Held("too_soon", day("11-04"))),
        ([Notice(day("10-27"), came_back=False)], None),
        ([Notice(day("10-12"), came_back=True), Notice(day("10-20"), came_back=False)], None),
    ],
)
def test_a_first_adverse_row_waits_for_a_notice(notices, held):
    assert held_back(notices, day("10-10"), day("11-03"), 7) == held


def told(avoided_by: str | None = None) -> Notice:
    return Notice(day("10-12"), came_back=False, avoided_by=day(avoided_by) if avoided_by else None)


@pytest.mark.parametrize(
    ("until", "notice", "held"),
    [
        ("10-11", told(), Held("no_notice", for_good=True)),  # it ended before anybody was told
        ("10-18", told(), Held("too_soon", day("10-19"), for_good=True)),
        ("10-19", told(), None),
        ("10-31", told("10-31"), Held("too_soon", day("11-01"), for_good=True)),  # paid by the day it named
        ("11-01", told("10-31"), None),
        (None, told("11-30"), Held("too_soon", day("12-01"))),
    ],
)
def test_who_has_paid_by_the_day_that_the_notice_named_is_not_reported(until, notice, held):
    assert held_back([notice], day("10-10"), day("11-03"), 7, day(until) if until else None) == held


def test_without_a_begin_any_notice_counts():
    assert held_back([Notice(day("01-12"), came_back=False)], None, day("11-03"), 7) is None
