"""A real Celery worker on this test's own database whose clock starts at a moment, and which can be killed."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
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
    return os.environ | {"DATABASE_URL": database, "MESSAGES_FROM": "portal@example.test", **gateways, **more}


def start_worker(moment: dt.datetime, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A worker with one pool process."""
    celery = ["celery", "--quiet", "--app=collections_portal", "worker", "--concurrency=1"]
    command = [sys.executable, "-m", "tests.on_a_day", moment.isoformat(), *celery]
    with log.open("ab") as output:
        options = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return subprocess.Popen([*command, *options], cwd=ROOT, env=env, stdout=output, stderr=output)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """As a power cut does; its pool process goes with it."""
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=30)


@contextmanager
def a_worker(moment: dt.datetime, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is ended politely, unless it is gone already."""
    worker = start_worker(moment, env, log)
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


def wait_until(true: "object", seconds: float = 60) -> bool:
    """Whether something became true in time."""
    assert callable(true)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False
