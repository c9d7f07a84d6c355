"""What the legal room does by itself."""

from celery import shared_task
from django.utils import timezone

from legal import services


@shared_task
def open_referrals() -> int:
    """Open the referrals of cases that have come to legal, end those of cases that have left; says how many."""
    return services.open_referrals(on=timezone.localdate(), at=timezone.now())
