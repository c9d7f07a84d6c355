"""The long parts of an import, done by a worker."""

from celery import shared_task
from django.utils import timezone

from intake import services


@shared_task
def check(run_id: int, attempt: int) -> None:
    """Check a tape that was uploaded."""
    try:
        services.check_run(run_id=run_id, attempt=attempt, on=timezone.localdate(), at=timezone.now())
    except Exception:
        services.mark_interrupted(run_id=run_id, attempt=attempt)
        raise


@shared_task
def load(run_id: int, attempt: int) -> None:
    """Load a tape that was checked."""
    try:
        services.load_run(run_id=run_id, attempt=attempt, on=timezone.localdate(), at=timezone.now())
    except Exception:
        services.mark_interrupted(run_id=run_id, attempt=attempt)
        raise
