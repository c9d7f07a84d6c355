"""A reference stands in its file once."""

from intake.checks.duplicates import check
from intake.columns import Kind
from tests.intake.build import changed, facts, good_tape, told


def test_the_same_key_twice_is_refused_on_both_lines_even_when_the_rows_are_equal() -> None:
    tape = good_tape()
    tape[Kind.PAYMENTS].append(dict(tape[Kind.PAYMENTS][0]))
    found = list(check(facts(tape)))
    assert told(found) == [
        ("payments.csv", 2, "payment_ref", "duplicate"),
        ("payments.csv", 4, "payment_ref", "duplicate"),
    ]
    assert [dict(finding.details) for finding in found] == [{"lines": "4"}, {"lines": "2"}]


def test_an_instalment_is_named_by_loan_and_number() -> None:
    assert told(check(facts(changed(Kind.INSTALMENTS, 1, seq="1")))) == [
        ("instalments.csv", 2, "seq", "duplicate"),
        ("instalments.csv", 3, "seq", "duplicate"),
    ]
    assert told(check(facts(good_tape()))) == []


def test_a_contact_is_named_by_borrower_name_and_number() -> None:
    tape = good_tape()
    tape[Kind.CONTACTS].append(tape[Kind.CONTACTS][0] | {"relation": "parent"})
    assert [line for _file, line, *_rest in told(check(facts(tape)))] == [2, 3]
    tape[Kind.CONTACTS][1] |= {"phone": "19900000003"}
    assert told(check(facts(tape))) == []
