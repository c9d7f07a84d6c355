"""From events to ledger entries: what is posted, when, and what waits."""

from decimal import Decimal

from rulebook.replay import EntryKind, replay
from tests.rulebook.build import (
    DEFAULT,
    PRINCIPAL_FIRST,
    closing,
    contract,
    cost,
    day,
    fixed,
    ledger,
    line,
    owed,
    pause,
    payment,
    reversal,
    stands,
    uplift,
)

EIGHT_THOUSAND = contract(owed("01-10", "8000.00"))
TWICE = contract(owed("01-10", "1000.00", "50.00", seq=1), owed("02-10", "1000.00", "40.00", seq=2))
HISTORY = line(fixed("0.36"))


def test_nothing_happened_and_nothing_is_posted() -> None:
    assert ledger(EIGHT_THOUSAND) == []


def test_a_payment_posts_the_penalty_it_found_and_shows_its_split() -> None:
    assert ledger(EIGHT_THOUSAND, [payment(7, "01-25", "2000.00")], line(uplift("0.50"))) == [
        ("charged", "penalty", 1, "90.00"),
        ("paid", "penalty", 1, "90.00"),
        ("paid", "principal", 1, "1910.00"),
    ]


def test_every_entry_names_its_event_its_day_and_the_version_of_that_day() -> None:
    history = line(fixed("0.36"), ("01-20", fixed("0.18")))
    entries = replay(EIGHT_THOUSAND, [payment(7, "01-25", "2000.00"), cost(4, "01-12", "5.00")], history)
    assert {(e.value_on, e.sequence, e.version) for e in entries} == {(day("01-12"), 4, 1), (day("01-25"), 7, 2)}


def test_a_payment_on_the_due_date_pays_what_falls_due_that_day() -> None:
    assert ledger(TWICE, [payment(1, "01-10", "1050.00")]) == [
        ("paid", "interest", 1, "50.00"),
        ("paid", "principal", 1, "1000.00"),
    ]


def test_a_payment_before_anything_is_due_waits_as_credit() -> None:
    assert ledger(TWICE, [payment(1, "01-05", "500.00")], on="01-05") == [("credit", "", None, "500.00")]


def test_waiting_credit_goes_in_on_the_next_due_date_without_an_event() -> None:
    entries = replay(TWICE, [payment(1, "01-05", "1500.00")], DEFAULT)
    applied = [e for e in entries if e.value_on == day("01-10")]
    assert [(e.kind, e.seq, str(e.amount), e.sequence) for e in applied] == [
        (EntryKind.PAID, 1, "50.00", None),
        (EntryKind.PAID, 1, "1000.00", None),
        (EntryKind.CREDIT, None, "-1050.00", None),
    ]
    assert ledger(TWICE, [payment(1, "01-05", "1500.00")], on="02-10")[-1] == ("credit", "", None, "-450.00")


def test_waiting_credit_goes_in_before_the_payment_of_the_same_day() -> None:
    entries = replay(TWICE, [payment(1, "01-05", "1050.00"), payment(2, "01-10", "30.00")], DEFAULT)
    assert [(e.sequence, str(e.amount)) for e in entries if e.value_on == day("01-10")] == [
        (None, "50.00"),
        (None, "1000.00"),
        (None, "-1050.00"),
        (2, "30.00"),
    ]


def test_waiting_credit_pays_a_cost_when_it_posts() -> None:
    events = [payment(1, "01-05", "500.00"), cost(2, "01-07", "80.00")]
    assert ledger(TWICE, events, on="01-07") == [
        ("charged", "cost", None, "80.00"),
        ("paid", "cost", None, "80.00"),
        ("credit", "", None, "-80.00"),
    ]


def test_a_cost_alone_posts_no_penalty() -> None:
    assert ledger(EIGHT_THOUSAND, [cost(1, "01-25", "80.00")], HISTORY) == [("charged", "cost", None, "80.00")]


def test_a_pause_writes_nothing() -> None:
    assert ledger(EIGHT_THOUSAND, [pause(1, "01-15", "01-20")], HISTORY) == []


def test_a_closing_posts_what_has_grown_and_stops_it_from_its_own_night() -> None:
    assert ledger(EIGHT_THOUSAND, [closing(1, "01-20")], HISTORY) == [("charged", "penalty", 1, "80.00")]
    assert stands(EIGHT_THOUSAND, [closing(1, "01-20")], HISTORY, day("12-31")).penalty == Decimal("80.00")


def test_money_still_settles_a_closed_loan_that_grows_no_more() -> None:
    events = [closing(1, "01-20"), payment(2, "03-01", "1080.00")]
    found = stands(EIGHT_THOUSAND, events, HISTORY, day("12-31"))
    assert (found.overdue_principal, found.penalty) == (Decimal("7000.00"), Decimal("0.00"))


def test_a_closing_within_a_cliff_grace_posts_nothing_and_the_nights_before_it_show_after_the_grace() -> None:
    history = line(fixed("0.36", grace_days=10))
    assert ledger(EIGHT_THOUSAND, [closing(1, "01-15")], history) == []
    assert [
        stands(EIGHT_THOUSAND, [closing(1, "01-15")], history, day(on)).penalty for on in ("01-20", "01-21", "03-01")
    ] == [
        Decimal("0.00"),
        Decimal("40.00"),
        Decimal("40.00"),
    ]


def test_of_two_closings_the_first_counts_until_it_is_reversed() -> None:
    events = [closing(1, "01-25"), closing(2, "01-20")]
    assert stands(EIGHT_THOUSAND, events, HISTORY, day("12-31")).penalty == Decimal("80.00")
    assert stands(EIGHT_THOUSAND, [*events, reversal(3, of=2)], HISTORY, day("12-31")).penalty == Decimal("120.00")


def test_events_of_one_day_are_taken_in_their_sequence() -> None:
    cost_first = [cost(1, "01-25", "80.00"), payment(2, "01-25", "80.00")]
    payment_first = [cost(2, "01-25", "80.00"), payment(1, "01-25", "80.00")]
    assert ("paid", "cost", None, "80.00") in ledger(EIGHT_THOUSAND, cost_first, HISTORY)
    assert ("paid", "penalty", 1, "80.00") in ledger(EIGHT_THOUSAND, payment_first, HISTORY)


def test_money_follows_the_order_of_the_version_ruling_on_its_value_date() -> None:
    principal_first = line(fixed("0.36"), allocation=PRINCIPAL_FIRST)
    assert ledger(EIGHT_THOUSAND, [payment(1, "01-25", "2000.00")], principal_first)[1:] == [
        ("paid", "principal", 1, "2000.00")
    ]


def test_a_reversed_payment_takes_its_posting_point_with_it() -> None:
    # The first payment would post 0.045 as 0.05; without it 0.09 is posted once.
    of, history = contract(owed("01-10", "90.00")), line(fixed("0.18"))
    events = [payment(1, "01-11", "0.01"), payment(2, "01-12", "0.50"), reversal(3, of=1)]
    assert ledger(of, events, history) == [
        ("charged", "penalty", 1, "0.09"),
        ("paid", "penalty", 1, "0.09"),
        ("paid", "principal", 1, "0.41"),
    ]


def test_a_late_payment_of_long_ago_moves_what_later_money_paid() -> None:
    on_time = [payment(1, "02-10", "1040.00")]
    assert ledger(TWICE, on_time, HISTORY)[0] == ("charged", "penalty", 1, "31.00")
    backdated = [*on_time, payment(2, "01-10", "1050.00")]
    assert ledger(TWICE, backdated, HISTORY, on="02-10") == [
        ("paid", "interest", 2, "40.00"),
        ("paid", "principal", 2, "1000.00"),
    ]
