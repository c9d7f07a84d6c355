"""Nothing happens to a loan before there is one."""

from intake.checks.disbursement_dates import check
from intake.columns import Kind
from intake.facts import OnFile
from tests.intake.build import changed, facts, good_tape, payment, told


def test_a_payment_before_disbursement_is_refused_and_on_the_day_is_fine() -> None:
    assert told(check(facts(changed(Kind.PAYMENTS, received_on="2025-12-09")))) == [
        ("payments.csv", 2, "received_on", "before_disbursement")
    ]
    assert told(check(facts(changed(Kind.PAYMENTS, received_on="2025-12-10")))) == []


def test_an_instalment_before_disbursement_is_refused_and_on_the_day_is_fine() -> None:
    assert told(check(facts(changed(Kind.INSTALMENTS, due_on="2025-12-09")))) == [
        ("instalments.csv", 2, "due_on", "before_disbursement")
    ]
    assert told(check(facts(changed(Kind.INSTALMENTS, due_on="2025-12-10")))) == []


def test_a_loan_on_file_knows_its_day_too() -> None:
    loans = {line.row.loan_no: line.row for line in facts(good_tape()).rows.loans}
    tape = {Kind.PAYMENTS: [payment("P9", "L1", "2025-12-09", "5.00"), payment("P8", "L1", "2025-12-11", "5.00")]}
    assert told(check(facts(tape, OnFile(loans=loans)))) == [("payments.csv", 2, "received_on", "before_disbursement")]
