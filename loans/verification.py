"""Does the ledger still say what a replay from zero says? Looks only; `ledger.rewrite` is what writes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from loans.ledger import kept_now, projections
from loans.models import LedgerEntry, Loan
from loans.selectors import LoanBook, books_by_number
from rulebook.replay import Entry, replay


@dataclass(frozen=True, slots=True)
class Verified:
    """One loan, and what does not hold in it: each fault is a sentence."""

    loan_no: str
    faults: Sequence[str]


def verify(loans: QuerySet[Loan]) -> Iterator[Verified]:
    """Every loan by its number, with what differs between its ledger and a replay of its events."""
    for book in books_by_number(loans):
        entries = replay(book.contract, book.events, book.history)
        yield Verified(book.loan.loan_no, [*_ledger_faults(book, entries), *_projection_faults(book, entries)])


def broken_cancellations(loans: QuerySet[Loan]) -> Iterator[tuple[str, str]]:
    """Lines that cancel another line without being that line turned round, as (loan number, sentence)."""
    same = {name: F(f"cancels__{name}") for name in ("loan", "value_on", "kind", "component")}
    lines = LedgerEntry.objects.filter(loan__in=loans, cancels__isnull=False)
    wrong = (
        lines.exclude(Q(**same, amount=-F("cancels__amount"))).select_related("loan").order_by("loan__loan_no", "pk")
    )
    for line in wrong.order_by("loan__loan_no", "pk").iterator():
        yield line.loan.loan_no, f"line {line.pk} ({line}) is not line {line.cancels_id} turned round"


def _ledger_faults(book: LoanBook, entries: Sequence[Entry]) -> Iterator[str]:
    stored, replayed = Counter(book.entries), Counter(entries)
    for entry in sorted((stored - replayed).elements(), key=_order):
        yield f"the ledger has a line that the replay does not have: {_told(entry)}"
    for entry in sorted((replayed - stored).elements(), key=_order):
        yield f"the ledger lacks a line of the replay: {_told(entry)}"


def _projection_faults(book: LoanBook, entries: Sequence[Entry]) -> Iterator[str]:
    names = ("the oldest unpaid due date", "the day of closing", "the kind of closing")
    for name, stored, wanted in zip(names, kept_now(book.loan), projections(book, entries), strict=True):
        if stored != wanted:
            yield f"{name} is kept as {stored or 'none'}, and is {wanted or 'none'}"


def _order(entry: Entry) -> tuple[str, ...]:
    return (entry.value_on.isoformat(), entry.kind.value, entry.component or "", str(entry.seq), str(entry.amount))


def _told(entry: Entry) -> str:
    component = f" {entry.component.value}" if entry.component else ""
    instalment = "" if entry.seq is None else f" of instalment {entry.seq}"
    return f"{entry.value_on} {entry.kind.value}{component}{instalment} {entry.amount}, policy v{entry.version}"
