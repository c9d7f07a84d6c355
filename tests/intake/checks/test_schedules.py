"""The schedule of a new loan repays it, exactly."""

from intake.checks.schedules import check
from intake.columns import Kind
from intake.facts import OnFile
from tests.intake.build import changed, facts, good_tape, told


def test_a_cent_too_much_or_too_little_is_refused() -> None:
    for principal in ("1000.01", "999.99"):
        found = list(check(facts(changed(Kind.INSTALMENTS, principal_due=principal))))
        assert told(found) == [("loans.csv", 2, "principal", "schedule_sum")]
    assert told(check(facts(good_tape()))) == []


def test_a_gap_is_refused_and_the_missing_number_named() -> None:
    found = list(check(facts(changed(Kind.INSTALMENTS, 1, seq="4"))))
    assert told(found) == [
        ("loans.csv", 2, "instalment_count", "schedule_gap"),
        ("loans.csv", 2, "instalment_count", "schedule_too_long"),
    ]
    assert dict(found[0].details)["missing"] == "2"


def test_a_loan_without_schedule_is_refused_unless_it_is_on_file() -> None:
    tape = good_tape()
    tape[Kind.INSTALMENTS] = tape[Kind.INSTALMENTS][:3]
    assert told(check(facts(tape))) == [("loans.csv", 3, "instalment_count", "no_schedule")]
    known = {line.row.loan_no: line.row for line in facts(good_tape()).rows.loans}
    assert told(check(facts(tape, OnFile(loans=known)))) == []
    del tape[Kind.INSTALMENTS]
    assert len(told(check(facts(tape)))) == 2


def test_a_row_that_cannot_be_read_does_not_raise_a_second_error_about_the_sum() -> None:
    assert told(check(facts(changed(Kind.INSTALMENTS, principal_due="1,000")))) == []
