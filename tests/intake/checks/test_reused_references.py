"""A reference on file still means the same."""

import pytest

from intake.checks.reused_references import check
from intake.columns import Kind
from intake.facts import OnFile
from tests.intake.build import changed, due, facts, good_tape, told

GOOD = facts(good_tape())
ON_FILE = OnFile(
    borrowers={line.row.borrower_no: GOOD.digests.borrowers[line.line] for line in GOOD.rows.borrowers},
    loans={line.row.loan_no: line.row for line in GOOD.rows.loans},
    schedules={loan_no: tuple(line.row for line in lines) for loan_no, lines in GOOD.schedules.items()},
    payments={line.row.payment_ref: line.row for line in GOOD.rows.payments},
)


def test_the_same_tape_again_is_fine() -> None:
    assert told(check(facts(good_tape(), ON_FILE))) == []


def test_what_is_written_differently_but_means_the_same_is_the_same() -> None:
    assert told(check(facts(changed(Kind.LOANS, principal="3000", annual_rate="0.12"), ON_FILE))) == []


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (Kind.BORROWERS, {"phone": "15800000009"}, "borrower_no"),
        (Kind.LOANS, {"principal": "3000.01"}, "loan_no"),
        (Kind.LOANS, {"borrower_no": "B2"}, "loan_no"),
        (Kind.INSTALMENTS, {"due_on": "2026-01-11"}, "seq"),
        (Kind.PAYMENTS, {"amount": "1010.01"}, "payment_ref"),
        (Kind.PAYMENTS, {"loan_no": "L2"}, "payment_ref"),
    ],
)
def test_other_content_under_the_same_reference_is_refused(kind: Kind, fields: dict[str, str], field: str) -> None:
    assert told(check(facts(changed(kind, **fields), ON_FILE))) == [(f"{kind}.csv", 2, field, "reused_reference")]


def test_a_schedule_on_file_does_not_grow() -> None:
    tape = good_tape()
    tape[Kind.INSTALMENTS].append(due("L2", 2, "2026-02-10"))
    assert told(check(facts(tape, ON_FILE))) == [("instalments.csv", 6, "seq", "schedule_on_file")]


def test_the_number_of_a_loan_of_another_team_is_taken() -> None:
    theirs = OnFile(loans=ON_FILE.loans, hidden_loans=frozenset({"L1"}))
    assert told(check(facts(good_tape(), theirs))) == [("loans.csv", 2, "loan_no", "reused_reference")]
