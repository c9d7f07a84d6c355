"""What the staff room does by itself."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task
def forget_sessions() -> None:
    """Remove the sessions that have ended."""
    SessionStore.clear_expired()
