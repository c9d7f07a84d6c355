"""The lender's real sample, to the cent, however late and in whatever order its payments arrive."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from loans.models import Loan
from loans.selectors import LoanBook, books_of, standings
from loans.services import book_payments
from rulebook.standing import Standing
from rulebook.tape import NewPayment
from tests.loans.sample import AS_OF, AT, load_contracts, payments, table
from tests.rulebook.oracle import owes

DATES = [dt.date(2026, 3, 2), dt.date(2026, 7, 1), AS_OF]
# Issue 2: loans, overdue principal, overdue interest, penalty, unapplied.
ON_2026_10_31 = {
    "0": (1331, "0.00", "0.00", "0.00", "31653.31"),
    "1-30": (403, "1310186.02", "145036.55", "9036.21", "0.00"),
    "31-60": (154, "795735.09", "30880.68", "5098.82", "0.00"),
    "61-90": (85, "1115232.90", "9773.39", "4786.94", "0.00"),
    "91-120": (20, "235041.87", "768.57", "1069.71", "0.00"),
    "121-150": (3, "39025.11", "920.21", "207.42", "0.00"),
    "over 180": (4, "35194.13", "5469.48", "1909.97", "0.00"),
}
States = dict[dt.date, dict[str, tuple[object, ...]]]
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Loaded:
    """What was on file after all payments had come in: every loan's numbers on the dates, and some books in full."""

    states: States
    table: dict[str, tuple[int, Decimal, Decimal, Decimal, Decimal]]
    books: list[LoanBook]


@pytest.fixture(scope="module")
def contracts(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The contracts of the sample, for all tests of this file; rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_contracts()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def one_tape(contracts: None) -> Loaded:
    """All payments in one tape, each in time."""
    return after(payments())


def after(*tapes: list[NewPayment]) -> Loaded:
    """What is on file after the tapes; they are taken back, so that other tests load theirs on the same contracts."""
    with transaction.atomic():
        for tape in tapes:
            book_payments(payments=tape, by=None, at=AT)
        found = [[(loan.loan_no, standing) for loan, standing in standings(Loan.objects.all(), on)] for on in DATES]
        chosen = random.Random(2).sample(range(1, 2001), 60)
        some = Loan.objects.select_related("portfolio").filter(loan_no__in=[f"L{n:08}" for n in chosen])
        loaded = Loaded(
            states={on: {no: numbers(s) for no, s in of_day} for on, of_day in zip(DATES, found, strict=True)},
            table=table([standing for _no, standing in found[-1]]),
            books=books_of(list(some)),
        )
        transaction.set_rollback(True)
    return loaded


def numbers(found: Standing) -> tuple[object, ...]:
    money = (found.overdue_principal, found.overdue_interest, found.penalty, found.cost, found.unapplied)
    return found.days_past_due, *money, found.oldest_unpaid_due_on, found.instalments


def test_the_sample_on_2026_10_31_is_the_table_of_the_issue(one_tape):
    wanted = {bucket: (row[0], *map(Decimal, row[1:])) for bucket, row in ON_2026_10_31.items()}
    assert one_tape.table == wanted


def test_a_third_of_the_payments_late_and_in_reverse_order_changes_no_loan_on_any_date(one_tape):
    shuffled = payments()
    random.Random(1).shuffle(shuffled)
    third = len(shuffled) // 3
    late = sorted(shuffled[:third], key=lambda payment: payment.received_on, reverse=True)
    half = third // 2
    found = after(shuffled[third:], late[:half], late[half:])
    for on in DATES:
        assert found.states[on] == one_tape.states[on]


def test_sixty_loans_are_what_the_oracle_says_who_lives_through_every_day(one_tape):
    assert len(one_tape.books) == 60
    for book in one_tape.books:
        seen = owes(book.contract, book.events, book.history.versions, DATES)
        for on in DATES:
            found, wanted = book.standing(on), seen[on]
            assert found.days_past_due == wanted.dpd
            for name in ("overdue_principal", "overdue_interest", "penalty", "cost", "unapplied"):
                assert getattr(found, name) == getattr(wanted, name), (book.loan, on, name)
