"""What the reports room does by itself, and what a worker does for somebody who asked."""

from celery import shared_task
from django.utils import timezone

from reports import services
from staff.models import User


@shared_task
def make_briefs() -> int:
    """Write the brief of every portfolio before people come to work; says how many."""
    return services.make_briefs(on=timezone.localdate(), at=timezone.now())


@shared_task
def bring_up_to_date(by_id: int) -> int:
    """Write today's briefs again for somebody, of the portfolios they may see; says how many."""
    return services.make_briefs(on=timezone.localdate(), at=timezone.now(), by=User.objects.get(pk=by_id))
