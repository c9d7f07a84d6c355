"""What the portal does by itself, a line each; Celery beat reads it.

Each line is a sweep: it does what is not done yet, so whatever did not run is made good by the next one
(docs/outages.md). A task that no worker has begun when its time is over is dropped: the next one is there already.
"""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab, schedule

EVERY_MINUTE: dict[str, Any] = {"schedule": schedule(timedelta(minutes=1)), "options": {"expires": 55}}
EVERY_FIVE_MINUTES: dict[str, Any] = {"schedule": schedule(timedelta(minutes=5)), "options": {"expires": 290}}
# Without an end: what is asked for once a day waits for a worker as long as it takes.
AFTER_MIDNIGHT: dict[str, Any] = {"schedule": crontab(hour=0, minute=30)}
EVERY_NIGHT: dict[str, Any] = {"schedule": crontab(hour=3, minute=10)}

SCHEDULE: dict[str, dict[str, Any]] = {
    "seal the audit log": {"task": "audit.tasks.seal", **EVERY_MINUTE},
    "wake the queue": {"task": "cases.tasks.wake_queue", **EVERY_MINUTE},
    "close the day": {"task": "cases.tasks.close_day", **AFTER_MIDNIGHT},
    # A night that was left, or one that did not begin at its hour.
    "carry the night on": {"task": "cases.tasks.carry_the_night_on", **EVERY_FIVE_MINUTES},
    # Planned after midnight as soon as the day is closed; sent when the policy's hours begin.
    "plan the reminders": {"task": "reminders.tasks.plan_day", **EVERY_FIVE_MINUTES},
    "send what is due by SMS": {"task": "reminders.tasks.send_due", "args": ("sms",), **EVERY_MINUTE},
    "send what is due by e-mail": {"task": "reminders.tasks.send_due", "args": ("email",), **EVERY_MINUTE},
    "tidy the outbox": {"task": "reminders.tasks.tidy_outbox", **EVERY_MINUTE},
    "tidy the approvals": {"task": "approvals.tasks.tidy", **EVERY_FIVE_MINUTES},
    # For the cases that the close of day has closed; people post them.
    "write closing letters": {"task": "letters.tasks.write_closing_letters", **EVERY_FIVE_MINUTES},
    # Of cases that have come to legal, or left it.
    "open referrals": {"task": "legal.tasks.open_referrals", **EVERY_FIVE_MINUTES},
    # From one o'clock on, as soon as the day is closed.
    "write the morning brief": {"task": "reports.tasks.make_briefs", **EVERY_FIVE_MINUTES},
    # What a hold stops, and what nobody went to.
    "tidy the visits": {"task": "visits.tasks.tidy", **EVERY_FIVE_MINUTES},
    # A report that a worker left, and overdues that ended without money, as by a closing.
    "carry the reports on": {"task": "bureau.tasks.carry_on", **EVERY_FIVE_MINUTES},
    "compare the overdue record with the books": {"task": "bureau.tasks.compare_changed", **EVERY_NIGHT},
    "forget sessions that have ended": {"task": "staff.tasks.forget_sessions", **EVERY_NIGHT},
}
