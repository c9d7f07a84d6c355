"""Derivations in the words of a page: every number with the lines that add up to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loans.models import LoanEvent
from loans.selectors import LoanBook
from rulebook.derivation import Derivation, Line, LineKind, derive
from rulebook.money import ZERO
from rulebook.standing import Standing

NUMBERS: dict[str, str | Promise] = {
    "overdue_principal": _("Overdue principal"),
    "overdue_interest": _("Overdue interest"),
    "penalty": _("Penalty interest"),
    "cost": _("Costs"),
    "unapplied": _("Waiting credit"),
}
TOTAL = "overdue_amount"
SENTENCES: dict[LineKind, str | Promise] = {
    LineKind.FELL_DUE: _("Fell due"),
    LineKind.MADE_DUE: _("Fell due before its day, as the loan was made due as a whole"),
    LineKind.FELL_AWAY: _("Interest of the days after that, which falls away"),
    LineKind.CHARGED: _("Cost charged"),
    LineKind.POSTED: _("Penalty posted, as money moved on this day"),
    LineKind.ACCRUED: _("Penalty grown since then, not posted yet"),
    LineKind.PAID: _("Paid"),
    LineKind.WAIVED: _("Given up"),
    LineKind.CREDITED: _("More received than was due"),
    LineKind.APPLIED: _("Waiting credit applied"),
}


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One line with its wording and the reference of the payment or cost behind it."""

    line: Line
    text: str | Promise
    reference: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A number, what it is called, and why it is what it is."""

    name: str
    label: str | Promise
    amount: Decimal
    lines: Sequence[ExplainedLine]


def explanations(book: LoanBook, found: Standing, seq: int | None = None) -> list[Explanation]:
    """All numbers of a loan on a date, or of one of its instalments, each with its lines."""
    references = dict(LoanEvent.objects.filter(loan=book.loan).values_list("pk", "reference"))
    return [_explanation(number, references, seq) for number in derive(book.contract, found)]


def _explanation(number: Derivation, references: dict[int, str | None], seq: int | None) -> Explanation:
    lines = [line for line in number.lines if seq is None or line.seq == seq]
    return Explanation(
        name=number.name,
        label=NUMBERS[number.name],
        amount=number.amount if seq is None else sum((line.amount for line in lines), ZERO),
        lines=[ExplainedLine(line, SENTENCES[line.kind], references.get(line.sequence or 0) or "") for line in lines],
    )
