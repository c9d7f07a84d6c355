"""The Celery application that worker and beat run."""

import os
import signal

from celery import Celery
from celery.signals import worker_process_init

from collections_portal.embedded.processes import die_with_parent
from collections_portal.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collections_portal.settings")

app = Celery("collections_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = SCHEDULE


@worker_process_init.connect
def leave_with_worker(**_: object) -> None:
    """A pool process whose worker was killed has nobody left to work for."""
    die_with_parent(signal.SIGKILL)
