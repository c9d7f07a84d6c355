"""A borrower disputes: twenty days, an answer that rests on the books, a letter, and the borrower's own words."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from bureau.dispute_services import write_answer
from bureau.models import RecordDispute
from bureau.services import RecordRefused
from letters.models import Letter
from letters.services import void
from loans.models import Loan
from staff.roles import Role
from tests.bureau.build import TODAY, a_told_case, answer, dispute, loan_of, report
from tests.cases.build import AT, a_loan, day, pay, person
from tests.letters.build import text_of
from tests.reminders.build import a_voice

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported() -> Loan:
    case = a_told_case(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"))
    a_voice(case.portfolio)
    report()
    return loan_of(case)


def test_a_dispute_runs_from_the_day_it_came_in_and_its_words_are_sealed(reported: Loan) -> None:
    its = dispute(reported, opened_on=day("02-05"), by=person(Role.COLLECTOR))
    assert (its.due_on, its.is_open) == (day("02-25"), True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM bureau_recorddispute")
        assert "January" not in cursor.fetchone()[0]
    assert RecordDispute.objects.get().text == "I paid in January."


@pytest.mark.parametrize(
    ("given", "code"),
    [({"text": " "}, "text"), ({"text": "x" * 2001}, "text"), ({"opened_on": day("02-10")}, "future")],
)
def test_a_dispute_says_what_and_when(reported: Loan, given: dict[str, Any], code: str) -> None:
    with pytest.raises(RecordRefused) as refused:
        dispute(reported, **given)
    assert refused.value.code == code


def test_one_dispute_of_a_loan_at_a_time_of_what_was_reported_by_who_may(reported: Loan) -> None:
    with pytest.raises(PermissionDenied):
        dispute(reported, by=person(Role.LEGAL_OFFICER))
    dispute(reported)
    for loan, code in ((reported, "open_already"), (a_loan(loan_no="L2"), "nothing_reported")):
        with pytest.raises(RecordRefused) as refused:
            dispute(loan)
        assert refused.value.code == code


def test_corrected_is_only_what_the_books_correct_and_the_letter_says_so(reported: Loan) -> None:
    its = dispute(reported)
    with pytest.raises(RecordRefused) as refused:
        answer(its, "corrected")
    assert refused.value.code == "nothing_corrected"
    pay(reported, "1100.00", "01-20")
    answered = answer(its, "corrected", answer="Your payment of 20 January was on another loan.")
    assert (answered.decision, answered.decided_on, answered.needs_letter) == ("corrected", TODAY, True)
    letter = write_answer(dispute=answered, by=person(), on=TODAY, at=AT).letter
    assert letter == Letter.objects.get(kind="dispute_answer")
    assert (letter.facts["result"], letter.facts["filed_on"]) == ("corrected", "2025-02-09")
    assert "another loan" in text_of(letter, answered.answer)
    with pytest.raises(RecordRefused) as again:
        write_answer(dispute=answered, by=person(), on=TODAY, at=AT)
    assert again.value.code == "no_letter_due"
    # One that is called off before it is posted is written anew.
    void(letter=letter, reason="a slip", by=person(), at=AT)
    assert RecordDispute.objects.get().needs_letter
    assert write_answer(dispute=answered, by=person(), on=TODAY, at=AT).letter != letter


def test_upheld_keeps_the_statement_and_is_answered_once(reported: Loan) -> None:
    its = dispute(reported)
    with pytest.raises(PermissionDenied):
        answer(its, "upheld", by=person(Role.SUPERVISOR))
    assert answer(its, "upheld", statement="I was in hospital.").statement == "I was in hospital."
    with pytest.raises(RecordRefused) as refused:
        answer(its, "upheld")
    assert refused.value.code == "answered"
    assert dispute(reported, text="Look again.").is_open


def test_who_takes_it_back_gets_no_letter_and_needs_a_word(reported: Loan) -> None:
    its = dispute(reported)
    with pytest.raises(RecordRefused) as refused:
        answer(its, "withdrawn", answer=" ")
    assert refused.value.code == "answer"
    assert not answer(its, "withdrawn", statement="not kept").needs_letter
    assert RecordDispute.objects.get().statement == ""


def test_without_an_address_the_answer_stands_and_the_letter_waits(reported: Loan) -> None:
    reported.borrower.addresses.update(status="invalid")
    answered = answer(dispute(reported), "upheld")
    with pytest.raises(RecordRefused) as refused:
        write_answer(dispute=answered, by=person(), on=TODAY, at=AT)
    assert refused.value.code == "letter"
    assert RecordDispute.objects.get().needs_letter
