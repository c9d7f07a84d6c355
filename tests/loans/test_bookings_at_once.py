"""Two people book at the same moment: what one of them did counts, and the other is told why not."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction

from loans.models import LoanEvent
from loans.selectors import book_of
from loans.services import BookingRefused, adopt_terms, last_event_id
from rulebook.terms import FixedAnnual, PenaltyTerms, Terms
from tests.loans.build import AT, a_loan, agrees, day, live_lines, pay, person, undo


def at_once(*actions: Callable[[], object]) -> list[str]:
    """What came of each action, all begun together: "booked", or why not."""
    ready = threading.Barrier(len(actions), timeout=10)
    answers: list[str] = []

    def run(action: Callable[[], object]) -> None:
        try:
            ready.wait()
            action()
            answers.append("booked")
        except BookingRefused as refusal:
            answers.append(refusal.code)
        except Exception as error:
            answers.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.parametrize("attempt", range(3))
def test_one_reference_on_one_loan_is_booked_once(committed, attempt):
    loan, by = a_loan(), person()
    answers = at_once(*[lambda: pay(loan, "100.00", "01-25", by=by)] * 3)
    assert answers == ["booked", "reference_used", "reference_used"]
    assert LoanEvent.objects.count() == 1
    assert agrees(loan)


@pytest.mark.parametrize("attempt", range(3))
def test_one_reference_on_two_loans_is_booked_once(committed, attempt):
    one, other, by = a_loan(), a_loan(loan_no="L2"), person()
    answers = at_once(lambda: pay(one, "100.00", "01-25", by=by), lambda: pay(other, "100.00", "01-25", by=by))
    assert answers == ["booked", "reference_used"]
    assert LoanEvent.objects.count() == 1


def test_who_comes_second_waits_for_the_first_and_is_then_refused_in_words(committed):
    one, other, by = a_loan(), a_loan(loan_no="L2"), person()
    answers: list[str] = []
    second = threading.Thread(target=lambda: answers.extend(at_once(lambda: pay(other, "100.00", "01-25", by=by))))
    with transaction.atomic():
        pay(one, "100.00", "01-25", by=by)
        second.start()
        wait_until_somebody_waits()
    second.join()
    assert answers == ["reference_used"]


def test_a_version_adopted_while_contracts_are_taken_in_rules_them_too(committed):
    a_loan()
    thread = threading.Thread(target=lambda: at_once(adopt_twelve_percent))
    with transaction.atomic():
        new = a_loan(loan_no="L2")
        pay(new, "2000.00", "01-25", by=person())
        thread.start()
        wait_until_somebody_waits()
    thread.join()
    assert agrees(new)
    assert live_lines(new)[0] == "01-25 charged penalty 40.00"


def adopt_twelve_percent() -> None:
    terms = Terms(penalty=PenaltyTerms(rate=FixedAnnual(annual_rate=Decimal("0.12"))))
    adopt_terms(line="default", terms=terms, effective_on=day("01-10"), by=None, at=AT)


def wait_until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _attempt in range(200):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_payment_is_reversed_once(committed):
    loan, by = a_loan(), person()
    payment = pay(loan, "100.00", "01-25", by=by)
    assert at_once(*[lambda: undo(payment, by=by)] * 3) == ["booked", "reversed", "reversed"]
    assert book_of(loan).entries == []


def test_of_two_who_looked_at_the_same_figures_one_must_look_again(committed):
    loan, by = a_loan(), person()
    seen = last_event_id(loan)
    actions = [
        lambda: pay(loan, "100.00", "01-25", reference="R1", seen_event_id=seen, by=by),
        lambda: pay(loan, "100.00", "01-25", reference="R2", seen_event_id=seen, by=by),
    ]
    assert at_once(*actions) == ["booked", "changed_meanwhile"]


def test_different_payments_at_once_are_all_booked_and_the_ledger_is_that_of_a_replay(committed):
    loan, by = a_loan(), person()
    days = ["01-25", "01-12", "02-03", "01-20"]
    actions = [lambda n=n, on=on: pay(loan, "500.00", on, reference=f"R{n}", by=by) for n, on in enumerate(days)]
    assert at_once(*actions) == ["booked"] * 4
    assert agrees(loan)
