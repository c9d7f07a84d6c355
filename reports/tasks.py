"""What the reports room does by itself, and what a worker does for somebody who asked."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from reports import services
from staff.models import User

# Before that the day that begins is still being closed.
FROM = dt.time(1)


@shared_task
def make_briefs() -> int:
    """Write the brief of every portfolio that has none of today, from one o'clock on; says how many."""
    at = timezone.localtime()
    return services.make_missing_briefs(on=at.date(), at=at) if at.time() >= FROM else 0


@shared_task
def bring_up_to_date(by_id: int) -> int:
    """Write today's briefs again for somebody, of the portfolios they may see; says how many."""
    return services.make_briefs(on=timezone.localdate(), at=timezone.now(), by=User.objects.get(pk=by_id))
