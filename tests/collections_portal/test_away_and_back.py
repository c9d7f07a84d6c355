"""Web, worker and beat as processes: what is away comes back, and nobody has to start anything again."""

import datetime as dt
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
import time_machine
from django.db import connection
from django.utils import timezone

from audit.models import Pending
from audit.services import record
from collections_portal.celery import app
from collections_portal.embedded.postgres import free_port
from collections_portal.environment import BASE_DIR
from collections_portal.schedule import EVERY_MINUTE, SCHEDULE
from tests.committed import committed, emptied_by_us
from tests.outages import LOOPBACK, Broker, Line, asked_through

__all__ = ["committed", "emptied_by_us"]

pytestmark = pytest.mark.xdist_group("away_and_back")

CELERY = ("celery", "--quiet", "--app=collections_portal")
WORKER = (*CELERY, "worker", "--concurrency=1", "--without-gossip", "--without-mingle")
MIDNIGHT = dt.datetime.fromisoformat("2026-03-02T00:00:00+08:00")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    own = Broker(tmp_path)
    yield own
    own.stop()


@pytest.fixture
def line(committed: None) -> Iterator[Line]:
    own = Line()
    yield own
    own.cut()


def surroundings(broker: Broker, line: Line) -> dict[str, str]:
    """This test's database by the line, and its broker."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    where = f"{parts.netloc.rpartition('@')[0]}@{LOOPBACK}:{line.port}"
    database = urlunsplit((parts.scheme, where, connection.settings_dict["NAME"], "", ""))
    return os.environ | {"DATABASE_URL": database, "REDIS_URL": broker.url}


@contextmanager
def running(env: dict[str, str], log: Path, *commands: tuple[str, ...]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Modules as processes, ended politely at the end."""
    with log.open("wb") as output:
        started = [
            subprocess.Popen([sys.executable, "-m", *command], cwd=BASE_DIR, env=env, stdout=output, stderr=output)
            for command in commands
        ]
        try:
            yield started
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(timeout=60)


def until(happened: Callable[[], bool], log: Path, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace")[-4000:])


def answer(url: str) -> tuple[int, str]:
    """Status and text of a page; 0 when nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=20) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


def something_to_seal() -> None:
    record(actor=None, action="test.happened", subject="something", at=timezone.now())


def all_sealed() -> bool:
    return not Pending.objects.exists()


def test_valkey_and_then_postgresql_go_and_come_back_and_all_goes_on(
    broker: Broker, line: Line, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "output.txt"
    web = ("gunicorn", "collections_portal.wsgi", f"--bind={LOOPBACK}:{port}", "--workers=1", "--no-control-socket")
    beat = ("tests.hasty_beat", *CELERY, "beat", f"--schedule={tmp_path / 'beat'}", "--pidfile=")
    page, health = (f"http://{LOOPBACK}:{port}/{path}/" for path in ("login", "healthz"))
    something_to_seal()
    with running(surroundings(broker, line), log, web, WORKER, beat) as parts:
        until(lambda: answer(health) == (200, "ok"), log)
        until(all_sealed, log)

        broker.stop()
        something_to_seal()
        assert answer(page)[0] == 200
        time.sleep(2)  # beat has asked in vain meanwhile
        assert not all_sealed()
        broker.come_back()
        until(all_sealed, log)

        line.cut()
        something_to_seal()
        status, text = answer(page)
        assert (status, answer(health)[0]) == (503, 503)
        assert "Nothing can be shown or saved until it does." in text
        time.sleep(2)  # tasks have failed meanwhile
        line.mend()
        until(lambda: answer(page)[0] == 200, log)
        until(all_sealed, log)
        assert [part.poll() for part in parts] == [None, None, None]


def test_of_what_piled_up_while_the_worker_was_away_for_an_hour_only_the_last_minute_is_done(
    broker: Broker, line: Line, tmp_path: Path
) -> None:
    often = [entry for entry in SCHEDULE.values() if entry["schedule"] is EVERY_MINUTE["schedule"]]
    log = tmp_path / "output.txt"
    with asked_through(broker):
        for minute in range(60):
            with time_machine.travel(MIDNIGHT + minute * MINUTE, tick=False):
                for entry in often:
                    app.send_task(entry["task"], args=entry.get("args", ()), **entry["options"])
    began = ("tests.on_a_day", (MIDNIGHT + 59 * MINUTE).isoformat())
    with redis.Redis.from_url(broker.url) as client:
        assert client.llen("celery") == 60 * len(often)
        with running(surroundings(broker, line), log, (*began, *WORKER, "--loglevel=INFO")):
            until(lambda: not client.llen("celery") and not client.hlen("unacked"), log)
    text = log.read_text(encoding="utf-8")
    assert (text.count("succeeded in"), text.count(" raised ")) == (len(often), 0)


def test_what_is_asked_for_once_a_day_waits_for_a_worker_and_what_comes_often_does_not() -> None:
    for entry in SCHEDULE.values():
        period = getattr(entry["schedule"], "run_every", None)
        if isinstance(period, dt.timedelta) and period < dt.timedelta(hours=1):
            assert 0 < entry["options"]["expires"] < period.total_seconds()
        else:
            assert "expires" not in entry.get("options", {})
