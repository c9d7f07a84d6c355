"""What the portal does by itself, a line each; Celery beat reads it."""

from datetime import timedelta

from celery.schedules import crontab, schedule

EVERY_MINUTE = schedule(timedelta(minutes=1))
AFTER_MIDNIGHT = crontab(hour=0, minute=30)
BEFORE_WORK = crontab(hour=1, minute=0)
EVERY_NIGHT = crontab(hour=3, minute=10)

SCHEDULE = {
    "seal the audit log": {"task": "audit.tasks.seal", "schedule": EVERY_MINUTE},
    "wake the queue": {"task": "cases.tasks.wake_queue", "schedule": EVERY_MINUTE},
    "close the day": {"task": "cases.tasks.close_day", "schedule": AFTER_MIDNIGHT},
    "write the morning brief": {"task": "reports.tasks.make_briefs", "schedule": BEFORE_WORK},
    "forget sessions that have ended": {"task": "staff.tasks.forget_sessions", "schedule": EVERY_NIGHT},
}
