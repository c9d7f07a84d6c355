"""What the letters room does by itself."""

from celery import shared_task
from django.utils import timezone

from letters import closing_services


@shared_task
def write_closing_letters() -> int:
    """Write the closing letters that are missing; people post them. Says how many."""
    return closing_services.write_closing_letters(on=timezone.localdate(), at=timezone.now())
