"""Whoever goes round the portal and changes the ledger is found, and the line is named."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from loans.models import LedgerEntry, Loan
from loans.services import adopt_terms
from policies.models import PolicyVersion
from rulebook.money import ZERO
from tests.loans.build import AT, a_loan, charge, day, pay, stop, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def loans() -> tuple[Loan, Loan]:
    """Two loans to which everything has happened that can happen."""
    first, second = a_loan(), a_loan(loan_no="L2")
    undo(pay(first, "500.00", "01-20", reference="A"))
    pay(first, "2000.00", "01-25", reference="B")
    charge(first, "50.00", "01-15")
    stop(first, "01-30", "02-02")
    pay(second, "9000.00", "01-12", reference="C")
    terms = PolicyVersion.objects.get(number=1).dated().terms
    adopt_terms(
        line="default", terms=terms.model_copy(update={"grace_days": 3}), effective_on=day("01-22"), by=None, at=AT
    )
    return first, second


def tamper(sql: str, *params: Any) -> None:
    """What the owner of the database can do, and nobody should."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks waiting cannot be altered
        cursor.execute("ALTER TABLE loans_ledgerentry DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        cursor.execute("ALTER TABLE loans_ledgerentry ENABLE TRIGGER USER")


def found(*words: str) -> tuple[list[str], str]:
    """The lines printed, and the refusal."""
    out = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("verify_ledger", *words, stdout=out)
    return out.getvalue().splitlines(), str(refusal.value)


def live(loan: Loan) -> LedgerEntry:
    """A line that counts, of principal paid."""
    return LedgerEntry.objects.filter(
        loan=loan, kind="paid", component="principal", cancels=None, cancelled_by=None
    ).earliest("pk")


def test_what_was_booked_in_any_order_equals_its_replay(loans: tuple[Loan, Loan]) -> None:
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert out.getvalue() == "2 loans replayed, each equal to its ledger.\n"


def test_a_changed_amount_is_named_as_it_stands_and_as_it_should(loans: tuple[Loan, Loan]) -> None:
    line = live(loans[0])
    tamper("UPDATE loans_ledgerentry SET amount = amount + 1 WHERE id = %s", line.pk)
    said, refusal = found()
    assert refusal == "2 loans replayed, 1 differ from their ledger."
    wrong, missing = said[:2]
    assert wrong.startswith("L1: the ledger has a line that the replay does not have: ")
    assert f"{line.component} of instalment 1 {line.amount + 1}" in wrong
    assert missing.startswith("L1: the ledger lacks a line of the replay: ")
    assert f"{line.component} of instalment 1 {line.amount}," in missing


def test_a_line_that_was_slipped_in_is_found(loans: tuple[Loan, Loan]) -> None:
    line = live(loans[1])
    LedgerEntry.objects.create(
        loan=loans[1],
        value_on=line.value_on,
        kind="paid",
        component="cost",
        amount=7,
        policy_version=line.policy_version,
        written_at=AT,
    )
    said, _refusal = found("--loan", "L2")
    assert said == ["L2: the ledger has a line that the replay does not have: 2025-01-12 paid cost 7.00, policy v1"]


def test_a_line_that_was_removed_is_found_and_the_projection_with_it(loans: tuple[Loan, Loan]) -> None:
    tamper("DELETE FROM loans_ledgerentry WHERE id = %s", live(loans[1]).pk)
    said, _refusal = found()
    assert all(line.startswith("L2: the ledger lacks a line of the replay: ") for line in said)
    assert len(said) == 1


def test_a_cancellation_that_does_not_cancel_is_found(loans: tuple[Loan, Loan]) -> None:
    line = LedgerEntry.objects.exclude(cancels=None).earliest("pk")
    assert line.amount != ZERO
    tamper("UPDATE loans_ledgerentry SET amount = amount * 2 WHERE id = %s", line.pk)
    said, _refusal = found()
    assert len(said) == 1
    assert said[0].startswith(f"L1: line {line.pk} (")
    assert said[0].endswith(f"is not line {line.cancels_id} turned round")


def test_a_wrong_projection_is_found(loans: tuple[Loan, Loan]) -> None:
    Loan.objects.filter(loan_no="L1").update(oldest_unpaid_due_on=None)
    assert found()[0] == ["L1: the oldest unpaid due date is kept as none, and is 2025-01-10"]


def test_one_loan_is_asked_about_alone(loans: tuple[Loan, Loan]) -> None:
    Loan.objects.filter(loan_no="L1").update(oldest_unpaid_due_on=None)
    out = io.StringIO()
    call_command("verify_ledger", "--loan", "L2", stdout=out)
    assert out.getvalue() == "1 loans replayed, each equal to its ledger.\n"
    with pytest.raises(CommandError, match="There is no loan L9"):
        call_command("verify_ledger", "--loan", "L9")
