"""A real Celery worker on this test's own database whose clock starts at a moment, and which can be killed."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from collections_portal.celery import app
from tests.reminders.sinks import SMS_SECRET

ROOT = Path(__file__).resolve().parents[2]


def environment(addresses: dict[str, str], **more: str) -> dict[str, str]:
    """What a process needs to work on this test's database with the sinks at these addresses."""
    server, _slash, _name = os.environ["DATABASE_URL"].partition("?")[0].rpartition("/")
    query = "".join(os.environ["DATABASE_URL"].partition("?")[1:])
    gateways = {"SMTP_URL": addresses["smtp"], "SMS_URL": addresses["sms"], "SMS_KEY": SMS_SECRET}
    database = f"{server}/{connection.settings_dict['NAME']}{query}"
    # What is killed measures nothing, and starts in half the time.
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return ours | {"DATABASE_URL": database, "MESSAGES_FROM": "portal@example.test", **gateways, **more}


def start_worker(clock: dt.datetime | Path, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A worker with one pool process; its clock starts at a moment, or is read from a file before each task."""
    celery = ["celery", "--quiet", "--app=collections_portal", "worker", "--concurrency=1"]
    program = ["tests.on_days", str(clock)] if isinstance(clock, Path) else ["tests.on_a_day", clock.isoformat()]
    command = [sys.executable, "-m", *program, *celery]
    with log.open("ab") as output:
        options = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return subprocess.Popen([*command, *options], cwd=ROOT, env=env, stdout=output, stderr=output)


@contextmanager
def gateways(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """A mail server and an SMS gateway in a process of their own: their addresses; what they took is in `folder`."""
    command = [sys.executable, "-m", "tests.reminders.sinks", str(folder), "--any-time", *options]
    sinks = subprocess.Popen(command, cwd=ROOT)
    try:
        assert wait_until((folder / "addresses.json").exists)
        yield json.loads((folder / "addresses.json").read_text(encoding="utf-8"))
    finally:
        sinks.terminate()
        sinks.wait(timeout=30)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """As a power cut does; its pool process goes with it."""
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=30)


@contextmanager
def a_worker(clock: dt.datetime | Path, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is ended politely, unless it is gone already."""
    worker = start_worker(clock, env, log)
    try:
        yield worker
    finally:
        if worker.poll() is None:
            worker.terminate()
            worker.wait(timeout=60)


def ask_for(*tasks: tuple[str, tuple[str, ...]]) -> None:
    """Put tasks on the line as beat does."""
    # Elsewhere in the tests a task runs where it is asked for.
    app.conf.task_always_eager = False
    try:
        for name, arguments in tasks:
            app.send_task(name, args=arguments)
    finally:
        app.conf.task_always_eager = True


def forget_tasks() -> None:
    """Nothing of another test is on the line."""
    app.control.purge()


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def wait_until(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something became true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False
