"""A ratio is good up to its goal, times are taken in turns, and what is kept says both."""

from collections.abc import Callable

from bench.measure import Ratio, best, table


def clock(*ticks: float) -> Callable[[], float]:
    times = iter(ticks)
    return lambda: next(times)


def test_a_ratio_at_its_goal_is_good_and_one_above_it_is_not():
    assert Ratio("s", "n", 1.5, 1.5).ok
    assert not Ratio("s", "n", 1.51, 1.5).ok


def test_the_shortest_time_of_each_counts_and_they_take_turns():
    turns: list[str] = []
    found = best(
        lambda: turns.append("a"),
        lambda: turns.append("b"),
        rounds=2,
        clock=clock(0, 5, 5, 6, 6, 8, 8, 12),  # a: 5 and 2, b: 1 and 4
    )
    assert turns == ["a", "b", "a", "b"]
    assert found == [2, 1]


def test_a_missed_goal_is_seen_by_people_and_by_machines():
    good, bad = Ratio("ledger", "one", 1.0, 1.5), Ratio("states", "two", 2.0004, 1.5)
    lines = table([good, bad]).splitlines()
    assert [line.endswith("MISSED") for line in lines] == [False, False, True]
    assert bad.as_json() == {"suite": "states", "name": "two", "value": 2.0, "goal": 1.5, "ok": False}
    assert good.as_json()["ok"]
