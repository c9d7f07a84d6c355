"""Closing letters: written once for what ended well, with the day the record drops; nobody is forgotten unseen."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from borrowers.models import Status
from borrowers.services import set_status
from cases.models import Case
from letters.closing_services import write_closing_letters
from letters.models import Letter
from letters.services import void
from staff.roles import Role
from tests.cases.build import close, pay
from tests.letters.build import LATER, a_late_case, legal, text_of
from tests.loans.build import day
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db
SPRING = dt.datetime(2025, 3, 1, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def case() -> Case:
    """Paid in full on 9 February, and closed by itself."""
    case = a_late_case()
    pay(case.lead_loan, "8160.00", "02-09")
    close("02-10")
    return Case.objects.get(pk=case.pk)


def swept(on: str = "03-01") -> int:
    return write_closing_letters(on=day(on), at=SPRING)


def test_a_case_that_ended_well_gets_one_letter_however_often_the_sweep_runs(case: Case) -> None:
    assert not case.is_open
    assert (swept(), swept()) == (1, 0)
    letter = Letter.objects.get()
    assert (letter.kind, letter.written_by_name, letter.facts["drop_on"]) == ("closing", "", "2030-02-09")
    text = text_of(letter)
    assert "已经结清" in text
    assert "2030年2月9日" in text


def test_one_that_was_called_off_is_not_written_again_by_itself(case: Case) -> None:
    swept()
    void(letter=Letter.objects.get(), reason="told by telephone", by=legal(), at=SPRING)
    assert swept() == 0


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
