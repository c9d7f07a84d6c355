"""What the portal does by itself, a line each; Celery beat reads it."""

from datetime import timedelta

from celery.schedules import schedule

EVERY_MINUTE = schedule(timedelta(minutes=1))

SCHEDULE = {
    "seal the audit log": {"task": "audit.tasks.seal", "schedule": EVERY_MINUTE},
}
