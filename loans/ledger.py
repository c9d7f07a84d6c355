"""Writing the ledger: what the replay says, less what already stands there."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from loans.bulk import copy_in, keep_projections
from loans.models import LedgerEntry, Loan
from loans.selectors import CHUNK, LoanBook, books_of
from policies.selectors import version_ids
from rulebook.money import ZERO
from rulebook.replay import Entry, EntryKind, closing_in, live, replay
from rulebook.terms import Component

# The fields of a ledger line, in the order in which `_line` answers them.
LINE = (
    *("loan", "value_on", "kind", "component", "instalment", "amount"),
    *("event", "policy_version", "cancels", "written_at"),
)


def rewrite(loan_ids: Sequence[int], at: dt.datetime, on_progress: Callable[[int], None] | None = None) -> None:
    """Replay loans from zero and cancel or add the ledger lines that differ. The caller holds the transaction."""
    ordered = sorted(set(loan_ids))
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        # Locked in the order of their rows, so that two replays never wait for each other in a circle.
        locked = Loan.objects.select_for_update(of=("self",), no_key=True).select_related("portfolio").order_by("pk")
        _rewrite_chunk(books_of(list(locked.filter(pk__in=chunk))), at)
        if on_progress:
            on_progress(start + len(chunk))


def _rewrite_chunk(books: Sequence[LoanBook], at: dt.datetime) -> None:
    versions = {line: version_ids(line) for line in {book.loan.portfolio.policy_line for book in books}}
    lines: list[tuple[object, ...]] = []
    moved: dict[int, tuple[dt.date | None, dt.date | None, str]] = {}
    for book in books:
        wanted = replay(book.contract, book.events, book.history)
        ids = versions[book.loan.portfolio.policy_line]
        lines.extend(_difference(book, wanted, ids, at))
        kept = projections(book, wanted)
        if kept_now(book.loan) != kept:
            moved[book.loan.pk] = kept
    if lines:
        copy_in(LedgerEntry, LINE, lines)
    if moved:
        keep_projections(moved)


def _difference(
    book: LoanBook, wanted: Sequence[Entry], version_ids: dict[int, int], at: dt.datetime
) -> list[tuple[object, ...]]:
    missing = Counter(wanted)
    lines = []
    for pk, entry in zip(book.entry_ids, book.entries, strict=True):
        if missing[entry]:
            missing[entry] -= 1
        else:
            lines.append(_line(book, entry, -entry.amount, version_ids, at, cancels_id=pk))
    for entry in wanted:
        if missing[entry]:
            missing[entry] -= 1
            lines.append(_line(book, entry, entry.amount, version_ids, at))
    return lines


def _line(
    book: LoanBook,
    entry: Entry,
    amount: Decimal,
    version_ids: dict[int, int],
    at: dt.datetime,
    cancels_id: int | None = None,
) -> tuple[object, ...]:
    return (
        book.loan.pk,
        entry.value_on,
        entry.kind.value,
        entry.component.value if entry.component else "",
        None if entry.seq is None else book.instalment_ids[entry.seq],
        amount,
        entry.sequence,
        version_ids[entry.version],
        cancels_id,
        at,
    )


def kept_now(loan: Loan) -> tuple[dt.date | None, dt.date | None, str]:
    """What is kept beside the ledger of a loan, as it stands."""
    return loan.oldest_unpaid_due_on, loan.closed_on, loan.closed_as


def projections(book: LoanBook, entries: Sequence[Entry]) -> tuple[dt.date | None, dt.date | None, str]:
    """What is kept beside a ledger: the oldest unpaid due date, and when and how the loan was closed."""
    closing = closing_in(live(book.events))
    closed_on, closed_as = (closing.value_on, closing.closed_as) if closing else (None, "")
    return oldest_unpaid(book, entries), closed_on, closed_as


def oldest_unpaid(book: LoanBook, entries: Sequence[Entry]) -> dt.date | None:
    """The due date of the first instalment whose principal or interest the ledger does not cover."""
    paid: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        settles = entry.kind in (EntryKind.PAID, EntryKind.WAIVED)
        if settles and entry.component in (Component.PRINCIPAL, Component.INTEREST):
            paid[entry.seq] += entry.amount
    open_on = (row.due_on for row in book.schedule if paid[row.seq] < row.principal_due + row.interest_due)
    return min(open_on, default=None)
