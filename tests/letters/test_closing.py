"""Closing letters: written once for what ended well, with the day the record drops; nobody is forgotten unseen."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from borrowers.models import Status
from borrowers.services import set_status
from cases.models import Case
from letters import closing_services
from letters.closing_services import write_closing_letters
from letters.models import Letter
from letters.services import void, write
from staff.roles import Role
from tests.cases.build import a_case, close, pay
from tests.letters.build import LATER, a_late_case, legal, text_of
from tests.loans.build import day
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db
SPRING = dt.datetime(2025, 3, 1, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def case() -> Case:
    """Paid in full on 5 February as was known on the 9th, and closed by itself."""
    case = a_late_case()
    pay(case.lead_loan, "8160.00", "02-05")
    close("02-10")
    return Case.objects.get(pk=case.pk)


def swept(on: str = "03-01") -> int:
    return write_closing_letters(on=day(on), at=SPRING)


def test_a_case_that_ended_well_gets_one_letter_however_often_the_sweep_runs(case: Case) -> None:
    assert not case.is_open
    assert (swept(), swept()) == (1, 0)
    letter = Letter.objects.get()
    assert (letter.kind, letter.written_by_name, letter.facts["drop_on"]) == ("closing", "", "2030-02-05")
    text = text_of(letter)
    assert "已经结清" in text
    assert "2030年2月5日" in text


def test_one_that_was_called_off_is_not_written_again_by_itself(case: Case) -> None:
    swept()
    void(letter=Letter.objects.get(), reason="told by telephone", by=legal(), at=SPRING)
    assert swept() == 0


def test_a_case_in_which_something_fails_keeps_no_other_waiting(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    other = a_case(on="02-11", loan_no="L2")
    pay(other.lead_loan, "8300.00", "02-11", on="02-11", reference="R2")

    def fails_once(**given: Any) -> Letter:
        if given["case"] == case:
            raise RuntimeError("the file of the template is gone")
        return write(**given)

    monkeypatch.setattr(closing_services, "write", fails_once)
    assert swept() == 1
    assert Letter.objects.get().case == other


def test_nobody_gets_one_long_after_it_or_for_what_was_written_off(case: Case) -> None:
    assert swept("04-15") == 0
    Case.objects.update(closed_as="written_off")
    assert swept() == 0


def test_whoever_has_no_address_is_listed_instead(case: Case) -> None:
    set_status(point=case.borrower.addresses.get(), status=Status.INVALID, by=None, at=LATER)
    assert swept() == 0
    with time_machine.travel("2025-03-01T10:00:00+08:00", tick=False):
        page = signed_in(Role.SUPERVISOR).get(reverse("letters:list")).content.decode()
    assert str(case) in page
    assert "Closed without a letter" in page
