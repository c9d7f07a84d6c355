"""`python -m tests.hasty_beat celery …`: beat that asks for a seal of the audit log every second, and nothing else."""

import datetime as dt
import runpy
import sys

from celery.schedules import schedule

from collections_portal.schedule import SCHEDULE

if __name__ == "__main__":
    for name in SCHEDULE.keys() - {"seal the audit log"}:
        del SCHEDULE[name]
    SCHEDULE["seal the audit log"]["schedule"] = schedule(dt.timedelta(seconds=1))
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
