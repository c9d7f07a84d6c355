"""Everybody and everything a row names is in the tape or on file."""

import pytest

from intake.checks.unknown_references import check
from intake.columns import Kind
from intake.facts import OnFile
from tests.intake.build import changed, facts, good_tape, told


@pytest.mark.parametrize(
    ("kind", "field", "rule"),
    [
        (Kind.LOANS, "borrower_no", "unknown_borrower"),
        (Kind.CONTACTS, "borrower_no", "unknown_borrower"),
        (Kind.INSTALMENTS, "loan_no", "unknown_loan"),
        (Kind.PAYMENTS, "loan_no", "unknown_loan"),
    ],
)
def test_a_stranger_is_refused(kind: Kind, field: str, rule: str) -> None:
    assert told(check(facts(changed(kind, **{field: "X9"})))) == [(f"{kind}.csv", 2, field, rule)]


def test_a_tape_of_payments_alone_is_fine_when_its_loans_are_on_file() -> None:
    tape = {Kind.PAYMENTS: good_tape()[Kind.PAYMENTS]}
    loans = {line.row.loan_no: line.row for line in facts(good_tape()).rows.loans}
    assert told(check(facts(tape, OnFile(loans=loans)))) == []
    assert {rule for *_place, rule in told(check(facts(tape)))} == {"unknown_loan"}


def test_a_loan_of_another_team_is_unknown() -> None:
    loans = {line.row.loan_no: line.row for line in facts(good_tape()).rows.loans}
    tape = {Kind.PAYMENTS: good_tape()[Kind.PAYMENTS][:1]}
    assert told(check(facts(tape, OnFile(loans=loans, hidden_loans=frozenset({"L1"}))))) == [
        ("payments.csv", 2, "loan_no", "unknown_loan")
    ]


def test_a_borrower_on_file_whom_the_person_may_not_see_is_unknown_unless_the_tape_brings_them() -> None:
    tape = good_tape()
    hidden = OnFile(borrowers={"B1": "x", "B2": "y"})
    assert told(check(facts(tape, hidden))) == []
    del tape[Kind.BORROWERS]
    assert {rule for *_place, rule in told(check(facts(tape, hidden)))} == {"unknown_borrower"}
    assert told(check(facts(tape, OnFile(known_borrowers=frozenset({"B1", "B2"}))))) == []
