"""Charging a cost."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from loans.models import ClosedAs, LoanEvent
from loans.services import BookingRefused
from rulebook.money import ZERO
from staff.roles import Role
from tests.loans.build import a_loan, charge, live_lines, pay, person, stands, undo
from tests.loans.test_close_loans import shut

pytestmark = pytest.mark.django_db


def test_a_cost_is_owed_from_its_day_and_posts_no_penalty():
    loan = a_loan()
    charge(loan, "50.00", "01-20")
    assert live_lines(loan) == ["01-20 charged cost 50.00"]
    assert stands(loan, "01-19").cost == ZERO
    found = stands(loan, "02-09")
    assert (found.cost, found.penalty, found.overdue_amount) == (
        Decimal("50.00"),
        Decimal("160.00"),
        Decimal("8210.00"),
    )


def test_money_settles_a_cost_first():
    loan = a_loan()
    charge(loan, "50.00", "01-20")
    pay(loan, "100.00", "01-20")
    # Ten nights on 8,000 have cost 53.33; the 50.00 left over pay part of them.
    assert live_lines(loan)[1:] == [
        "01-20 charged penalty 53.33",
        "01-20 paid cost 50.00",
        "01-20 paid penalty 50.00",
    ]


def test_a_settled_loan_is_charged_nothing_more_but_one_written_off_is():
    loan = a_loan()
    closing = shut(loan, ClosedAs.SETTLED, "02-01")
    with pytest.raises(BookingRefused) as refusal:
        charge(loan, "50.00", "02-01")
    assert refusal.value.code == "settled"
    charge(loan, "50.00", "01-31")
    assert (stands(loan, "02-09").due_amount, "02-01 waived cost 50.00" in live_lines(loan)) == (ZERO, True)
    undo(closing)
    shut(loan, ClosedAs.WRITTEN_OFF, "02-01")
    charge(loan, "20.00", "02-05")
    assert stands(loan, "02-09").cost == Decimal("70.00")


def test_waiting_credit_settles_a_cost_at_once():
    loan = a_loan(("02-01", "100.00", "0.00"))
    pay(loan, "80.00", "01-15")
    charge(loan, "30.00", "01-20")
    assert stands(loan, "01-20").cost == ZERO
    assert stands(loan, "01-20").unapplied == Decimal("50.00")


@pytest.mark.parametrize(
    ("amount", "incurred_on", "code"),
    [
        ("0.00", "01-20", "amount"),
        ("-1.00", "01-20", "amount"),
        ("1.001", "01-20", "amount"),
        ("50.00", "02-10", "future"),
        ("50.00", "2024-12-09", "before_disbursement"),
    ],
)
def test_a_cost_that_cannot_be_is_refused(amount, incurred_on, code):
    loan = a_loan()
    with pytest.raises(BookingRefused) as refusal:
        charge(loan, amount, incurred_on)
    assert refusal.value.code == code
    assert not LoanEvent.objects.exists()


def test_a_reference_is_charged_once_and_costs_without_one_as_often_as_they_come():
    loan = a_loan()
    charge(loan, "50.00", "01-20", reference="C1")
    with pytest.raises(BookingRefused) as refusal:
        charge(loan, "50.00", "01-20", reference="C1")
    assert refusal.value.code == "reference_used"
    charge(loan, "50.00", "01-20")
    charge(loan, "50.00", "01-20")
    assert stands(loan, "02-09").cost == Decimal("150.00")


def test_operations_and_legal_officers_may_charge_and_the_other_roles_may_not():
    loan = a_loan()
    for role in sorted(set(Role) - {Role.OPERATIONS, Role.LEGAL_OFFICER}):
        with pytest.raises(PermissionDenied):
            charge(loan, "50.00", "01-20", by=person(role))
    charge(loan, "50.00", "01-20", by=person(Role.OPERATIONS))
    charge(loan, "80.00", "01-20", by=person(Role.LEGAL_OFFICER))
    assert stands(loan, "02-09").cost == Decimal("130.00")


@pytest.mark.parametrize("more", [{"reason": "r" * 201}, {"reference": "r" * 61}])
def test_a_text_that_is_too_long_is_refused(more):
    with pytest.raises(BookingRefused) as refusal:
        charge(a_loan(), "50.00", "01-20", **more)
    assert refusal.value.code == "too_long"


def test_costs_without_a_reference_do_not_get_into_each_others_way():
    loan = a_loan()
    charge(loan, "50.00", "01-20", reference="")
    charge(loan, "50.00", "01-20", reference="")
    assert LoanEvent.objects.filter(reference=None).count() == 2
