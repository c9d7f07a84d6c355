"""What the cases room does by itself."""

from celery import shared_task
from django.utils import timezone

from cases import assignment_services, services


@shared_task
def close_day() -> int:
    """Open and move cases, so that the lists are right when people come to work; says how many changes."""
    return services.close_day(on=timezone.localdate(), at=timezone.now()).changes


@shared_task
def hand_over(handover_id: int) -> None:
    """Carry out a handover that somebody agreed to."""
    assignment_services.run_handover(handover_id=handover_id, on=timezone.localdate(), at=timezone.now())
