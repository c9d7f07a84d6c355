"""Until when a debt can be enforced, and what begins that anew."""

import datetime as dt

import pytest

from rulebook.limitation import Limitation, Restart, RestartKind, limitation

DUE = dt.date(2024, 3, 10)


def restart(day: str, kind: RestartKind = RestartKind.LETTER) -> Restart:
    return Restart(dt.date.fromisoformat(day), kind)


def test_it_runs_three_years_from_the_last_due_date():
    assert limitation(DUE, []) == Limitation(DUE, dt.date(2027, 3, 10))
    assert limitation(DUE, [], years=2).expires_on == dt.date(2026, 3, 10)


@pytest.mark.parametrize("kind", RestartKind)
def test_a_demand_an_agreement_and_a_court_each_begin_it_anew(kind: RestartKind):
    anew = restart("2025-08-01", kind)
    assert limitation(DUE, [anew]) == Limitation(anew.on, dt.date(2028, 8, 1), (anew,))


def test_the_latest_decides_and_all_that_led_there_are_told_in_order():
    first, second = restart("2025-01-01"), restart("2026-01-01", RestartKind.PAYMENT)
    assert limitation(DUE, [second, first]) == Limitation(second.on, dt.date(2029, 1, 1), (first, second))


def test_what_came_before_the_last_due_date_changes_nothing():
    assert limitation(DUE, [restart("2024-03-10"), restart("2023-12-01")]) == Limitation(DUE, dt.date(2027, 3, 10))


def test_once_it_is_over_only_a_promise_begins_it_anew():
    assert limitation(DUE, [restart("2027-03-10")]).expires_on == dt.date(2030, 3, 10)
    assert limitation(DUE, [restart("2027-03-11")]).expires_on == dt.date(2027, 3, 10)
    late = restart("2027-03-11", RestartKind.PROMISE)
    assert limitation(DUE, [late]) == Limitation(late.on, dt.date(2030, 3, 11), (late,))


def test_the_29th_of_february_ends_with_the_last_of_february():
    assert limitation(dt.date(2024, 2, 29), []).expires_on == dt.date(2027, 2, 28)
