"""`python -m tests.on_days FILE MODULE …`: a program that lives through days.

The file holds a moment; a Celery task, or the answer to a request, begins at the moment that stands there, and the
clock runs on from it.
"""

import datetime as dt
import runpy
import sys
from pathlib import Path

import time_machine
from celery.signals import task_prerun
from django.core.signals import request_started


def main() -> None:
    clock, sys.argv = Path(sys.argv[1]), sys.argv[2:]
    with time_machine.travel(read(clock), tick=True) as travelling:
        for begins in (task_prerun, request_started):
            begins.connect(lambda **_what: travelling.move_to(read(clock)), weak=False)
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def write(clock: Path, moment: dt.datetime) -> None:
    """Set the clock of whoever reads the file; they never see half a moment."""
    draft = clock.with_suffix(".draft")
    draft.write_text(moment.isoformat(), encoding="utf-8")
    draft.replace(clock)


def read(clock: Path) -> dt.datetime:
    return dt.datetime.fromisoformat(clock.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
