"""Making a visit: accept, arrive at the gate, photos, what came of it with all that follows."""

import dataclasses
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from borrowers.models import Address
from contacts.models import Clearance, Promise
from contacts.services import ContactRefused, GateRefused
from evidence.services import FileRefused
from holds.models import Hold
from staff.roles import Role
from tests.loans.build import day, person
from tests.visits.build import HERE, PNG, agent, arrived, at, done, moves, scheduled
from visits.made_services import Position, Report, add_photo, arrive, finish
from visits.models import Visit, VisitPhoto
from visits.plan_services import accept
from visits.services import VisitRefused

pytestmark = pytest.mark.django_db


def test_one_of_the_two_accepts_and_nobody_else() -> None:
    visit = scheduled()
    with pytest.raises(PermissionDenied):
        accept(visit=visit, by=agent("cai"), at=at("08:00"))
    assert accept(visit=visit, by=agent("bo"), at=at("08:00")).state == "accepted"
    with pytest.raises(VisitRefused, match="accepted"):
        accept(visit=visit, by=agent("an"), at=at("08:01"))


def test_whoever_arrives_is_cleared_by_the_gate_and_the_place_is_kept_sealed() -> None:
    visit = arrived()
    assert (visit.state, visit.clearance and visit.clearance.allowed) == ("arrived", True)
    assert (visit.latitude, visit.longitude) == (Decimal("39.983424"), Decimal("116.322987"))
    assert "39.98" not in str(vars(visit))


def test_at_an_hour_when_nobody_is_visited_the_gate_refuses_and_that_stays_on_file() -> None:
    visit = scheduled()
    with pytest.raises(GateRefused) as refused:
        arrive(visit=visit, position=HERE, explanation="", by=agent(), at=at("22:30"))
    visit = Visit.objects.get(pk=visit.pk)
    assert (visit.state, Clearance.objects.get().rule_id) == ("scheduled", refused.value.clearance.rule_id)


def test_a_visit_is_made_on_its_day_and_from_a_place_that_is_exact_or_explained() -> None:
    visit = scheduled()
    rough = dataclasses.replace(HERE, accuracy_m=Decimal(340))
    with pytest.raises(VisitRefused, match="another day"):
        arrive(visit=visit, position=HERE, explanation="", by=agent(), at=at("10:00", "02-11"))
    for position in (Position(), rough):
        with pytest.raises(VisitRefused, match="Say why"):
            arrive(visit=visit, position=position, explanation=" ", by=agent(), at=at("10:00"))
    assert arrive(visit=visit, position=rough, explanation="high houses", by=agent(), at=at("10:00")).state == "arrived"


def test_a_promise_at_the_door_stands_and_the_attempt_counts_as_a_visit() -> None:
    said = {"amount": Decimal(2000), "date": day("02-14"), "willingness": 2, "ability": 1, "explained": True}
    visit = done(outcome="PTP", met="debtor", said=said)
    attempt = visit.attempt
    assert attempt is not None
    assert (visit.state, attempt.met, attempt.channel, attempt.explained) == ("done", "debtor", "visit", True)
    assert Promise.objects.get().amount == Decimal(2000)
    assert moves(visit)[-3:] == ["arrive", "add_photo", "finish"]


def test_a_dispute_told_to_an_agent_places_its_hold() -> None:
    done(outcome="DISP", met="debtor", said={"type": "other", "text": "says it is paid"})
    assert Hold.objects.get().kind == "dispute"


def test_an_address_where_nobody_of_that_name_lives_is_visited_no_more() -> None:
    done(outcome="NOADDR", met="not_found")
    assert Address.objects.get().status == "invalid"


def test_what_only_the_borrower_can_say_is_not_logged_of_family() -> None:
    visit = arrived()
    report = Report("PTP", "family", {"amount": Decimal(2000), "date": day("02-14")}, photo_note="no light")
    with pytest.raises(ContactRefused):
        finish(visit=visit, report=report, by=agent(), at=at("10:20"))


def test_going_inside_without_being_asked_in_is_refused_by_its_rule() -> None:
    visit = arrived()
    report = Report("WONT", "debtor", {"reason": "unwilling"}, entered=True, photo_note="no light")
    with pytest.raises(GateRefused):
        finish(visit=visit, report=report, by=agent(), at=at("10:20"))
    visit = Visit.objects.get(pk=visit.pk)
    assert (visit.state, Clearance.objects.filter(allowed=False).count()) == ("arrived", 1)
    asked_in = dataclasses.replace(report, asked_in=True)
    assert finish(visit=visit, report=asked_in, by=agent(), at=at("10:21")).consent is True


def test_a_visit_takes_a_photo_or_a_reason_and_is_logged_once() -> None:
    visit = arrived()
    with pytest.raises(VisitRefused, match="photo"):
        finish(visit=visit, report=Report("NOTHOME", "nobody"), by=agent(), at=at("10:20"))
    report = Report("NOTHOME", "nobody", photo_note="the guard forbids it")
    finish(visit=visit, report=report, by=agent(), at=at("10:20"))
    with pytest.raises(VisitRefused, match="arrived"):
        finish(visit=visit, report=report, by=agent(), at=at("10:21"))


def test_a_photo_is_told_by_its_content_kept_once_and_never_changed() -> None:
    visit = arrived()
    with pytest.raises(FileRefused):
        add_photo(visit=visit, content=b"<svg/>", device_at=None, by=agent(), at=at("10:05"))
    photo = add_photo(visit=visit, content=PNG, device_at=at("10:05"), by=agent(), at=at("10:05"))
    assert (photo.number, len(photo.sha256)) == (1, 64)
    with pytest.raises(VisitRefused, match="already"):
        add_photo(visit=visit, content=PNG, device_at=None, by=agent("bo"), at=at("10:06"))
    with pytest.raises(PermissionDenied):
        add_photo(visit=visit, content=PNG + b"x", device_at=None, by=person(Role.SUPERVISOR), at=at("10:06"))
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitPhoto.objects.update(number=2)
    assert AuditEntry.objects.filter(action="visits.add_photo").count() == 1
