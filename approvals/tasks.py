"""What the approvals room does by itself: a sweep, so that what one that did not run left, the next one finds."""

from celery import shared_task
from django.utils import timezone

from approvals import services


@shared_task
def tidy() -> int:
    """End what nobody decided in time and what no longer fits its case; says how many requests."""
    return services.tidy(at=timezone.now())
