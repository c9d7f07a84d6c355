"""What follows at the bureau from money that moved: corrections, and the end of an overdue, at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise

from bureau.models import LoanRecord
from bureau.reporting import Occasion, work_on
from loans.models import ClosedAs, LoanEvent, Portfolio

CHUNK = 250


class RecordRefused(Exception):
    """Why nothing was reported, taken in or answered, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def loans_changed(*, loan_ids: Iterable[int], on: dt.date, at: dt.datetime) -> int:
    """Money has moved on loans: what was reported of them is corrected or cleared at once. Says how many rows."""
    by_portfolio: dict[int, list[int]] = defaultdict(list)
    reported = LoanRecord.objects.filter(loan__in=list(loan_ids)).order_by("loan_id")
    for portfolio_id, loan_id in reported.values_list("portfolio_id", "loan_id"):
        by_portfolio[portfolio_id].append(loan_id)
    written = 0
    for portfolio in Portfolio.objects.filter(pk__in=by_portfolio).order_by("pk"):
        for chunk in in_chunks(by_portfolio[portfolio.pk]):
            counts = work_on(chunk, portfolio, Occasion(on, at))
            written += counts.corrected + counts.cleared
    return written


def clear_cured(*, on: dt.date, at: dt.datetime) -> int:
    """Report the end of every overdue that ended without our being told, as by a closing; says how many rows."""
    over = Q(loan__oldest_unpaid_due_on=None) | Q(loan__oldest_unpaid_due_on__gte=on)
    over |= Q(loan__closed_as__in=[ClosedAs.SETTLED, ClosedAs.WITHDRAWN])
    cured = LoanRecord.objects.filter(over, is_adverse=True)
    return _one_chunk_after_another(list(cured.order_by("loan_id").values_list("loan_id", flat=True)), on, at)


def compare_changed(*, on: dt.date, at: dt.datetime) -> int:
    """Compare with the books every record whose loan had an event since, whoever booked it. Says how many rows."""
    newer = LoanEvent.objects.filter(loan=OuterRef("loan"), pk__gt=OuterRef("seen_event_id"))
    changed = LoanRecord.objects.filter(Exists(newer)).order_by("loan_id")
    return _one_chunk_after_another(list(changed.values_list("loan_id", flat=True)), on, at)


def _one_chunk_after_another(loan_ids: list[int], on: dt.date, at: dt.datetime) -> int:
    """Each in a transaction of its own: a sweep that is stopped keeps what it has done."""
    return sum(loans_changed(loan_ids=chunk, on=on, at=at) for chunk in in_chunks(loan_ids))


def in_chunks(loan_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Loans in parts that one transaction holds."""
    for start in range(0, len(loan_ids), CHUNK):
        yield loan_ids[start : start + CHUNK]
