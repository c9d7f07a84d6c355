"""Judging a visit: it stands, or it goes back to its visitors; never by one of them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from staff.roles import Role
from tests.loans.build import person
from tests.visits.build import PNG, agent, approved, arrived, at, done, moves, scheduled
from visits.made_services import Position, Report, add_photo, arrive, finish, hand_in_again, review
from visits.models import Visit
from visits.selectors import Missing, missing_of
from visits.services import VisitRefused

pytestmark = pytest.mark.django_db


def test_a_visit_stands_once_a_supervisor_finds_so() -> None:
    visit, boss = done(), person(Role.SUPERVISOR)
    assert missing_of(visit, list(visit.photos.all())) == []
    stands = review(visit=visit, accepted=True, reason="", by=boss, at=at("18:00"))
    assert (stands.state, stands.reviewed_by_name) == ("reviewed", boss.username)
    with pytest.raises(VisitRefused):
        review(visit=visit, accepted=False, reason="late", by=boss, at=at("18:01"))


def test_a_visit_goes_back_with_a_reason_is_completed_and_handed_in_again() -> None:
    visit, boss = done(), person(Role.SUPERVISOR)
    with pytest.raises(VisitRefused, match="Say why"):
        review(visit=visit, accepted=False, reason="", by=boss, at=at("18:00"))
    review(visit=visit, accepted=False, reason="no house number in the photo", by=boss, at=at("18:00"))
    add_photo(visit=visit, content=PNG + b"\x00", device_at=at("19:00"), by=agent("bo"), at=at("19:00"))
    again = hand_in_again(visit=visit, answer="the second photo has it", by=agent("bo"), at=at("19:01"))
    assert (again.state, moves(again)[-2:]) == ("done", ["add_photo", "hand_in_again"])
    with pytest.raises(PermissionDenied):
        hand_in_again(visit=visit, answer="I was there", by=agent("cai"), at=at("19:02"))


def test_nobody_judges_their_own_visit_also_says_the_database() -> None:
    visit = done()
    assert visit.lead is not None
    with pytest.raises(PermissionDenied):
        review(visit=visit, accepted=True, reason="", by=visit.lead, at=at("18:00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(reviewed_by_id_then=visit.lead.pk)


def test_every_missing_link_is_named() -> None:
    visit = arrive(visit=scheduled(), position=Position(), explanation="no signal", by=agent(), at=at("13:00"))
    report = Report("NOTHOME", "nobody", photo_note="the guard forbids it")
    made = finish(visit=visit, report=report, by=agent(), at=at("13:10"))
    expected = [Missing.NO_PHOTO, Missing.NO_POSITION, Missing.CLOCK, Missing.OUTSIDE_WINDOW]
    assert missing_of(made, list(made.photos.all())) == expected


def test_a_photo_of_another_visit_is_recognised() -> None:
    first = done()
    review(visit=first, accepted=True, reason="", by=person(Role.SUPERVISOR), at=at("11:00"))
    second = arrived(scheduled(approved(first.case), window="09:00-18:00"))
    add_photo(visit=second, content=PNG, device_at=at("10:05"), by=agent(), at=at("10:05"))
    assert missing_of(second, list(second.photos.all())) == [Missing.PHOTO_KNOWN]
