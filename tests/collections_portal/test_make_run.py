"""`make run`, from outside: what a person at a terminal can rely on."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collections_portal.portal import (
    Portal,
    clean_environment,
    kill_all,
    left_after,
    manage,
    processes_of,
    start,
    sweep,
)
from tests.proof import size

pytestmark = pytest.mark.xdist_group("make_run")  # whole portals, one at a time
STOP_WITHIN = 30


@pytest.fixture(scope="module")
def filled_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One var/ for all of these tests; the first start fills it."""
    folder = tmp_path_factory.mktemp("portal") / "var"
    first = start(folder)
    assert first.answers(240), first.output
    os.killpg(first.make.pid, signal.SIGINT)
    assert left_after(folder, STOP_WITHIN) == []
    return folder


@pytest.fixture
def var(filled_var: Path) -> Iterator[Path]:
    yield filled_var
    sweep(filled_var)


@pytest.fixture
def portal(var: Path) -> Portal:
    running = start(var)
    assert running.answers(), running.output
    return running


def test_a_second_start_keeps_the_data_and_does_not_load_the_demo_again(var: Path) -> None:
    before = manage(var, "shell", "-c", "from staff.models import User; print(User.objects.count())").stdout
    running = start(var)
    assert running.answers(), running.output
    assert "the demo is not loaded" in running.output
    during = manage(var, "shell", "-c", "from staff.models import User; print(User.objects.count())").stdout
    assert before.split()[-1] == during.split()[-1] != "0"
    assert running.answers(), "the portal must not lose its servers to a command that came and went"
    os.killpg(running.make.pid, signal.SIGINT)
    assert left_after(var, STOP_WITHIN) == []
    assert running.make.wait(5) is not None


SIGNALS = [
    ("the group of make", signal.SIGINT),  # Ctrl-C in a terminal
    ("make alone", signal.SIGTERM),
    ("make alone", signal.SIGINT),
    ("the supervisor alone", signal.SIGTERM),
]
PARTS = ["collections_portal.supervisor", "guarded worker", "make run", "guarded web"]


@pytest.mark.parametrize(("whom", "number"), SIGNALS[: size(full=4, every_day=2)])
def test_a_signal_stops_everything(portal: Portal, whom: str, number: signal.Signals) -> None:
    if whom == "the group of make":
        os.killpg(portal.make.pid, number)
    else:
        pid = portal.make.pid if whom == "make alone" else portal.part("collections_portal.supervisor").pid
        os.kill(pid, number)
    assert left_after(portal.var, STOP_WITHIN) == []
    assert "Traceback" not in portal.output


@pytest.mark.parametrize("part", PARTS[: size(full=4, every_day=2)])
def test_when_one_part_is_killed_the_rest_stops_by_itself(portal: Portal, part: str) -> None:
    portal.part(part).kill()
    assert left_after(portal.var, STOP_WITHIN) == []


def test_when_the_keeper_of_the_servers_is_killed_the_servers_go_and_the_next_start_recovers(portal: Portal) -> None:
    portal.part("embedded.keeper").kill()
    os.killpg(portal.make.pid, signal.SIGTERM)
    assert left_after(portal.var, STOP_WITHIN) == []
    again = start(portal.var)
    assert again.answers(), again.output


def test_when_everything_is_killed_the_next_start_recovers(portal: Portal) -> None:
    kill_all(portal.var)
    again = start(portal.var)
    assert again.answers(), again.output
    os.killpg(again.make.pid, signal.SIGTERM)
    assert left_after(portal.var, STOP_WITHIN) == []


def test_when_all_but_the_servers_are_killed_they_stop_by_themselves(portal: Portal) -> None:
    for process in processes_of(portal.var):
        if "postgres" not in process.name() and not any("keeper" in word for word in process.cmdline()):
            process.kill()
    assert left_after(portal.var, STOP_WITHIN) == []


def test_a_second_portal_with_the_same_var_is_refused_in_one_line(portal: Portal) -> None:
    outcome = make_run(portal.var, str(portal.port))
    assert "already runs" in outcome.stderr.splitlines()[0]


def test_a_busy_port_is_one_line(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        outcome = make_run(var, str(other.getsockname()[1]))
    assert outcome.returncode != 0
    assert "cannot be used" in outcome.stderr.splitlines()[0]
    assert "Traceback" not in outcome.stderr
    assert left_after(var, STOP_WITHIN) == []


def test_a_var_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be", encoding="utf-8")
    outcome = make_run(tmp_path / "var", "8999")
    assert outcome.returncode != 0
    assert "cannot be written" in outcome.stderr.splitlines()[0]
    assert "Traceback" not in outcome.stderr


def make_run(var: Path, port: str) -> "subprocess.CompletedProcess[str]":
    environment = clean_environment(var, PORT=port)
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(["make", "run"], cwd=root, env=environment, capture_output=True, text=True, timeout=60)
