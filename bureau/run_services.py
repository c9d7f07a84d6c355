"""The monthly report: a month of a portfolio is planned into chunks, and any number of workers share them."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from audit.services import record
from bureau.fact_selectors import notices_to
from bureau.models import HeldBack, LoanRecord, RecordRow, ReportRun, RowKind, RunChunk
from bureau.reporting import Occasion, work_on
from bureau.selectors import waiting_rows
from bureau.services import RecordRefused, in_chunks
from loans.models import Loan, Portfolio
from rulebook.credit_record import held_back, month_end
from staff.models import User

MAY_REPORT = "bureau.report"
COUNTED = ("reported", "corrected", "cleared", "held_back")


@dataclass(frozen=True, slots=True)
class RunPreview:
    """What a run would look at: its loans, of them reported for the month already, late, and late without a notice.

    Late is what stands unpaid since before the month's end as the books are now; the run itself reads the month's end.
    """

    loans: int
    reported: int
    late: int
    without_notice: int
    waiting: int


def look_at_run(*, portfolio: Portfolio, month_end: dt.date, on: dt.date) -> RunPreview:
    """What a run would look at; nothing is written. Raises RecordRefused where it cannot be made."""
    refuse_impossible(portfolio, month_end, on)
    loans = _loans_of(portfolio, month_end)
    rows = RecordRow.objects.filter(portfolio=portfolio, kind=RowKind.MONTHLY, as_of_on=month_end, version=1)
    late = list(
        loans.filter(oldest_unpaid_due_on__lt=month_end)
        .exclude(record__is_adverse=True)
        .values_list("borrower_id", "oldest_unpaid_due_on")
    )
    notices = notices_to(portfolio, {borrower for borrower, _since in late})
    return RunPreview(
        loans=loans.count(),
        reported=rows.count(),
        late=loans.filter(oldest_unpaid_due_on__lt=month_end).count(),
        without_notice=sum(held_back(notices.get(b, ()), since, on, 0) is not None for b, since in late),
        waiting=waiting_rows().filter(portfolio=portfolio, month_end__lt=month_end).count(),
    )


def _loans_of(portfolio: Portfolio, month_end: dt.date) -> QuerySet[Loan]:
    """The loans that were paid out by then and not reported as paid off or ended before, but for what waits."""
    over = LoanRecord.objects.filter(loan=OuterRef("pk"), is_final=True, latest__as_of_on__lt=month_end)
    waits = HeldBack.objects.filter(loan=OuterRef("pk"), reported_as=None, let_go_on=None)
    mine = Loan.objects.filter(portfolio=portfolio, disbursed_on__lte=month_end)
    return mine.filter(~Exists(over) | Exists(waits))


def refuse_impossible(portfolio: Portfolio, month_end_on: dt.date, on: dt.date) -> None:
    """Raise RecordRefused for a day that is no month's end, a month that is not over, or one that was passed over."""
    if month_end_on != month_end(month_end_on):
        raise RecordRefused("month_end", _("A report is made as of the last day of a month."))
    if month_end_on >= on:
        raise RecordRefused("not_over", _("The month is not over yet."))
    runs = ReportRun.objects.filter(portfolio=portfolio)
    if runs.filter(finished_at=None).exists():
        raise RecordRefused("under_way", _("A report of this portfolio is being made; wait until it is finished."))
    if runs.filter(month_end__gt=month_end_on).exists() and not runs.filter(month_end=month_end_on).exists():
        raise RecordRefused("later", _("A later month is reported already; an earlier one cannot follow."))


@transaction.atomic
def start_run(*, portfolio: Portfolio, month_end: dt.date, by: User, on: dt.date, at: dt.datetime) -> ReportRun:
    """Plan the report of a month; workers then do it. Raises PermissionDenied and RecordRefused."""
    if not by.has_perm(MAY_REPORT):
        raise PermissionDenied(MAY_REPORT)
    refuse_impossible(portfolio, month_end, on)
    number = ReportRun.objects.filter(portfolio=portfolio, month_end=month_end).count() + 1
    name = by.get_username()
    try:
        with transaction.atomic():
            run = ReportRun.objects.create(
                portfolio=portfolio, month_end=month_end, number=number, started_at=at, started_by_name=name
            )
    except IntegrityError:
        # Somebody else started one at the same moment.
        refuse_impossible(portfolio, month_end, on)
        raise
    ids = list(_loans_of(portfolio, month_end).order_by("pk").values_list("pk", flat=True))
    RunChunk.objects.bulk_create(RunChunk(run=run, loan_ids=list(chunk), size=len(chunk)) for chunk in in_chunks(ids))
    record(actor=by, action="bureau.start_run", subject=f"report {run}", at=at)
    return run


@transaction.atomic
def work_chunk(*, run: ReportRun, on: dt.date, at: dt.datetime) -> bool:
    """Take a part of a run that nobody has in hand and do it, all in one transaction; False when there is none."""
    to_do = RunChunk.objects.filter(run=run, done_at=None).order_by("pk")
    chunk = to_do.select_for_update(skip_locked=True).first()
    if chunk is None:
        return False
    counts = work_on(chunk.loan_ids, run.portfolio, Occasion(on, at, run, run.started_by_name))
    for name in COUNTED:
        setattr(chunk, name, getattr(counts, name))
    chunk.loan_ids, chunk.done_at = [], at
    chunk.save()
    return True


@transaction.atomic
def finish_run(*, run: ReportRun, at: dt.datetime) -> bool:
    """Finish a run of which nothing is left to do; True for the one call that did it, however many ask."""
    locked = ReportRun.objects.select_for_update(no_key=True).select_related("portfolio").get(pk=run.pk)
    chunks = RunChunk.objects.filter(run=locked)
    if locked.is_done or chunks.filter(done_at=None).exists():
        return False
    done = chunks.aggregate(**{name: Sum(name, default=0) for name in COUNTED})
    for name, count in done.items():
        setattr(locked, name, count)
    locked.finished_at = at
    locked.save()
    chunks.delete()
    record(actor=None, action="bureau.finish_run", subject=f"report {locked}", details=done, at=at)
    return True


def run_month(*, portfolio: Portfolio, month_end: dt.date, by: User, on: dt.date, at: dt.datetime) -> ReportRun:
    """Make the report of a month from beginning to end, in this process. Raises PermissionDenied and RecordRefused."""
    run = start_run(portfolio=portfolio, month_end=month_end, by=by, on=on, at=at)
    while work_chunk(run=run, on=on, at=at):
        pass
    finish_run(run=run, at=at)
    run.refresh_from_db()
    return run


@transaction.atomic
def begun_and_left() -> list[int]:
    """The runs that are not finished and that nobody works on at this moment, such as after a worker was killed."""
    left = []
    for run_id in ReportRun.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True):
        to_do = RunChunk.objects.filter(run=run_id, done_at=None)
        if len(to_do.select_for_update(skip_locked=True)) == to_do.count():
            left.append(run_id)
    return left
