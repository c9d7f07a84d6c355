"""What the bureau room does by itself, and what a worker does for somebody who asked."""

from celery import shared_task
from django.utils import timezone

from bureau import notice_services, run_services, services
from bureau.models import ReportRun
from loans.models import Portfolio
from staff.models import User


@shared_task
def work_on_run(run_id: int) -> None:
    """Do parts of a monthly report until none is left, and finish it."""
    run = ReportRun.objects.select_related("portfolio").get(pk=run_id)
    while run_services.work_chunk(run=run, on=timezone.localdate(), at=timezone.now()):
        pass
    run_services.finish_run(run=run, at=timezone.now())


@shared_task
def carry_on() -> int:
    """Send a worker to what a worker left, and report every overdue that has ended meanwhile; says how many rows."""
    for run_id in run_services.begun_and_left():
        work_on_run.delay(run_id)
    return services.clear_cured(on=timezone.localdate(), at=timezone.now())


@shared_task
def write_notices(portfolio_id: int, by_id: int) -> int:
    """Write the notices of a portfolio for somebody who asked; says how many."""
    portfolio, by = Portfolio.objects.get(pk=portfolio_id), User.objects.get(pk=by_id)
    return notice_services.write_notices(portfolio=portfolio, by=by, on=timezone.localdate(), at=timezone.now())


@shared_task
def compare_changed() -> int:
    """Correct what was reported of loans whose history changed without our being told; says how many rows."""
    return services.compare_changed(on=timezone.localdate(), at=timezone.now())
