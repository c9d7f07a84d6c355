"""What the visits room does by itself."""

from celery import shared_task
from django.utils import timezone

from visits import services


@shared_task
def tidy() -> int:
    """Call off visits that a hold or a payment stops, and end those that are past their time; says how many."""
    return services.tidy(at=timezone.now())
