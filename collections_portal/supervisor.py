"""`make run`: servers, web, worker and beat under one supervisor that leaves nothing behind."""

import fcntl
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import active_children
from pathlib import Path
from types import FrameType

import psutil
from django.core.exceptions import ImproperlyConfigured
from honcho import manager as honcho

from collections_portal.embedded.lease import servers
from collections_portal.embedded.processes import ServerRefused, end, remembered
from collections_portal.environment import BASE_DIR, listed, number, var_dir
from collections_portal.guarded import LOGINS, PIDS, RUN_LOCK

HOST = "127.0.0.1"
SECONDS_TO_STOP = 8  # honcho then kills; with the servers' own stop this stays far under 30


class CannotRun(Exception):
    """Why the portal does not start, in one line."""


def commands(var: Path) -> dict[str, list[str]]:
    """What runs, by name."""
    celery = ["celery", "--quiet", "--app=collections_portal"]
    return {
        "web": ["gunicorn", "collections_portal.wsgi", "--config=python:collections_portal.web"],
        "worker": [*celery, "worker", "--concurrency=2", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", f"--schedule={var / 'beat-schedule'}", "--pidfile="],
    }


def run(port: int) -> int:
    """Everything, until a signal or until a part ends."""
    var = var_dir()
    with only_one(var):
        end_leftovers(var)
        refuse_busy(port)
        with servers():
            subprocess.run([sys.executable, "-m", "collections_portal.prepare"], cwd=BASE_DIR, check=True)
            return supervise(port, var)


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Hold the lock that our children watch; there is one supervisor for one var/."""
    # A record lock, not flock: it belongs to this process alone, so no forked child can keep it alive.
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = (var / RUN_LOCK).open("a+b")
    except OSError as reason:
        raise CannotRun(f"{var} cannot be written: {reason.strerror}. PORTAL_VAR moves it.") from reason
    with lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as reason:
            raise CannotRun(f"The portal already runs with {var}; stop it, or move var/ with PORTAL_VAR.") from reason
        yield


def end_leftovers(var: Path) -> None:
    """End what a killed run left behind: each part wrote down its number and when it started."""
    leftovers = [process for pid_file in sorted((var / PIDS).glob("*.pid")) if (process := remembered(pid_file))]
    if leftovers:
        print(f"Ending {len(leftovers)} processes of a run that was killed.", flush=True)
        end(leftovers)
    for pid_file in (var / PIDS).glob("*.pid"):
        pid_file.unlink(missing_ok=True)


def refuse_busy(port: int) -> None:
    """Find out about a taken port before anything else is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as reason:
            raise CannotRun(f"Port {port} cannot be used ({reason.strerror}); try PORT={port + 1}.") from reason


def supervise(port: int, var: Path) -> int:
    """Run the parts under honcho until one ends or we are told to stop."""
    honcho.KILL_WAIT = SECONDS_TO_STOP
    manager = honcho.Manager()
    environment = os.environ | {"PORT": str(port)}
    for name, command in commands(var).items():
        line = [sys.executable, "-m", "collections_portal.guarded", name, *command]
        manager.add_process(name, "exec " + shlex.join(line), env=environment, cwd=str(BASE_DIR))
    threading.Thread(target=greet, args=(port, var / PIDS / LOGINS), daemon=True).start()
    try:
        manager.loop()
    finally:
        end([psutil.Process(child.pid) for child in active_children() if child.pid], patience=SECONDS_TO_STOP)
    stopped_by_signal = manager.returncode in {130, 143}
    return 0 if stopped_by_signal else manager.returncode or 1  # no part ends by itself


def greet(port: int, logins: Path) -> None:
    """Say where the portal is and who can sign in, once it answers."""
    url = f"http://{HOST}:{port}/"
    host = listed("ALLOWED_HOSTS", HOST)[0].lstrip("*.") or HOST  # production answers to its own name only
    health = urllib.request.Request(f"{url}healthz/", headers={"Host": host})  # noqa: S310 - our own address
    while True:
        with suppress(OSError), urllib.request.urlopen(health, timeout=5):  # noqa: S310
            break
        time.sleep(0.1)
    people = logins.read_text(encoding="utf-8") if logins.exists() else ""
    print(f"\n  The portal is at {url}\n{people}  Ctrl-C stops everything.\n", flush=True)


def stop_when_left_alone() -> None:
    """Stop when `make`, which started us, is gone or has been interrupted.

    make passes SIGTERM on to us but not SIGINT, which it expects the terminal to send to both: sent to make alone it
    would wait for us for ever. While it waits it no longer catches the signal, and that can be seen.
    """
    parent = os.getppid()
    catching = catches_interrupt(parent)
    while os.getppid() == parent and catches_interrupt(parent) == catching:
        time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGINT)


def catches_interrupt(pid: int) -> bool:
    """Whether a process has a handler of its own for SIGINT; False where the system does not tell."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1)
    return False


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """`python -m collections_portal.supervisor`; PORT says where."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)  # also when started in the background, where a shell ignores it
    if os.environ.get("MAKELEVEL"):
        threading.Thread(target=stop_when_left_alone, daemon=True).start()
    try:
        return run(number("PORT", 8000))
    except KeyboardInterrupt:
        return 0
    except subprocess.CalledProcessError as failure:
        return failure.returncode
    except (CannotRun, ImproperlyConfigured, ServerRefused) as refusal:
        print(f"make run: {refusal}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
