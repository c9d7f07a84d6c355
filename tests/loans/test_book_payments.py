"""Booking many payments at once."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from loans.models import LoanEvent
from loans.selectors import stored_payments
from loans.services import book_payments
from tests.loans.build import AT, a_loan, day, live_lines, pay, payment_row, person, stands

pytestmark = pytest.mark.django_db


def test_payments_booked_together_make_the_ledger_that_single_bookings_make():
    together, single = a_loan(loan_no="L1"), a_loan(loan_no="L2")
    money = [("01-25", "2000.00"), ("01-05", "300.00"), ("01-25", "10.00")]
    rows = [payment_row(together, f"A{n}", on, amount) for n, (on, amount) in enumerate(money)]
    assert book_payments(payments=rows, by=person(), at=AT) == 3
    for n, (on, amount) in enumerate(money):
        pay(single, amount, on, reference=f"B{n}")
    assert live_lines(together) == live_lines(single)
    assert stands(together, "02-09").penalty == stands(single, "02-09").penalty


def test_a_payment_is_on_file_as_it_came():
    rows = [payment_row(a_loan(), "A1", "01-25", "2000.00")]
    book_payments(payments=rows, by=person(), at=AT)
    assert stored_payments(["A1", "A2"]) == {"A1": rows[0]}
    event = LoanEvent.objects.get()
    assert (event.booked_by_name, event.booked_at) == ("operations-north", AT)


def test_a_payment_that_arrives_months_late_is_simply_booked_with_its_value_date():
    loan = a_loan()
    pay(loan, "8160.00", "02-09")
    assert stands(loan, "02-09").overdue_amount == 0
    book_payments(payments=[payment_row(loan, "A1", "01-10", "8000.00")], by=None, at=AT)
    found = stands(loan, "02-09")
    assert (found.overdue_amount, found.unapplied) == (Decimal("0.00"), Decimal("8160.00"))


def test_a_reference_on_file_is_refused_by_the_database_and_nothing_is_booked():
    loan = a_loan()
    book_payments(payments=[payment_row(loan, "A1", "01-25", "1.00")], by=None, at=AT)
    both = [payment_row(loan, "A2", "01-26", "1.00"), payment_row(loan, "A1", "01-27", "1.00")]
    with pytest.raises(IntegrityError), transaction.atomic():
        book_payments(payments=both, by=None, at=AT)
    assert LoanEvent.objects.count() == 1


def test_the_progress_counts_the_loans_that_are_done(monkeypatch):
    monkeypatch.setattr("loans.ledger.CHUNK", 2)
    rows = [payment_row(a_loan(loan_no=f"L{n}"), f"A{n}", "01-25", "1.00") for n in range(5)]
    done: list[int] = []
    book_payments(payments=rows, by=None, at=AT, on_progress=done.append)
    assert done == [2, 4, 5]


def test_the_number_of_queries_does_not_grow_with_the_number_of_loans(django_assert_max_num_queries):
    few = [payment_row(a_loan(loan_no=f"L{n}"), f"A{n}", "01-25", "1.00") for n in range(2)]
    many = [payment_row(a_loan(loan_no=f"M{n}"), f"B{n}", "01-25", "1.00") for n in range(30)]
    with django_assert_max_num_queries(20) as short:
        book_payments(payments=few, by=None, at=AT)
    with django_assert_max_num_queries(20) as long:
        book_payments(payments=many, by=None, at=AT)
    assert len(long) == len(short)
    assert day("01-25") == LoanEvent.objects.earliest("pk").value_on
