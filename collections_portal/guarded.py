"""`python -m collections_portal.guarded NAME MODULE ARGS…`: run a module, but not longer than the supervisor lives.

The supervisor holds a lock on var/run.lock; we wait for it in a thread. Getting it means that the supervisor is gone,
killed perhaps, so nobody would stop us any more.
"""

import fcntl
import os
import runpy
import signal
import sys
import threading
import time

from collections_portal.embedded.processes import remember
from collections_portal.environment import var_dir

RUN_LOCK, PIDS, LOGINS = "run.lock", "run", "logins.txt"
LAST_PATIENCE = 10  # seconds


def leave_with_supervisor() -> None:
    """Wait for the supervisor's end, then end this process and all that it started."""
    with (var_dir() / RUN_LOCK).open("r+b") as lock:
        fcntl.lockf(lock, fcntl.LOCK_SH)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_PATIENCE)
    os.killpg(os.getpgrp(), signal.SIGKILL)  # honcho gave us a group of our own


def main(arguments: list[str]) -> None:
    """Remember our number for the next start, guard, and become the module."""
    name, module, *rest = arguments
    remember(var_dir() / PIDS / f"{name}.pid")
    threading.Thread(target=leave_with_supervisor, daemon=True).start()
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
