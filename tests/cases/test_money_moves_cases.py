"""Money that comes in or is taken back is felt by its case at once, not at night."""

import datetime as dt

import pytest

from cases.models import Case
from intake.loading import load
from intake.verdicts import judge_files
from rulebook.priority import Line
from tests.cases.build import AT, RUNNING, a_case, a_loan, close, day, history, loans_changed, pay, undo
from tests.intake.build import files_of, good_tape

pytestmark = pytest.mark.django_db


def stage(case: Case) -> str:
    return str(Case.objects.get(pk=case.pk).stage)


def sent_to_phone(case: Case) -> None:
    """As if it had been reminded and nobody had paid."""
    Case.objects.filter(pk=case.pk).update(stage="phone", chased_at="phone")


def test_the_payment_that_clears_the_arrears_sends_the_case_to_watch() -> None:
    case = a_case(*RUNNING)
    pay(case.lead_loan, "8160.00", "02-09")
    assert stage(case) == "watch"
    assert history(case) == [(day("02-09"), "open", "reminder"), (day("02-09"), "cure", "watch")]


def test_a_payment_that_leaves_something_in_arrears_leaves_the_case_where_it_is() -> None:
    case = a_case()
    pay(case.lead_loan, "8100.00", "02-09")
    assert stage(case) == "reminder"


def test_a_remainder_above_its_tolerance_keeps_the_case_and_one_within_does_not() -> None:
    case = a_case(("01-10", "1000.00", "0.00"), RUNNING[1])
    payment = pay(case.lead_loan, "1010.00", "02-09")  # 20.00 penalty first, so 10.00 of principal stays
    assert stage(case) == "reminder"
    undo(payment)
    pay(case.lead_loan, "1020.00", "02-09", reference="R2")
    assert stage(case) == "watch"


def test_the_reversal_of_that_payment_brings_the_case_back() -> None:
    case = a_case(*RUNNING)
    undo(pay(case.lead_loan, "8160.00", "02-09"))
    assert stage(case) == "reminder"
    assert [move for _on, move, _target in history(case)] == ["open", "cure", "relapse"]


def test_a_loan_that_is_paid_off_is_settled_at_once_and_taken_up_again_where_it_was_when_the_money_is_taken_back() -> (
    None
):
    case = a_case(on="01-18")
    sent_to_phone(case)
    payment = pay(case.lead_loan, "9000.00", "02-09")
    now = Case.objects.get()
    assert (now.stage, now.closed_as, now.closed_on) == ("closed", "settled", day("02-09"))
    undo(payment)
    now = Case.objects.get()
    assert (now.stage, now.closed_as, now.closed_on) == ("phone", "", None)
    assert [move for _on, move, _target in history(case)[1:]] == ["cure", "close_finished", "take_up_again"]
    assert (now.line, now.why[0]) == (Line.NEW, ["relapsed", "2025-02-09", 0])


def test_a_settled_case_stays_closed_when_another_loan_is_late_or_a_newer_case_is_open() -> None:
    case = a_case()
    payment = pay(case.lead_loan, "9000.00", "02-09")
    other = a_loan(("02-10", "100.00", "0.00"), loan_no="L2", borrower_no=case.borrower.borrower_no)
    pay(other, "10.00", "02-11", on="02-11", reference="R2")
    assert stage(case) == "closed"
    close("02-11")
    undo(payment, on="02-11")
    assert stage(case) == "closed"
    assert Case.objects.exclude(pk=case.pk).get().lead_loan == case.lead_loan


def test_one_paid_loan_of_two_does_not_cure_the_case() -> None:
    case = a_case()
    a_loan(loan_no="L2", borrower_no=case.borrower.borrower_no)
    pay(case.lead_loan, "8160.00", "02-09")
    assert stage(case) == "reminder"


def test_a_backdated_payment_moves_the_case_on_the_last_closed_day_and_never_before() -> None:
    case = a_case(*RUNNING)
    close("02-20")
    pay(case.lead_loan, "9000.00", "01-25", on="02-09")
    assert history(case)[-1] == (day("02-20"), "cure", "watch")


def test_money_on_a_loan_without_a_case_moves_nothing() -> None:
    loan = a_loan()
    pay(loan, "100.00", "01-05")
    assert loans_changed(loan_ids=[loan.pk], on=day("01-05"), at=AT) == 0
    assert not Case.objects.exists()


def test_a_tape_moves_the_cases_of_its_payments() -> None:
    on = dt.date(2026, 3, 1)
    tape = good_tape()
    files = files_of(tape)
    verdict = judge_files(files, by=None, on=on)
    load(verdict.new, by=None, team=None, at=AT, on=on, progress=lambda *_: None)
    assert not Case.objects.exists()  # opening is for the close of day
