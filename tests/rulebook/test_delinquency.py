"""Days past due: from the oldest unpaid due date, less the days on which the clock stood still."""

import pytest

from rulebook.delinquency import Pause, days_past_due
from tests.rulebook.build import day


def stop(from_on: str, until_on: str | None, clock: bool = True) -> Pause:
    return Pause(day(from_on), day(until_on) if until_on else None, stops_clock=clock)


def test_nothing_unpaid_is_no_day_past_due() -> None:
    assert days_past_due(None, [], day("02-09")) == 0


def test_the_first_day_past_due_is_the_one_after_the_due_date() -> None:
    assert [days_past_due(day("01-10"), [], day(on)) for on in ("01-09", "01-10", "01-11", "02-09")] == [0, 0, 1, 30]


@pytest.mark.parametrize(
    ("pauses", "days"),
    [
        ([stop("01-15", "01-20")], 15),
        ([stop("01-15", "01-20"), stop("01-18", "01-25")], 10),
        ([stop("01-15", "01-20"), stop("01-15", "01-20")], 15),
        ([stop("01-15", "01-15")], 20),
        ([stop("01-01", "01-12")], 18),
        ([stop("01-28", "02-28")], 18),
        ([stop("01-29", None)], 19),
        ([stop("01-01", None)], 0),
        ([stop("02-01", None)], 20),
        ([stop("01-01", "01-05")], 20),
        ([stop("01-15", "01-20", clock=False)], 20),
    ],
    ids=[
        "half open",
        "overlapping ones count once",
        "twice the same counts once",
        "empty",
        "begun before the due date",
        "ends after the date",
        "without an end",
        "all the time",
        "after the date",
        "over before the due date",
        "of the penalty only",
    ],
)
def test_paused_days_between_due_date_and_date_do_not_count(pauses: list[Pause], days: int) -> None:
    assert days_past_due(day("01-10"), pauses, day("01-30")) == days
