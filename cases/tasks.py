"""What the cases room does by itself."""

from celery import shared_task
from django.utils import timezone

from cases import assignment_services, desk_services, services


@shared_task
def close_day() -> int:
    """Open and move cases, so that the lists are right when people come to work; says how many changes."""
    return services.close_day(on=timezone.localdate(), at=timezone.now()).changes


@shared_task
def hand_over(handover_id: int) -> None:
    """Carry out a handover that somebody agreed to."""
    assignment_services.run_handover(handover_id=handover_id, on=timezone.localdate(), at=timezone.now())


@shared_task
def wake_queue() -> int:
    """Place the cases anew whose moment has come, such as a call back; says how many."""
    return desk_services.wake(at=timezone.now())
