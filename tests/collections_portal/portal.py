"""A portal started the way a person starts it, and what a person can see of it from outside."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from collections_portal.embedded.postgres import free_port

STARTED: list[subprocess.Popen[bytes]] = []
ROOT = Path(__file__).resolve().parents[2]


def clean_environment(var: Path, **more: str) -> dict[str, str]:
    """What a new user's shell holds: no addresses, no keys."""
    ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "DEBUG", "PORTAL_TEST_RUN"}
    ours |= {"SMTP_URL", "MESSAGES_FROM", "SMS_URL", "SMS_KEY", "HOOK_KEY", "GATEWAY_SECONDS"}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("COV_")}
    # A small demo: these tests are about starting and stopping.
    return kept | {"PORTAL_VAR": str(var), "DEMO_LOANS": "20", **more}


def manage(var: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """One manage.py command, from start to end."""
    python = ROOT / ".venv" / "bin" / "python"
    environment = clean_environment(var, **more)
    return subprocess.run([python, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True)


def processes_of(var: Path) -> list[psutil.Process]:
    """Everything that runs for this var/: by its command line or by its environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            named = any(str(var) in word for word in process.cmdline())
            if named or process.environ().get("PORTAL_VAR") == str(var):
                found.append(process)
    return found


def left_after(var: Path, seconds: float) -> list[str]:
    """The command lines of what still runs when the time is over; empty as soon as nothing does."""
    deadline = time.monotonic() + seconds
    while (left := processes_of(var)) and time.monotonic() < deadline:
        time.sleep(0.2)
    lines = []
    for process in left:
        with suppress(psutil.Error):
            lines.append(" ".join(process.cmdline()))
    return lines


@dataclass
class Portal:
    """One `make run`."""

    var: Path
    port: int
    make: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        return (self.var.parent / "output.txt").read_text(encoding="utf-8", errors="replace")

    def answers(self, seconds: float = 60) -> bool:
        """Whether the health page says ok before the time is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.make.poll() is None:
            address = f"http://127.0.0.1:{self.port}/healthz/"
            with suppress(OSError, urllib.error.URLError), urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.read() == b"ok")
            time.sleep(0.1)
        return False

    def part(self, word: str) -> psutil.Process:
        """The oldest process with this word on its command line."""
        named = [p for p in processes_of(self.var) if word in " ".join(p.cmdline())]
        return min(named, key=lambda process: process.create_time())


def start(var: Path, port: int | None = None) -> Portal:
    """`make run` in a session of its own, as a terminal gives."""
    port = port or free_port()
    with (var.parent / "output.txt").open("wb") as output:
        make = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=clean_environment(var, PORT=str(port)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    STARTED.append(make)
    return Portal(var, port, make)


def kill_all(var: Path) -> None:
    """kill -9 for everything of this var/, by its number."""
    for process in processes_of(var):
        with suppress(psutil.Error):
            process.kill()


def sweep(var: Path) -> None:
    """Leave nothing behind, not even the zombie of a `make` that a test started."""
    kill_all(var)
    while STARTED:
        STARTED.pop().wait(30)
