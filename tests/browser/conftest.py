"""The portal as a person meets it: gunicorn, a running Celery worker, and Chromium."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from collections_portal.embedded.postgres import free_port
from collections_portal.translations import LOCALE, compile_changed
from tests.committed import committed, emptied_by_us

__all__ = ["committed", "emptied_by_us"]

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def portal(committed: None) -> Iterator[str]:
    """The address of a portal with a worker, on this test's own database."""
    with running_portal() as address:
        yield address


@contextmanager
def running_portal(at: dt.datetime | Path | None = None) -> Iterator[str]:
    """A portal with a worker on this test's own database.

    Its clocks start at a moment, are read from a file before each request and task, or tell the time.
    """
    address, _slash, _name = os.environ["DATABASE_URL"].partition("?")[0].rpartition("/")
    query = os.environ["DATABASE_URL"].partition("?")[1:]
    environment = os.environ | {"DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}{''.join(query)}"}
    compile_changed(LOCALE)
    port = free_port()
    python = [sys.executable, "-m", *_clock(at)]
    commands = [
        [*python, "gunicorn", "collections_portal.wsgi", f"--bind=127.0.0.1:{port}", "--no-control-socket"],
        [*python, "celery", "--quiet", "--app=collections_portal", "worker", "--concurrency=1"],
    ]
    started = [subprocess.Popen(command, cwd=ROOT, env=environment) for command in commands]
    try:
        wait_for(f"http://127.0.0.1:{port}/login/")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=30)


def _clock(at: dt.datetime | Path | None) -> list[str]:
    if at is None:
        return []
    return ["tests.on_days", str(at)] if isinstance(at, Path) else ["tests.on_a_day", at.isoformat()]


def wait_for(url: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    pytest.fail(f"{url} did not answer within {seconds:.0f} s")


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield chromium
        chromium.close()


@contextmanager
def signed_in(browser: Browser, portal: str, username: str, password: str) -> Iterator[Page]:
    """Somebody at their own desk; anything the browser complains about fails the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=portal)
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A refusal that a test asks for, such as 404 or 422, is not a fault of the page.
        if message.type in {"error", "warning"} and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    page = context.new_page()
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{portal}/")
    yield page
    context.close()
    assert not complaints
