"""`python -m tests.on_a_day MOMENT MODULE …`: a program whose clock starts at a moment and runs on from there.

What a collector may do depends on the time of the day, and a promise is broken on a later one.
"""

import datetime as dt
import runpy
import sys

import time_machine

if __name__ == "__main__":
    moment, sys.argv = dt.datetime.fromisoformat(sys.argv[1]), sys.argv[2:]
    with time_machine.travel(moment, tick=True):
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
