"""Who gets which case: each way to spread them, and what never happens whichever is chosen."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.assignment import Desk, Left, Move, Plan, Strategy, ToAssign, Why, plan

ANN, BEN, CAI = 1, 2, 3


def desk(person: int, load: int = 0, capacity: int = 10, *cities: str, away: bool = False) -> Desk:
    return Desk(person, load, capacity, frozenset(cities), away)


def cases(count: int, **same: Any) -> list[ToAssign]:
    return [ToAssign(number, **same) for number in range(1, count + 1)]


def takers(its: Plan) -> list[int | None]:
    return [move.taker for move in its.moves]


def test_by_load_the_next_case_goes_to_who_has_the_fewest_for_their_capacity():
    its = plan(cases(4), [desk(ANN, 5, 10), desk(BEN, 5, 20)], Strategy.LOAD)
    # 5/10 against 5/20: Ben gets them until he has half of what he can have.
    assert takers(its) == [BEN] * 4
    assert takers(plan(cases(4), [desk(ANN, 2), desk(BEN, 3)], Strategy.LOAD)) == [ANN, ANN, BEN, ANN]


def test_by_district_a_case_goes_to_who_covers_its_city_and_among_them_by_load():
    desks = [desk(ANN, 0, 10, "沈阳市"), desk(BEN, 1, 10, "大连市"), desk(CAI, 0, 10, "大连市")]
    two = [ToAssign(1, "大连市"), ToAssign(2, "沈阳市"), ToAssign(3, "大连市")]
    assert {move.case: move.taker for move in plan(two, desks, Strategy.DISTRICT).moves} == {1: CAI, 2: ANN, 3: BEN}


def test_by_district_what_nobody_covers_is_left_and_so_is_a_city_whose_only_desk_is_away():
    desks = [desk(ANN, 0, 10, "沈阳市"), desk(BEN, 0, 10, "大连市", away=True)]
    its = plan([ToAssign(1, "大连市"), ToAssign(2, ""), ToAssign(3, "沈阳市")], desks, Strategy.DISTRICT)
    assert set(its.left) == {Left(1, Why.DISTRICT), Left(2, Why.DISTRICT)}
    assert its.moves == (Move(3, None, ANN),)


def test_in_turn_everybody_gets_one_whatever_they_have_and_who_is_full_is_passed_over():
    desks = [desk(CAI, 0), desk(ANN, 9), desk(BEN, 5)]
    assert takers(plan(cases(5), desks, Strategy.ROUND_ROBIN)) == [ANN, BEN, CAI, BEN, CAI]


def test_what_is_beyond_everybodys_capacity_is_left():
    its = plan(cases(3), [desk(ANN, 9), desk(BEN, 10), desk(CAI, 0, 0)], Strategy.LOAD)
    assert its == Plan((Move(1, None, ANN),), (Left(2, Why.CAPACITY), Left(3, Why.CAPACITY)))


@pytest.mark.parametrize("strategy", [Strategy.LOAD, Strategy.ROUND_ROBIN])
def test_where_nobody_is_there_everything_is_left(strategy: Strategy):
    assert plan(cases(1), [desk(ANN, away=True)], strategy) == Plan((), (Left(1, Why.NOBODY),))
    assert plan([], [], strategy) == Plan((), ())


def test_an_owner_keeps_what_is_their_share_so_that_only_the_surplus_moves():
    four = [ToAssign(number, owner=ANN) for number in range(1, 5)]
    its = plan(four, [desk(ANN, 4), desk(BEN, 0)], Strategy.LOAD)
    assert its.moves == (Move(3, ANN, BEN), Move(4, ANN, BEN))


def test_whoever_has_too_many_keeps_them_when_nobody_else_has_room():
    its = plan(cases(3, owner=ANN), [desk(ANN, 3, 1), desk(BEN, 0, 1)], Strategy.LOAD)
    assert its == Plan((Move(2, ANN, BEN),), (Left(3, Why.CAPACITY),))


PROMISED = [ToAssign(1, "大连市", promise_holder=BEN, owner=ANN)]


@pytest.mark.parametrize("strategy", Strategy)
def test_a_case_with_an_open_promise_goes_to_who_took_it_before_anything_else(strategy: Strategy):
    desks = [desk(ANN, 1, 10, "大连市"), desk(BEN, 8, 10)]
    assert plan(PROMISED, desks, strategy).moves == (Move(1, ANN, BEN),)


def test_it_does_not_where_promises_are_not_kept_or_who_took_it_is_away_full_or_gone():
    ann = desk(ANN, 1)
    assert plan(PROMISED, [ann, desk(BEN, 8)], Strategy.LOAD, keep_promises=False).moves == ()
    for other in ([desk(BEN, 0, away=True)], [desk(BEN, 10)], []):
        assert plan(PROMISED, [ann, *other], Strategy.LOAD) == Plan((), ())


def test_a_promise_stays_with_its_owner_even_beyond_their_capacity():
    its = plan([replace(PROMISED[0], owner=BEN)], [desk(ANN), desk(BEN, 12)], Strategy.LOAD)
    assert its == Plan((), ())


def test_whoever_gives_their_cases_away_keeps_only_the_promises_they_took():
    three = [*cases(2, owner=ANN), ToAssign(3, promise_holder=ANN, owner=ANN)]
    desks = [desk(ANN, 3), desk(BEN, 9)]
    its = plan(three, desks, Strategy.LOAD, giver=ANN)
    assert its == Plan((Move(1, ANN, BEN),), (Left(2, Why.CAPACITY),))
    away = [desk(ANN, 3, away=True), desk(BEN, 0)]
    assert takers(plan(three, away, Strategy.LOAD, giver=ANN)) == [BEN] * 3


CITIES = ("沈阳市", "大连市", "")
people = st.integers(1, 5)
some_cases = st.lists(
    st.builds(
        ToAssign,
        case=st.integers(1, 60),
        city=st.sampled_from(CITIES),
        promise_holder=st.none() | people,
        owner=st.none() | people,
    ),
    unique_by=lambda case: case.case,
    max_size=30,
)
some_desks = st.lists(
    st.builds(
        Desk,
        person=people,
        load=st.integers(0, 6),
        capacity=st.integers(0, 8),
        cities=st.frozensets(st.sampled_from(CITIES[:2])),
        is_away=st.booleans(),
    ),
    unique_by=lambda its: its.person,
)


@given(some_cases, some_desks, st.sampled_from(Strategy), st.booleans(), st.none() | people)
def test_whatever_is_asked_nobody_gets_too_many_and_every_case_is_settled_once(
    asked: list[ToAssign], desks: list[Desk], strategy: Strategy, keep_promises: bool, giver: int | None
):
    owned = Counter(case.owner for case in asked)
    # A desk has at least the cases that are asked about.
    desks = [replace(its, load=its.load + owned[its.person]) for its in desks]
    its = plan(asked, desks, strategy, keep_promises=keep_promises, giver=giver)

    by_person, by_case = {its.person: its for its in desks}, {case.case: case for case in asked}
    loads: Counter[int | None] = Counter({person: desk.load for person, desk in by_person.items()})
    for move in its.moves:
        assert move.taker in by_person
        taker = by_person[move.taker]
        assert not taker.is_away
        assert move.giver == by_case[move.case].owner != move.taker
        loads[taker.person] += 1
        loads[move.giver] -= 1
        assert loads[taker.person] <= taker.capacity  # at every step, not only at the end
        promised = keep_promises and by_case[move.case].promise_holder == move.taker
        assert promised or move.taker != giver
        assert promised or strategy is not Strategy.DISTRICT or by_case[move.case].city in taker.cities
    settled = [move.case for move in its.moves] + [left.case for left in its.left]
    assert len(settled) == len(set(settled))
    # Who is neither moved nor left has an owner who may keep it.
    for case in asked:
        if case.case not in settled:
            assert case.owner in by_person
            assert not by_person[case.owner].is_away
    again = plan(list(reversed(asked)), list(reversed(desks)), strategy, keep_promises=keep_promises, giver=giver)
    assert again == its
