"""Using the embedded servers: adopt those that run, or start them, and give them back."""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from collections_portal.embedded.keeper import ADDRESSES, ANOTHER_KEEPER, KEEPER_LOCK, LEASE
from collections_portal.embedded.processes import ServerRefused, quietly
from collections_portal.environment import BASE_DIR, development_keys, var_dir

PATIENCE = 90.0  # seconds until servers answer
GOODBYE = 25.0  # seconds until they have stopped


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to use the servers of one var/, for as long as this process lives or until `give_back`."""

    var: Path
    descriptor: int
    addresses: dict[str, str]
    keeper: subprocess.Popen[bytes] | None = None

    def give_back(self) -> None:
        """Stop using them; the last user waits until they have stopped."""
        os.close(self.descriptor)
        deadline = time.monotonic() + GOODBYE
        while time.monotonic() < deadline and _keeper_alive(self.var) and not _others_use(self.var):
            time.sleep(0.05)
        if self.keeper and self.keeper.poll() is None:
            self.keeper.returncode = 0  # somebody else still uses it: it outlives us on purpose


def take(var: Path, *, scratch: bool = False) -> Lease:
    """Use the servers of this var/; with `scratch` they are fast, and vanish with their folder afterwards."""
    development_keys(var)  # also finds out whether var/ can be written
    try:
        descriptor = os.open(var / LEASE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as reason:
        raise ServerRefused(f"{var} cannot be written: {reason.strerror}. PORTAL_VAR moves it.") from reason
    fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while a keeper is stopping
    deadline = time.monotonic() + PATIENCE
    keeper: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        if (keeper is None or keeper.poll() is not None) and not _keeper_alive(var):
            (var / ADDRESSES).unlink(missing_ok=True)  # of a keeper that was killed
            keeper = _start_keeper(var, scratch=scratch)
        with suppress(OSError, ValueError):
            return Lease(var, descriptor, json.loads((var / ADDRESSES).read_text(encoding="utf-8")), keeper)
        if keeper and keeper.poll() not in (None, 0, ANOTHER_KEEPER):
            raise ServerRefused((var / "log" / "keeper.log").read_text(encoding="utf-8").strip().split("\n")[-1])
        time.sleep(0.05)
    raise ServerRefused(f"The embedded servers did not answer within {PATIENCE:.0f} s; see {var / 'log'}.")


@contextmanager
def servers() -> Iterator[bool]:
    """Make sure DATABASE_URL and REDIS_URL name servers while the block runs; what is set stays as it is.

    Says whether the database is the embedded one.
    """
    production = os.environ.get("DEBUG") == "0"  # which gets no embedded servers: the settings say so
    if production or (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        yield False
        return
    lease = take(var_dir())
    own_database = not os.environ.get("DATABASE_URL")
    for name, url in lease.addresses.items():
        if not os.environ.get(name):
            os.environ[name] = url
    try:
        yield own_database
    finally:
        lease.give_back()


def _start_keeper(var: Path, *, scratch: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "collections_portal.embedded.keeper", str(var), *(["scratch"] if scratch else [])]
    with quietly(var / "log" / "keeper.log") as log:
        # Its own session: a Ctrl-C in our terminal must not reach the servers before their users have left.
        return subprocess.Popen(
            command, cwd=BASE_DIR, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _keeper_alive(var: Path) -> bool:
    return not _free(var / KEEPER_LOCK, fcntl.LOCK_SH)


def _others_use(var: Path) -> bool:
    return not _free(var / LEASE, fcntl.LOCK_EX) and _free(var / LEASE, fcntl.LOCK_SH)


def _free(path: Path, how: int) -> bool:
    """Whether this lock could be had now; it is let go at once."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:  # nobody has used it yet, or the whole folder is gone
        return True
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
