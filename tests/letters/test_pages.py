"""The pages of letters: write one, read it, post it, say what became of it."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from cases.models import Case
from evidence.shelf import path_of
from letters.lifecycle import State
from letters.models import Letter
from staff.roles import Role
from tests.letters.build import a_late_case, a_letter
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> object:
    with time_machine.travel("2025-02-09T18:05:00+08:00", tick=False):
        yield


@pytest.fixture
def case() -> Case:
    return a_late_case()


@pytest.fixture
def browser() -> Client:
    return signed_in(Role.LEGAL_OFFICER)


def url(name: str, row: Case | Letter) -> str:
    return reverse(f"letters:{name}", args=[row.pk])


def test_a_letter_lives_from_its_case_to_its_delivery(case: Case, browser: Client) -> None:
    assert "Demand" in browser.get(url("write", case)).content.decode()
    address = case.borrower.addresses.get()
    ask = f"{url('write', case)}?kind=demand"
    assert browser.post(ask, {"address": address.pk, "pay_by": "2025-02-09"}).status_code == 422
    browser.post(ask, {"address": address.pk, "pay_by": "2025-02-28"})
    letter = Letter.objects.get()
    page = browser.get(url("letter", letter)).content.decode()
    assert "8,160.00" in page
    assert "2025-02-28" in page
    assert "李顺华" not in page
    browser.post(url("post", letter), {"way": "hand", "number": "Wang"})
    letter = Letter.objects.get()
    assert letter.sent
    assert (letter.state, letter.sent.reference) == (State.POSTED, "By hand: Wang")
    browser.post(url("note", letter), {"delivered": "yes", "on": "2025-02-09", "how": "signed for"})
    letter = Letter.objects.get()
    assert letter.state == State.DELIVERED
    assert "signed for" in browser.get(url("letter", letter)).content.decode()
    assert letter.reference in browser.get(f"{reverse('letters:list')}?state=delivered").content.decode()
    assert letter.reference not in browser.get(f"{reverse('letters:list')}?state=to_do").content.decode()
    assert "delivered" in browser.get(url("panel", case)).content.decode()


def test_whoever_reads_the_letter_is_written_down(case: Case, browser: Client) -> None:
    letter = a_letter(case)
    response = browser.get(url("pdf", letter))
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Disposition"] == f'inline; filename="{letter.reference}.pdf"'
    assert (response["X-Content-Type-Options"], response["Content-Type"]) == ("nosniff", "application/pdf")
    assert "no-store" in response["Cache-Control"]
    assert AuditEntry.objects.get(action="letters.read").subject == f"letter {letter.reference}"


def test_a_file_that_was_changed_is_not_shown(case: Case, browser: Client) -> None:
    letter = a_letter(case)
    path_of(letter.file.key).write_bytes(b"something else")
    assert "damaged" in browser.get(url("pdf", letter), follow=True).content.decode()
    assert not AuditEntry.objects.filter(action="letters.read").exists()


def test_another_team_does_not_find_it(case: Case) -> None:
    letter, stranger = a_letter(case), signed_in(Role.SUPERVISOR, of="South")
    for name, row in (("letter", letter), ("pdf", letter), ("write", case), ("panel", case)):
        assert stranger.get(url(name, row)).status_code == 404
    assert stranger.post(url("void", letter), {"reason": "x"}).status_code == 404
    assert letter.reference not in stranger.get(reverse("letters:list")).content.decode()


def test_what_is_refused_says_why_on_the_page(case: Case, browser: Client) -> None:
    letter = a_letter(case)
    browser.post(url("void", letter), {"reason": "wrong day"})
    answer = browser.post(url("post", letter), {"way": "mail", "number": "X1"})
    assert answer.status_code == 422
    assert "nothing was changed" in answer.content.decode()
