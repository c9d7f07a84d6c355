"""Why a number is what it is: lines that add up to it."""

import datetime as dt
from decimal import Decimal

from hypothesis import given

from rulebook.derivation import derive
from rulebook.replay import Contract, Event
from rulebook.terms import TermsHistory
from tests.rulebook.build import DEFAULT, acceleration, contract, cost, day, owed, payment, stands, waiver
from tests.rulebook.histories import contracts, dates, examples, histories, policy_lines

TWICE = contract(owed("01-10", "8000.00", "100.00", seq=1), owed("02-10", "1000.00", "40.00", seq=2))


def lines_of(name: str, of: Contract, events: list[Event], on: str) -> list[tuple[str, str, str]]:
    derived = {d.name: d for d in derive(of, stands(of, events, DEFAULT, day(on)))}
    return [(found.kind.value, f"{found.on:%m-%d}", str(found.amount)) for found in derived[name].lines]


def test_overdue_principal_is_what_fell_due_less_what_was_paid() -> None:
    assert lines_of("overdue_principal", TWICE, [payment(1, "01-25", "2180.00")], "02-09") == [
        ("fell_due", "01-10", "8000.00"),
        ("paid", "01-25", "-2000.00"),
    ]


def test_overdue_interest_leaves_out_what_is_due_on_the_day_itself() -> None:
    assert lines_of("overdue_interest", TWICE, [], "02-10") == [("fell_due", "01-10", "100.00")]
    assert lines_of("overdue_interest", TWICE, [], "02-11") == [
        ("fell_due", "01-10", "100.00"),
        ("fell_due", "02-10", "40.00"),
    ]


def test_penalty_is_what_was_posted_and_has_grown_less_what_was_paid() -> None:
    assert lines_of("penalty", TWICE, [payment(1, "01-25", "2180.00")], "02-09") == [
        ("posted", "01-25", "80.00"),
        ("paid", "01-25", "-80.00"),
        ("accrued", "02-09", "60.00"),
    ]


def test_costs_are_what_was_charged_less_what_was_paid() -> None:
    assert lines_of("cost", TWICE, [cost(1, "01-12", "30.00"), payment(2, "01-20", "10.00")], "02-09") == [
        ("charged", "01-12", "30.00"),
        ("paid", "01-20", "-10.00"),
    ]


def test_unapplied_is_what_was_left_over_less_what_went_in() -> None:
    events = [payment(1, "01-05", "9000.00")]
    assert lines_of("unapplied", TWICE, events, "01-10") == [
        ("credited", "01-05", "9000.00"),
        ("applied", "01-10", "-8100.00"),
    ]
    assert lines_of("unapplied", TWICE, events, "02-10") == []


def test_a_loan_made_due_as_a_whole_says_so_and_what_interest_falls_away() -> None:
    events = [acceleration(1, "01-20"), payment(2, "01-21", "50.00")]
    assert lines_of("overdue_principal", TWICE, events, "01-21") == [
        ("fell_due", "01-10", "8000.00"),
        ("made_due", "01-20", "1000.00"),
    ]
    # Ten of the thirty-one days from one due date to the next.
    assert lines_of("overdue_interest", TWICE, [events[0]], "01-21") == [
        ("fell_due", "01-10", "100.00"),
        ("made_due", "01-20", "40.00"),
        ("fell_away", "01-20", "-27.10"),
    ]


def test_costs_that_were_given_up_say_so() -> None:
    assert lines_of("cost", TWICE, [cost(1, "01-12", "30.00"), waiver(2, "01-20")], "02-09") == [
        ("charged", "01-12", "30.00"),
        ("waived", "01-20", "-30.00"),
    ]


@examples(120)
@given(contracts(), histories(), policy_lines(), dates(0, 130))
def test_the_lines_of_every_number_add_up_to_it(
    of: Contract, events: list[Event], history: TermsHistory, on: dt.date
) -> None:
    for derived in derive(of, stands(of, events, history, on)):
        assert sum((found.amount for found in derived.lines), Decimal(0)) == derived.amount, derived.name
