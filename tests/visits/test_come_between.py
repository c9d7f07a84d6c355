"""What happens after a visit was asked for: a payment calls it off at once, a hold or a promise warns at once."""

import datetime as dt
from decimal import Decimal

import pytest

from borrowers.models import Address
from cases.desk_services import log
from cases.services import place_hold
from contacts.services import GateRefused
from loans.models import Loan
from staff.roles import Role
from tests.cases.build import pay, undo
from tests.loans.build import day, person
from tests.visits.build import HERE, agent, approved, at, moves, requested, scheduled
from visits.made_services import arrive
from visits.models import Visit
from visits.selectors import standing_of
from visits.services import VisitRefused, tidy

pytestmark = pytest.mark.django_db
NOW = at("13:00", "02-10")


def held(visit: Visit, until_on: str | None = None) -> None:
    place_hold(
        case=visit.case,
        kind="complaint",
        from_on=day("02-10"),
        until_on=day(until_on) if until_on else None,
        stops_penalty=False,
        stops_clock=False,
        reason="rude",
        evidence="",
        by=person(Role.SUPERVISOR),
        on=day("02-10"),
        at=NOW,
    )


def against(visit: Visit, now: dt.datetime = NOW) -> str:
    found = standing_of([Visit.objects.select_related("case", "portfolio").get(pk=visit.pk)], now)
    return found[visit.pk].code.value if found else ""


def test_a_payment_of_everything_calls_the_visit_off_at_once_and_one_of_a_part_does_not() -> None:
    visit, loan = scheduled(), Loan.objects.get()
    pay(loan, "100.00", "02-09", on="02-09", reference="R1")
    assert Visit.objects.get().state == "scheduled"
    event = pay(loan, "9000.00", "02-09", on="02-09", reference="R2")
    assert (Visit.objects.get().state, moves(visit)[-1]) == ("cancelled", "cancel")
    assert visit.changes.latest("pk").reason == "paid"
    undo(event)
    assert requested(visit.case).state == "requested"


def test_a_promise_warns_and_the_gate_refuses_at_the_door_until_it_is_due() -> None:
    visit = scheduled()
    phone = visit.borrower.phones.get()
    said = {"amount": Decimal(2000), "date": day("02-14")}
    log(case=visit.case, point=phone, outcome="PTP", said=said, by=person(Role.COLLECTOR), at=NOW)
    assert (against(visit), tidy(at=NOW)) == ("promise", 0)
    with pytest.raises(GateRefused):
        arrive(visit=visit, position=HERE, explanation="", by=agent(), at=at("10:00"))


def test_a_hold_warns_at_once_and_the_sweep_calls_the_visit_off() -> None:
    visit = scheduled()
    held(visit)
    assert against(visit) == "hold"
    assert (tidy(at=NOW), Visit.objects.get().state, tidy(at=NOW)) == (1, "cancelled", 0)


def test_a_hold_that_is_over_before_the_day_speaks_against_nothing() -> None:
    visit = scheduled()
    held(visit, until_on="02-12")
    assert (against(visit), tidy(at=NOW)) == ("", 0)


def test_a_case_that_goes_back_to_the_phone_takes_its_visit_along() -> None:
    visit = scheduled()
    type(visit.case)._default_manager.update(stage="phone")
    with pytest.raises(VisitRefused, match="no longer in field visits"):
        arrive(visit=visit, position=HERE, explanation="", by=agent(), at=at("10:00"))
    assert (against(visit), tidy(at=NOW), Visit.objects.get().state) == ("left", 1, "cancelled")


def test_an_address_that_turns_out_wrong_meanwhile_calls_the_visit_off() -> None:
    visit = scheduled()
    Address.objects.update(status="invalid")
    assert (against(visit), tidy(at=NOW), Visit.objects.get().state) == ("address", 1, "cancelled")


def test_a_day_on_which_nobody_went_is_over_and_the_visit_waits_for_another_until_it_is_too_old() -> None:
    scheduled()
    assert tidy(at=at("23:00")) == 0
    assert (tidy(at=at("00:10", "02-13")), Visit.objects.get().state) == (1, "approved")
    assert tidy(at=at("23:00", "02-24")) == 0
    assert (tidy(at=at("00:10", "02-25")), Visit.objects.get().state) == (1, "expired")


def test_nothing_speaks_against_a_visit_about_which_nothing_is_new() -> None:
    assert (against(approved()), tidy(at=NOW)) == ("", 0)
