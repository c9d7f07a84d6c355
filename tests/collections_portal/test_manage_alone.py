"""Any manage.py command works on its own, and two at once do not disturb each other."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

from tests.collections_portal.portal import ROOT, clean_environment, left_after, manage, processes_of, sweep

ASK = "from django.db import connection; c = connection.cursor(); "


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("alone") / "var"
    yield folder
    sweep(folder)


def sleeper(var: Path, seconds: float) -> subprocess.Popen[str]:
    """A command that uses the database for a while."""
    return subprocess.Popen(
        [
            ROOT / ".venv/bin/python",
            "manage.py",
            "shell",
            "-c",
            f"{ASK}c.execute('SELECT pg_sleep({seconds})'); print('slept')",
        ],
        cwd=ROOT,
        env=clean_environment(var),
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_command_starts_the_servers_and_stops_them_at_its_end(var: Path) -> None:
    outcome = manage(var, "shell", "-c", f"{ASK}c.execute('SELECT 40 + 2'); print(c.fetchone())")
    assert "(42,)" in outcome.stdout, outcome.stderr
    assert processes_of(var) == []


def test_a_new_embedded_database_has_its_tables_at_the_first_command(var: Path) -> None:
    outcome = manage(var, "loan_states", "--on", "2026-10-31")
    assert outcome.stdout.splitlines() == [
        "loan_no,borrower_no,dpd,overdue_principal,overdue_interest,penalty,unapplied"
    ]
    assert outcome.stderr == ""


def test_two_commands_at_once_on_a_new_machine_make_its_tables_once(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [ROOT / ".venv/bin/python", "manage.py", "loan_states"],
            cwd=ROOT,
            env=clean_environment(tmp_path / "var"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _n in range(2)
    ]
    for command in both:
        out, err = command.communicate()
        assert (out[:8], err, command.returncode) == ("loan_no,", "", 0)
    assert processes_of(tmp_path / "var") == []


def test_a_reader_that_goes_away_is_no_error(var: Path) -> None:
    command = [str(ROOT / ".venv/bin/python"), "manage.py", "shell", "-v0", "-c", "print('x' * 1_000_000)"]
    line = f"{shlex.join(command)} | head -c 1"
    outcome = subprocess.run(["bash", "-c", line], cwd=ROOT, env=clean_environment(var), capture_output=True, text=True)
    assert (outcome.stdout, outcome.stderr) == ("x", "")
    assert processes_of(var) == []


def test_a_python_without_django_goes_on_with_the_one_of_the_portal(var: Path) -> None:
    bare = [sys._base_executable, "-I", "manage.py", "version"]  # type: ignore[attr-defined]
    outcome = subprocess.run(bare, cwd=ROOT, env=clean_environment(var), capture_output=True, text=True)
    assert outcome.stdout.strip() == django.__version__, outcome.stderr


def test_the_starter_may_leave_before_the_one_that_adopted(var: Path) -> None:
    short, long = sleeper(var, 0.1), sleeper(var, 5)
    assert "slept" in short.communicate()[0]
    assert "slept" in long.communicate()[0]
    assert processes_of(var) == []


def test_a_killed_command_does_not_keep_the_servers(var: Path) -> None:
    killed = sleeper(var, 60)
    while not (var / "servers.json").exists():
        assert killed.poll() is None
    killed.kill()
    killed.communicate()
    assert left_after(var, 20) == []


def test_keys_are_made_once_and_only_the_owner_reads_them(var: Path) -> None:
    first = manage(var, "shell", "-c", "from django.conf import settings; print(settings.SECRET_KEY)").stdout.split()[
        -1
    ]
    second = manage(var, "shell", "-c", "from django.conf import settings; print(settings.SECRET_KEY)").stdout.split()[
        -1
    ]
    assert first == second
    assert (var / "keys.env").stat().st_mode & 0o777 == 0o600


def test_the_embedded_database_asks_for_a_password(var: Path) -> None:
    outcome = manage(
        var, "shell", "-c", f"{ASK}c.execute('SELECT distinct auth_method FROM pg_hba_file_rules'); print(c.fetchall())"
    )
    assert "[('scram-sha-256',)]" in outcome.stdout
