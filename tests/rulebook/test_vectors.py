"""The figures of the design, by the rulebook and by the oracle alike."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from rulebook.replay import Contract, Event, replay
from rulebook.terms import TermsHistory
from tests.rulebook.build import (
    DEFAULT,
    PENALTY,
    PRINCIPAL_FIRST,
    contract,
    day,
    fixed,
    line,
    owed,
    paid_in,
    pause,
    payment,
    per_day,
    reversal,
    stands,
    uplift,
)
from tests.rulebook.oracle import Owes, owes

Answers = Callable[[Contract, Sequence[Event], TermsHistory, str], Owes]

EIGHT_THOUSAND = contract(owed("01-10", "8000.00"))
TWO_THOUSAND = payment(1, "01-25", "2000.00")
NO_CAP = line(uplift("0.50"))


def by_rulebook(of: Contract, events: Sequence[Event], history: TermsHistory, on: str) -> Owes:
    found = stands(of, events, history, day(on))
    rows = tuple((i.seq, i.principal, i.interest, i.penalty) for i in found.instalments)
    return Owes(
        found.days_past_due,
        found.overdue_principal,
        found.overdue_interest,
        found.penalty,
        found.cost,
        found.unapplied,
        rows,
    )


def by_oracle(of: Contract, events: Sequence[Event], history: TermsHistory, on: str) -> Owes:
    return owes(of, events, history.versions, [day(on)])[day(on)]


@pytest.fixture(params=[by_rulebook, by_oracle], ids=["rulebook", "oracle"])
def answers(request: pytest.FixtureRequest) -> Answers:
    found: Answers = request.param
    return found


def test_nothing_paid_for_thirty_days_costs_180(answers: Answers) -> None:
    found = answers(EIGHT_THOUSAND, [], NO_CAP, "02-09")
    assert (found.dpd, found.overdue_principal, found.penalty) == (30, Decimal("8000.00"), Decimal("180.00"))


def test_penalty_first_2000_back_on_day_15_leaves_6090_and_68_51(answers: Answers) -> None:
    found = answers(EIGHT_THOUSAND, [TWO_THOUSAND], NO_CAP, "02-09")
    assert (found.overdue_principal, found.penalty) == (Decimal("6090.00"), Decimal("68.51"))


def test_penalty_first_lifetime_is_158_51_of_which_90_is_paid(answers: Answers) -> None:
    paid = paid_in(replay(EIGHT_THOUSAND, [TWO_THOUSAND], NO_CAP), PENALTY)
    assert paid == Decimal("90.00")
    assert paid + answers(EIGHT_THOUSAND, [TWO_THOUSAND], NO_CAP, "02-09").penalty == Decimal("158.51")


def test_principal_first_leaves_6000_and_157_50(answers: Answers) -> None:
    found = answers(EIGHT_THOUSAND, [TWO_THOUSAND], line(uplift("0.50"), allocation=PRINCIPAL_FIRST), "02-09")
    assert (found.overdue_principal, found.penalty) == (Decimal("6000.00"), Decimal("157.50"))


def test_10000_at_36_percent_of_365_for_30_days_costs_295_89(answers: Answers) -> None:
    found = answers(contract(owed("01-10", "10000.00")), [], line(fixed("0.36", day_count=365)), "02-09")
    assert found.penalty == Decimal("295.89")


def test_the_bar_a_backdated_2000_turns_160_00_into_60_80_and_its_reversal_turns_it_back(answers: Answers) -> None:
    assert answers(EIGHT_THOUSAND, [], DEFAULT, "02-09").penalty == Decimal("160.00")
    with_payment = answers(EIGHT_THOUSAND, [TWO_THOUSAND], DEFAULT, "02-09")
    assert (with_payment.overdue_principal, with_payment.penalty) == (Decimal("6080.00"), Decimal("60.80"))
    undone = answers(EIGHT_THOUSAND, [TWO_THOUSAND, reversal(2, of=1)], DEFAULT, "02-09")
    assert undone.penalty == Decimal("160.00")


CLIFF = line(fixed("0.36", grace_days=5))
BACK_ON_DAY_3 = payment(1, "01-13", "2000.00")


def test_a_cliff_missed_counts_8000_for_3_days_then_6000_for_7(answers: Answers) -> None:
    found = answers(EIGHT_THOUSAND, [BACK_ON_DAY_3], CLIFF, "01-20")
    assert (found.overdue_principal, found.penalty) == (Decimal("6000.00"), Decimal("66.00"))


def test_a_cliff_shows_nothing_on_its_last_day_and_all_its_nights_on_the_next(answers: Answers) -> None:
    assert answers(EIGHT_THOUSAND, [BACK_ON_DAY_3], CLIFF, "01-15").penalty == Decimal("0.00")
    assert answers(EIGHT_THOUSAND, [BACK_ON_DAY_3], CLIFF, "01-16").penalty == Decimal("42.00")


def test_paid_in_full_on_the_last_day_of_a_cliff_costs_nothing_ever(answers: Answers) -> None:
    in_time = [BACK_ON_DAY_3, payment(2, "01-15", "6000.00")]
    assert answers(EIGHT_THOUSAND, in_time, CLIFF, "01-25") == Owes()


def test_paid_in_full_a_day_after_the_cliff_costs_every_night(answers: Answers) -> None:
    late = [BACK_ON_DAY_3, payment(2, "01-16", "6000.00")]
    found = answers(EIGHT_THOUSAND, late, CLIFF, "01-16")
    # 8,000 for 3 nights and 6,000 for 3 are 42.00, paid first; what principal is left goes on growing.
    assert (found.overdue_principal, found.penalty) == (Decimal("42.00"), Decimal("0.00"))


def test_a_cliff_is_kept_only_when_the_interest_is_paid_too(answers: Answers) -> None:
    of = contract(owed("01-10", "8000.00", "0.01"))
    principal_only = [payment(1, "01-13", "8000.00")]
    history = line(fixed("0.36", grace_days=5), allocation=PRINCIPAL_FIRST)
    assert answers(of, principal_only, history, "01-16").penalty == Decimal("24.00")
    assert answers(of, [*principal_only, payment(2, "01-15", "0.01")], history, "01-16").penalty == Decimal("0.00")


def test_a_discount_grace_never_counts_its_nights(answers: Answers) -> None:
    history = line(fixed("0.36", grace_days=5, grace_mode="discount"))
    assert answers(EIGHT_THOUSAND, [], history, "01-15").penalty == Decimal("0.00")
    assert answers(EIGHT_THOUSAND, [], history, "01-16").penalty == Decimal("8.00")
    assert answers(EIGHT_THOUSAND, [BACK_ON_DAY_3], history, "01-16").penalty == Decimal("6.00")


def test_the_grace_is_that_of_the_version_ruling_on_the_due_date(answers: Answers) -> None:
    graceless_later = line(fixed("0.36", grace_days=5), ("01-11", fixed("0.36")))
    assert answers(EIGHT_THOUSAND, [], graceless_later, "01-15").penalty == Decimal("0.00")
    graceless_on_the_day = line(fixed("0.36", grace_days=5), ("01-10", fixed("0.36")))
    assert answers(EIGHT_THOUSAND, [], graceless_on_the_day, "01-15").penalty == Decimal("40.00")


def test_a_version_effective_on_a_day_rules_from_the_night_of_that_day(answers: Answers) -> None:
    # 10 nights at 36 % are 80.00; from the night 20 -> 21 on, at 18 %, each is 4.00.
    history = line(fixed("0.36"), ("01-20", fixed("0.18")))
    assert answers(EIGHT_THOUSAND, [], history, "01-20").penalty == Decimal("80.00")
    assert answers(EIGHT_THOUSAND, [], history, "01-21").penalty == Decimal("84.00")


def test_of_two_versions_effective_on_one_day_the_later_one_rules(answers: Answers) -> None:
    history = line(fixed("0.36"), ("01-20", fixed("0.50")), ("01-20", fixed("0.18")))
    assert answers(EIGHT_THOUSAND, [], history, "01-21").penalty == Decimal("84.00")


def test_a_pause_leaves_out_its_first_night_and_not_the_night_of_its_end(answers: Answers) -> None:
    history = line(fixed("0.36"))
    paused = [pause(1, "01-15", "01-20")]
    assert answers(EIGHT_THOUSAND, paused, history, "01-15").penalty == Decimal("40.00")
    assert answers(EIGHT_THOUSAND, paused, history, "01-16").penalty == Decimal("40.00")
    assert answers(EIGHT_THOUSAND, paused, history, "01-20").penalty == Decimal("40.00")
    assert answers(EIGHT_THOUSAND, paused, history, "01-21").penalty == Decimal("48.00")


def test_pauses_that_overlap_leave_out_each_night_once(answers: Answers) -> None:
    paused = [pause(1, "01-15", "01-20"), pause(2, "01-18", "01-25"), pause(3, "01-19", "01-20")]
    assert answers(EIGHT_THOUSAND, paused, line(fixed("0.36")), "01-30").penalty == Decimal("80.00")


def test_a_pause_without_an_end_lasts_until_further_notice(answers: Answers) -> None:
    assert answers(EIGHT_THOUSAND, [pause(1, "01-15", None)], line(fixed("0.36")), "12-31").penalty == Decimal("40.00")


def test_a_pause_of_the_clock_alone_stops_days_and_not_penalty(answers: Answers) -> None:
    clock_only = [
        pause(1, "01-15", "01-20", penalty=False, clock=True),
        pause(2, "01-18", "01-22", penalty=False, clock=True),
    ]
    found = answers(EIGHT_THOUSAND, clock_only, line(fixed("0.36")), "01-30")
    assert (found.dpd, found.penalty) == (13, Decimal("160.00"))


def test_a_pause_of_the_penalty_alone_does_not_stop_the_clock(answers: Answers) -> None:
    assert answers(EIGHT_THOUSAND, [pause(1, "01-15", "01-20")], DEFAULT, "01-30").dpd == 20


def test_cents_are_rounded_at_posting_and_not_by_the_night(answers: Answers) -> None:
    # 90.00 at 18 % of 360 is 0.045 a night: rounded by the night it would be 0.05 and make 1.50.
    found = answers(contract(owed("01-10", "90.00")), [], line(fixed("0.18")), "02-09")
    assert found.penalty == Decimal("1.35")


def test_half_a_cent_goes_up(answers: Answers) -> None:
    of, history = contract(owed("01-10", "90.00")), line(fixed("0.18"))
    assert answers(of, [], history, "01-11").penalty == Decimal("0.05")
    assert answers(contract(owed("01-10", "89.99")), [], history, "01-11").penalty == Decimal("0.04")


def test_a_payment_posts_every_instalment_due_paid_or_not(answers: Answers) -> None:
    # Each instalment has grown by 0.045 on day 11: posted, both are 0.05, and each night after counts anew.
    of, history = contract(owed("01-10", "90.00", seq=1), owed("01-10", "90.00", seq=2)), line(fixed("0.18"))
    assert answers(of, [], history, "01-12").penalty == Decimal("0.18")
    assert answers(of, [payment(1, "01-11", "0.01")], history, "01-12").penalty == Decimal("0.19")


def test_the_cap_limits_the_penalty_rate_itself(answers: Answers) -> None:
    dear = contract(owed("01-10", "8000.00"), rate="0.20")
    assert answers(dear, [], line(uplift("0.30")), "02-09").penalty == Decimal("173.33")
    assert answers(dear, [], line(uplift("0.30", cap="0.24")), "02-09").penalty == Decimal("160.00")
    assert answers(dear, [], line(fixed("0.36", cap="0.24")), "02-09").penalty == Decimal("160.00")


def test_a_rate_below_the_cap_is_left_alone(answers: Answers) -> None:
    cheap = contract(owed("01-10", "8000.00"), rate="0.10")
    assert answers(cheap, [], line(uplift("0.50", cap="0.24")), "02-09").penalty == Decimal("100.00")


def test_an_amount_per_day_counts_for_each_overdue_instalment(answers: Answers) -> None:
    of = contract(owed("01-10", "8000.00", seq=1), owed("01-20", "8000.00", seq=2))
    assert answers(of, [], line(per_day("2.50")), "01-30").penalty == Decimal("75.00")


def test_an_amount_per_day_above_the_cap_costs_what_the_cap_allows(answers: Answers) -> None:
    # 24 % of 8,000 is 5.33… a night; the sum of 30 nights is rounded once.
    assert answers(EIGHT_THOUSAND, [], line(per_day("5.33", cap="0.24")), "02-09").penalty == Decimal("159.90")
    assert answers(EIGHT_THOUSAND, [], line(per_day("5.34", cap="0.24")), "02-09").penalty == Decimal("160.00")


def test_the_cap_on_an_amount_per_day_goes_by_the_day_count(answers: Answers) -> None:
    # Of 365 days a night is 5.2602…: 5.27 is above it.
    history = line(per_day("5.27", cap="0.24", day_count=365))
    assert answers(EIGHT_THOUSAND, [], history, "02-09").penalty == Decimal("157.81")


def test_an_amount_per_day_needs_something_of_its_base_still_owed(answers: Answers) -> None:
    interest_only = contract(owed("01-10", "0.00", "50.00"))
    both = {"base": "principal_and_interest"}
    assert answers(interest_only, [], line(per_day("2.50")), "01-20").penalty == Decimal("0.00")
    assert answers(interest_only, [], line(per_day("2.50", **both)), "01-20").penalty == Decimal("25.00")


def test_penalty_on_unpaid_interest_is_only_where_the_terms_compound(answers: Answers) -> None:
    of = contract(owed("01-10", "8000.00", "1000.00"))
    assert answers(of, [], line(fixed("0.36")), "01-20").penalty == Decimal("80.00")
    assert answers(of, [], line(fixed("0.36", base="principal_and_interest")), "01-20").penalty == Decimal("90.00")


def test_nights_of_360_and_365_are_summed_exactly_and_rounded_once(answers: Answers) -> None:
    # 1 night is 0.005 and 2 nights are 0.00986…: 0.0148… together, though each alone would be 0.01.
    history = line(fixed("0.10"), ("01-11", fixed("0.10", day_count=365)))
    assert answers(contract(owed("01-10", "18.00")), [], history, "01-13").penalty == Decimal("0.01")


def test_nights_of_360_and_365_that_make_exactly_half_a_cent_go_up(answers: Answers) -> None:
    # 36 nights are 0.365 and 1 night is 0.01: 0.375 to the last digit, which divisions one by one would miss.
    history = line(fixed("0.10"), ("02-15", fixed("0.10", day_count=365)))
    assert answers(contract(owed("01-10", "36.50")), [], history, "02-16").penalty == Decimal("0.38")


SECOND = contract(owed("01-10", "1000.00", seq=1), owed("02-10", "1000.00", "100.00", seq=2))


def test_money_ahead_of_a_due_date_waits_and_goes_in_on_that_date(answers: Answers) -> None:
    ahead = [payment(1, "01-10", "1500.00")]
    assert answers(SECOND, ahead, DEFAULT, "02-09").unapplied == Decimal("500.00")
    on_the_day = answers(SECOND, ahead, DEFAULT, "02-10")
    assert (on_the_day.unapplied, on_the_day.overdue_principal, on_the_day.dpd) == (Decimal("0.00"), Decimal("0.00"), 0)
    after = answers(SECOND, ahead, DEFAULT, "02-11")
    assert (after.overdue_principal, after.overdue_interest, after.dpd) == (Decimal("600.00"), Decimal("0.00"), 1)


def test_due_on_the_date_itself_is_not_late_yet(answers: Answers) -> None:
    assert answers(EIGHT_THOUSAND, [], DEFAULT, "01-10") == Owes(
        rows=((1, Decimal("8000.00"), Decimal("0.00"), Decimal("0.00")),)
    )
    assert answers(EIGHT_THOUSAND, [], DEFAULT, "01-11").dpd == 1


def test_a_remainder_of_penalty_alone_is_not_days_past_due(answers: Answers) -> None:
    history = line(fixed("0.36"), allocation=PRINCIPAL_FIRST)
    found = answers(EIGHT_THOUSAND, [payment(1, "01-20", "8000.00")], history, "03-01")
    assert (found.dpd, found.penalty) == (0, Decimal("80.00"))


def test_a_schedule_may_be_numbered_in_another_order_than_it_falls_due(answers: Answers) -> None:
    odd = contract(owed("01-10", "10.00", seq=2), owed("02-10", "10.00", seq=1))
    found = answers(odd, [pause(2, "01-01", None), payment(1, "02-11", "10.00")], DEFAULT, "02-12")
    assert (found.dpd, found.rows) == (2, ((1, Decimal(10), Decimal(0), Decimal(0)),))
