"""What a preview takes into account: whose cases, which stage, who is there, who took a promise."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from borrowers.models import Address
from cases import assignment_services
from cases.assignment_services import AssignmentRefused
from cases.models import Case, Handover
from loans.models import Portfolio
from rulebook.assignment import Why
from staff.roles import Role
from tests.cases.build import person
from tests.cases.build_assignment import collector, desk, owners, previewed, some_cases, supervisor
from tests.contacts.build import promise
from tests.loans.build import team

pytestmark = pytest.mark.django_db


def test_nothing_is_written_and_the_numbers_add_up() -> None:
    ann, ben = collector("ann"), collector("ben")
    desk(ann, 2), desk(ben, 1), desk(supervisor(), 0)
    cases, written = some_cases(5), AuditEntry.objects.count()
    seen = previewed()
    shares = {share.desk.person: (share.gets, share.gives, share.after) for share in seen.shares}
    assert shares == {ann: (2, 0, 2), ben: (1, 0, 1), supervisor(): (0, 0, 0)}
    assert (len(seen.moves), seen.from_pool, seen.stay) == (3, 3, 0)
    assert [left.why for left in seen.left] == [Why.CAPACITY] * 2
    assert owners(cases) == [None] * 5
    assert (Handover.objects.count(), AuditEntry.objects.count()) == (0, written)


def test_the_pool_one_persons_cases_or_all_are_given_away_and_of_a_stage_only_if_asked() -> None:
    ann, ben = collector("ann"), collector("ben")
    pool, anns, bens = some_cases(1), some_cases(2, ann, first=2), some_cases(1, ben, first=4)
    Case.objects.filter(pk=anns[0].pk).update(stage="phone")

    def touched(**asked: Any) -> set[int]:
        seen = previewed(**asked)
        return {move.case for move in seen.moves}

    assert touched(from_pool=True) == {pool[0].pk}
    assert touched(giver=ann) == {case.pk for case in anns}
    assert touched(giver=ann, stage="phone") == {anns[0].pk}
    desk(ann, 0), desk(ben, 0)
    assert touched() == {case.pk for case in (*pool, *anns, *bens)}


def test_closed_cases_and_those_of_another_team_are_not_given_away() -> None:
    collector("ann")
    closed, foreign = some_cases(1), some_cases(1, seen_by="South", first=2)
    Case.objects.filter(pk=closed[0].pk).update(stage="closed", closed_on="2025-02-09", closed_as="cured")
    assert previewed().moves == ()
    assert {move.case for move in previewed(by=supervisor("South")).moves} == {foreign[0].pk}


def test_where_two_teams_see_a_portfolio_neither_takes_what_somebody_of_the_other_owns_unless_they_have_left() -> None:
    ann = collector("ann", of="South")
    some_cases(1, ann)
    portfolio = Portfolio.objects.get(code="consumer")
    collector("ben")
    assert len(previewed().moves) == 1  # her team does not see the portfolio
    portfolio.teams.add(team("South"))
    assert len(previewed().moves) == 0
    ann.is_active = False
    ann.save()
    assert len(previewed().moves) == 1


def test_whoever_gives_their_cases_away_gets_none_even_where_they_are_there() -> None:
    ann, ben = collector("ann"), collector("ben")
    some_cases(3, ann)
    desk(ben, 2), desk(supervisor(), 0)
    seen = previewed(giver=ann)
    assert ([move.taker for move in seen.moves], len(seen.left), seen.stay) == ([ben.pk] * 2, 1, 0)


def test_an_open_promise_keeps_a_case_with_who_took_it_while_they_are_there() -> None:
    ann, ben = collector("ann"), collector("ben")
    desk(ben, 1)
    [case] = some_cases(1)
    promise(case, "3000.00", "02-14", by=ann)
    some_cases(3, ann, first=2)
    desk(supervisor(), 0)
    assert ann.pk in [move.taker for move in previewed(from_pool=True).moves]
    assert [move.taker for move in previewed(from_pool=True, keep_promises=False).moves] == [ben.pk]
    desk(ann, 150, away="02-09")
    assert [move.taker for move in previewed(from_pool=True).moves] == [ben.pk]


def test_by_district_the_city_of_the_first_address_in_use_decides() -> None:
    ann = collector("ann")
    desk(ann, 10, "沈阳市")
    cases = some_cases(2)
    assert {left.why for left in previewed("district").left} == {Why.DISTRICT}
    Address.objects.filter(borrower=cases[0].borrower).update(city="沈阳市")
    assert {(move.case, move.taker) for move in previewed("district").moves} == {(cases[0].pk, ann.pk)}
    Address.objects.update(status="wrong")
    seen = previewed("district")
    assert (seen.moves, seen.cities[cases[0].pk]) == ((), "")


def test_in_turn_everybody_gets_one_and_who_is_away_none() -> None:
    some_cases(4)
    for name in ("ann", "ben", "cai"):
        collector(name)
    desk(supervisor(), 0), desk(collector("ben"), 10, away="02-01", back="02-10")
    takers = [move.taker for move in previewed("round_robin").moves]
    assert takers == [collector("ann").pk, collector("cai").pk] * 2


def test_a_collector_and_somebody_without_a_team_are_refused_and_so_are_too_many_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(PermissionDenied):
        previewed(by=collector("ann"))
    with pytest.raises(AssignmentRefused, match="no team"):
        previewed(by=person(Role.SUPERVISOR, of=None))
    some_cases(3)
    monkeypatch.setattr(assignment_services, "MOST_AT_ONCE", 2)
    with pytest.raises(AssignmentRefused, match="too many"):
        previewed()
    monkeypatch.setattr(assignment_services, "MOST_AT_ONCE", 3)
    assert len(previewed().moves) == 3
