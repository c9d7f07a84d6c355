"""The instalments of a loan follow one another."""

from intake.checks.due_dates import check
from intake.columns import Kind
from tests.intake.build import changed, facts, good_tape, told


def test_an_instalment_on_or_before_the_day_of_the_one_before_is_refused() -> None:
    for day in ("2026-01-10", "2026-01-05"):
        assert told(check(facts(changed(Kind.INSTALMENTS, 1, due_on=day)))) == [
            ("instalments.csv", 3, "due_on", "due_dates_not_increasing")
        ]


def test_the_order_of_the_rows_does_not_matter() -> None:
    tape = good_tape()
    tape[Kind.INSTALMENTS].reverse()
    assert told(check(facts(tape))) == []
