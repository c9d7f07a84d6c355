"""Starting processes that cannot outlive us, and ending those that a crash left behind."""

import ctypes
import os
import pwd
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_DAC_OVERRIDE, CAPABILITY_VERSION_3 = 1, 0x20080522
SERVER_USER = "nobody"

_libc = ctypes.CDLL(None, use_errno=True)
_on_linux = sys.platform == "linux"


class ServerRefused(Exception):
    """An embedded server could not start; the message is the one line to show."""


def server_account() -> pwd.struct_passwd | None:
    """Whom a server runs as: ourselves, unless we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError as reason:
        raise ServerRefused(f"PostgreSQL refuses to run as root and there is no user {SERVER_USER}.") from reason


def die_with_parent(how: int) -> None:
    """Ask the kernel for this signal when the process that started us is gone, however it went."""
    if _on_linux:
        _libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)


def step_down(account: pwd.struct_passwd) -> None:
    """Become another user but keep the right to enter folders, because a checkout under /root is closed to others.

    Where the kernel does not grant that right, the folders must be open; `barrier` names the one that is not.
    """
    if _on_linux:
        _libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    if _on_linux:
        bit = 1 << CAP_DAC_OVERRIDE
        _libc.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), struct.pack("6I", bit, bit, bit, 0, 0, 0))
        _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def before_exec(account: pwd.struct_passwd | None, how: int) -> Callable[[], None]:
    """What a new server does between fork and exec."""

    def prepare() -> None:
        if account:
            step_down(account)
        die_with_parent(how)  # after the change of user, which clears it

    return prepare


def start(command: Sequence[str], *, log: Path, account: pwd.struct_passwd | None, how: int) -> subprocess.Popen[bytes]:
    """Start a server whose output goes to `log`."""
    try:
        with log.open("wb") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                preexec_fn=before_exec(account, how),
            )
    except OSError as reason:
        raise ServerRefused(f"{Path(command[0]).name} did not start: {reason}{barrier(Path(command[0]))}") from reason


def barrier(path: Path) -> str:
    """Which folder on the way keeps the servers' user out, as the end of a message; empty when none does."""
    if os.geteuid() != 0:
        return ""
    for folder in path.parents:
        if not folder.stat().st_mode & 0o001:
            return f" (as root the server runs as {SERVER_USER}, who may not enter {folder}: move it or PORTAL_VAR)"
    return ""


def last_line(log: Path) -> str:
    """What a server said last."""
    with suppress(OSError):
        lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""
    return ""


def remember(pid_file: Path) -> None:
    """Write down who we are, so that the next start can tell us from a stranger with the same number."""
    write_pid(pid_file, os.getpid())


def write_pid(pid_file: Path, pid: int) -> None:
    """A process number with the moment it started: together they never come again."""
    pid_file.parent.mkdir(parents=True, exist_ok=True)
    pid_file.write_text(f"{pid} {psutil.Process(pid).create_time()}\n", encoding="utf-8")


def remembered(pid_file: Path) -> psutil.Process | None:
    """The process a file speaks of, if it still runs."""
    with suppress(OSError, ValueError, psutil.Error):
        pid, started = pid_file.read_text(encoding="utf-8").split()
        process = psutil.Process(int(pid))
        if abs(process.create_time() - float(started)) < 0.05 and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def end(processes: Iterable[psutil.Process], *, first: int = signal.SIGTERM, patience: float = 10) -> None:
    """End these processes and what they started: politely, then not."""
    family: list[psutil.Process] = []
    for process in processes:
        with suppress(psutil.Error):
            family += [process, *process.children(recursive=True)]
            process.send_signal(first)
    _, stubborn = psutil.wait_procs(family, timeout=patience)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)


def quietly(log: Path) -> IO[bytes]:
    """A file for output nobody waits for."""
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("wb")
