"""The rows of a tape, once read and checked."""

from dataclasses import FrozenInstanceError, fields

import pytest

from rulebook import tape


@pytest.mark.parametrize(
    "row",
    [tape.NewBorrower, tape.NewContact, tape.NewLoan, tape.NewInstalment, tape.NewPayment],
    ids=lambda row: row.__name__,
)
def test_a_checked_row_cannot_be_changed(row: type) -> None:
    names = [field.name for field in fields(row)]
    made = row(*names)
    with pytest.raises(FrozenInstanceError):
        setattr(made, names[0], "other")
