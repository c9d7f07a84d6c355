"""`python -m tests.on_days FILE MODULE …`: a program that lives through days; before each task it looks at the clock.

The file holds a moment; a Celery task begins at the moment that stands there, and the clock runs on from it.
"""

import datetime as dt
import runpy
import sys
from pathlib import Path

import time_machine
from celery.signals import task_prerun


def main() -> None:
    clock, sys.argv = Path(sys.argv[1]), sys.argv[2:]
    with time_machine.travel(read(clock), tick=True) as travelling:
        task_prerun.connect(lambda **_task: travelling.move_to(read(clock)), weak=False)
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def read(clock: Path) -> dt.datetime:
    return dt.datetime.fromisoformat(clock.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
