"""A loan made due as a whole: what falls due, with how much interest, and what follows from it."""

from decimal import Decimal

import pytest

from rulebook.acceleration import due_as_a_whole
from rulebook.accounts import Instalment
from rulebook.money import ZERO
from rulebook.replay import Event, schedule_that_counts
from rulebook.terms import TermsHistory
from tests.rulebook.build import (
    acceleration,
    contract,
    cost,
    day,
    fixed,
    ledger,
    line,
    owed,
    payment,
    reversal,
    stands,
    waiver,
)

THRICE = contract(
    owed("01-10", "1000.00", "30.00", seq=1),
    owed("02-10", "1000.00", "31.00", seq=2),
    owed("03-10", "1000.00", "28.00", seq=3),
)
HISTORY = line(fixed("0.36"))


def rows(on: str) -> list[tuple[int, str, str, str]]:
    return [
        (row.seq, f"{row.due_on:%m-%d}", str(row.principal_due), str(row.interest_due))
        for row in due_as_a_whole(THRICE.schedule, THRICE.disbursed_on, day(on))
    ]


def test_what_is_due_stays_and_the_rest_falls_due_with_the_running_interest_by_days() -> None:
    assert rows("01-20") == [
        (1, "01-10", "1000.00", "30.00"),
        (2, "01-20", "1000.00", "10.00"),
        (3, "01-20", "1000.00", "0.00"),
    ]


def test_on_a_due_date_itself_the_next_period_has_earned_nothing_yet() -> None:
    assert rows("02-10")[1:] == [(2, "02-10", "1000.00", "31.00"), (3, "02-10", "1000.00", "0.00")]


def test_before_the_first_due_date_the_period_began_when_the_loan_was_paid_out() -> None:
    # Paid out on 1 January: three of nine days.
    assert rows("01-04")[0] == (1, "01-04", "1000.00", "10.00")
    assert rows("01-01")[0] == (1, "01-01", "1000.00", "0.00")


def test_when_everything_has_fallen_due_nothing_changes() -> None:
    assert [due for _seq, due, *_ in rows("03-10")] == ["01-10", "02-10", "03-10"]


@pytest.mark.parametrize(("interest", "part"), [("0.31", "0.10"), ("0.05", "0.02"), ("0.01", "0.00")])
def test_the_interest_of_the_running_period_is_rounded_half_up_once(interest: str, part: str) -> None:
    schedule = [Instalment(1, day("02-01"), Decimal("100.00"), Decimal(interest))]
    assert due_as_a_whole(schedule, day("01-01"), day("01-11"))[0].interest_due == Decimal(part)


def test_instalments_of_one_day_run_together() -> None:
    of = contract(owed("01-11", "100.00", "10.00", seq=1), owed("01-11", "50.00", "5.00", seq=2))
    found = schedule_that_counts(of, [acceleration(1, "01-06")])
    assert [(row.seq, row.interest_due) for row in found] == [(1, Decimal("5.00")), (2, Decimal("2.50"))]


def test_the_first_day_counts_and_a_reversal_takes_it_back() -> None:
    twice = [acceleration(1, "02-01"), acceleration(2, "01-20")]
    assert {row.due_on for row in schedule_that_counts(THRICE, twice)} == {day("01-10"), day("01-20")}
    undone = [*twice, reversal(3, of=2)]
    assert stands(THRICE, undone, HISTORY, day("01-25")).to_come == Decimal("2059.00")
    never = [*undone, reversal(4, of=1)]
    assert stands(THRICE, never, HISTORY, day("03-01")) == stands(THRICE, [], HISTORY, day("03-01"))


def test_from_the_day_after_everything_is_overdue_and_costs_penalty() -> None:
    on_the_day = stands(THRICE, [acceleration(1, "01-20")], HISTORY, day("01-20"))
    assert (on_the_day.overdue_principal, on_the_day.due_amount) == (Decimal("1000.00"), Decimal("3050.00"))
    later = stands(THRICE, [acceleration(1, "01-20")], HISTORY, day("01-30"))
    assert (later.overdue_principal, later.overdue_interest) == (Decimal("3000.00"), Decimal("40.00"))
    # 1,000 for twenty nights and 2,000 for ten, at 36 %/360.
    assert (later.penalty, later.days_past_due) == (Decimal("40.00"), 20)
    assert later.to_come == Decimal("0.00")


def test_a_date_before_it_knows_nothing_of_it() -> None:
    before = stands(THRICE, [acceleration(1, "01-20")], HISTORY, day("01-19"))
    assert before == stands(THRICE, [], HISTORY, day("01-19"))


def test_waiting_credit_goes_into_it_on_its_day() -> None:
    events = [payment(1, "01-10", "1530.00"), acceleration(2, "01-20")]
    assert ledger(THRICE, events, HISTORY, "01-20") == [
        ("paid", "interest", 2, "10.00"),
        ("paid", "principal", 2, "490.00"),
        ("credit", "", None, "-500.00"),
    ]


@pytest.mark.parametrize("first", [1, 3])
def test_a_payment_of_the_same_day_pays_what_fell_due_that_day_whichever_was_booked_first(first: int) -> None:
    events = [acceleration(first, "01-20"), payment(2, "01-20", "3070.00")]
    found = stands(THRICE, events, HISTORY, day("01-25"))
    # 10.00 of penalty, 40.00 of interest, 3,000.00 of principal, and 20.00 too much.
    assert (found.overdue_amount, found.unapplied) == (Decimal("0.00"), Decimal("20.00"))


def test_made_due_for_a_day_before_a_payment_the_payment_settles_more() -> None:
    paid = payment(1, "01-25", "2100.00")
    assert stands(THRICE, [paid], HISTORY, day("01-25")).unapplied == Decimal("1055.00")
    backdated = stands(THRICE, [paid, acceleration(2, "01-20")], HISTORY, day("01-25"))
    assert (backdated.unapplied, backdated.due_amount) == (Decimal("0.00"), Decimal("965.00"))


def test_a_waiver_gives_up_the_whole_loan_part_by_part_and_posts_first_what_has_grown() -> None:
    events = [cost(1, "01-12", "25.00"), waiver(2, "01-20")]
    assert ledger(THRICE, events, HISTORY, "01-20") == [
        ("charged", "penalty", 1, "10.00"),
        ("waived", "cost", None, "25.00"),
        ("waived", "penalty", 1, "10.00"),
        ("waived", "interest", 1, "30.00"),
        ("waived", "principal", 1, "1000.00"),
        ("waived", "interest", 2, "10.00"),
        ("waived", "principal", 2, "1000.00"),
        ("waived", "principal", 3, "1000.00"),
    ]
    found = stands(THRICE, events, HISTORY, day("12-31"))
    assert (found.due_amount, found.to_come, found.days_past_due) == (Decimal("0.00"), Decimal("0.00"), 0)


def test_money_that_came_before_a_waiver_leaves_less_to_give_up_and_later_money_waits() -> None:
    free = line(fixed("0.00"))
    before = [waiver(1, "01-20"), payment(2, "01-15", "500.00")]
    assert given_up(before, free) == given_up(before[:1], free) - Decimal("500.00")
    after = stands(THRICE, [waiver(1, "01-20"), payment(2, "01-25", "500.00")], free, day("01-25"))
    assert (after.unapplied, after.due_amount) == (Decimal("500.00"), Decimal("0.00"))


def given_up(events: list[Event], history: TermsHistory) -> Decimal:
    return sum((Decimal(amount) for kind, _c, _s, amount in ledger(THRICE, events, history) if kind == "waived"), ZERO)
