"""Posting a letter and what becomes of it: the gate, what was paid meanwhile, and addresses that are no good."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from borrowers.models import Status
from cases.models import Case
from cases.services import place_hold
from contacts.letter_models import LetterReceipt, LetterSent
from contacts.letter_services import LetterRefused
from contacts.models import Clearance
from contacts.services import GateRefused
from letters.lifecycle import State
from letters.models import Letter
from letters.services import post, void
from staff.roles import Role
from tests.letters.build import LATER, a_late_case, a_letter, legal, noted, posted
from tests.loans.build import AT, day, pay, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return a_late_case()


@pytest.fixture
def letter(case: Case) -> Letter:
    return a_letter(case)


def code_of(refusal: pytest.ExceptionInfo[LetterRefused]) -> str:
    return refusal.value.code


def paid(case: Case, amount: str) -> None:
    pay(case.lead_loan, amount, "02-09", at=AT + dt.timedelta(minutes=1))


def test_a_demand_that_the_gate_lets_go_is_on_file_among_the_contacts(letter: Letter) -> None:
    gone = posted(letter)
    sent = LetterSent.objects.get()
    assert (gone.state, gone.sent) == (State.POSTED, sent)
    assert (sent.kind, sent.reference, sent.on) == ("demand", "XA12345678944", day("02-09"))
    assert (sent.clearance.purpose, sent.clearance.channel, sent.clearance.allowed) == ("collect", "letter", True)
    # Open pages of its case are told.
    assert Case.objects.get().revision > letter.case.revision


@pytest.mark.parametrize(("kind", "last"), [("demand", "02-23"), ("report_notice", "02-28")])
def test_what_names_a_day_goes_out_while_there_is_time(case: Case, kind: str, last: str) -> None:
    letter, last_day = a_letter(case, kind), day(last)
    for on in (last_day + dt.timedelta(days=1), last_day):
        given: dict[str, Any] = {"on": on, "at": dt.datetime(2025, on.month, on.day, 2, 0, tzinfo=dt.UTC)}
        if on > last_day:
            with pytest.raises(LetterRefused) as refusal:
                post(letter=letter, reference="X1", by=legal(), **given)
            assert code_of(refusal) == "too_late"
        else:
            assert post(letter=letter, reference="X1", by=legal(), **given).state == State.POSTED


def test_what_was_paid_meanwhile_is_said_before_it_goes(case: Case, letter: Letter) -> None:
    paid(case, "100.00")
    with pytest.raises(LetterRefused) as refusal:
        posted(letter)
    assert code_of(refusal) == "changed"
    gone = post(letter=letter, reference="X1", by=legal(), on=day("02-09"), at=LATER, despite_changes=True)
    assert gone.state == State.POSTED


def test_nobody_who_owes_nothing_is_asked_to_pay_and_the_refusal_stays_on_file(case: Case, letter: Letter) -> None:
    paid(case, "8160.00")
    with pytest.raises(GateRefused):
        post(letter=letter, reference="X1", by=legal(), on=day("02-09"), at=LATER, despite_changes=True)
    assert Letter.objects.get().state == State.WRITTEN
    assert not Clearance.objects.get(channel="letter").allowed


def test_a_hold_stops_a_demand(case: Case, letter: Letter) -> None:
    place_hold(
        case=case,
        kind="dispute",
        from_on=day("02-09"),
        until_on=None,
        stops_penalty=False,
        stops_clock=False,
        reason="says it is paid",
        evidence="",
        by=person(Role.SUPERVISOR),
        on=day("02-09"),
        at=AT,
    )
    with pytest.raises(GateRefused):
        posted(letter)


def test_it_goes_out_once_and_with_a_number(letter: Letter) -> None:
    with pytest.raises(LetterRefused) as refusal:
        post(letter=letter, reference="  ", by=legal(), on=day("02-09"), at=LATER)
    assert code_of(refusal) == "reference"
    with pytest.raises(PermissionDenied):
        post(letter=letter, reference="X1", by=person(Role.COLLECTOR), on=day("02-09"), at=LATER)
    posted(letter)
    with pytest.raises(LetterRefused) as refusal:
        posted(letter)
    assert code_of(refusal) == "state"
    with pytest.raises(LetterRefused):
        void(letter=letter, reason="too late", by=legal(), at=LATER)


def test_one_that_came_back_takes_its_address_out_of_use_and_a_slip_puts_it_back(letter: Letter) -> None:
    posted(letter)
    assert noted(letter, delivered=False).state == State.RETURNED
    letter.address.refresh_from_db()
    assert letter.address.status == Status.INVALID
    assert noted(letter, delivered=True, on="02-11").state == State.DELIVERED
    letter.address.refresh_from_db()
    assert letter.address.status == Status.OK
    assert list(LetterReceipt.objects.order_by("pk").values_list("kind", flat=True)) == ["returned", "delivered"]


@pytest.mark.parametrize("on", ["02-08", "02-14"])
def test_a_letter_is_not_delivered_before_it_left_nor_tomorrow(letter: Letter, on: str) -> None:
    posted(letter)
    with pytest.raises(LetterRefused):
        noted(letter, delivered=True, on=on)
    assert Letter.objects.get().state == State.POSTED


def test_what_never_left_cannot_arrive(letter: Letter) -> None:
    with pytest.raises(LetterRefused) as refusal:
        noted(letter, delivered=True)
    assert code_of(refusal) == "state"


def test_the_database_keeps_a_letter_from_going_out_without_the_gate(letter: Letter) -> None:
    with pytest.raises(IntegrityError):
        Letter.objects.filter(pk=letter.pk).update(state=State.POSTED)
