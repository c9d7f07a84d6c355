"""What the portal does by itself, a line each; Celery beat reads it."""

from datetime import timedelta

from celery.schedules import crontab, schedule

EVERY_MINUTE = schedule(timedelta(minutes=1))
EVERY_FIVE_MINUTES = schedule(timedelta(minutes=5))
AFTER_MIDNIGHT = crontab(hour=0, minute=30)
BEFORE_WORK = crontab(hour=1, minute=0)
EVERY_NIGHT = crontab(hour=3, minute=10)

SCHEDULE = {
    "seal the audit log": {"task": "audit.tasks.seal", "schedule": EVERY_MINUTE},
    "wake the queue": {"task": "cases.tasks.wake_queue", "schedule": EVERY_MINUTE},
    "close the day": {"task": "cases.tasks.close_day", "schedule": AFTER_MIDNIGHT},
    "carry the night on": {"task": "cases.tasks.carry_the_night_on", "schedule": EVERY_FIVE_MINUTES},
    # Planned after midnight as soon as the day is closed; sent when the policy's hours begin.
    "plan the reminders": {"task": "reminders.tasks.plan_day", "schedule": EVERY_FIVE_MINUTES},
    "send what is due by SMS": {"task": "reminders.tasks.send_due", "args": ("sms",), "schedule": EVERY_MINUTE},
    "send what is due by e-mail": {"task": "reminders.tasks.send_due", "args": ("email",), "schedule": EVERY_MINUTE},
    "tidy the outbox": {"task": "reminders.tasks.tidy_outbox", "schedule": EVERY_MINUTE},
    "write the morning brief": {"task": "reports.tasks.make_briefs", "schedule": BEFORE_WORK},
    "forget sessions that have ended": {"task": "staff.tasks.forget_sessions", "schedule": EVERY_NIGHT},
}
