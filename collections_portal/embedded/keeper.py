"""The process that owns the embedded servers: it starts them, and stops them when nobody uses them any more.

Every user of the servers holds a shared lock on var/lease. The keeper asks for the same lock alone and waits: the
kernel gives it at the moment the last user is gone, also one that was killed. So nobody can pull a server from under
somebody else, and nothing has to be counted.
"""

import fcntl
import json
import os
import shutil
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from collections_portal.embedded.postgres import Postgres
from collections_portal.embedded.processes import ServerRefused
from collections_portal.embedded.valkey import Valkey
from collections_portal.environment import development_keys

ANOTHER_KEEPER = 75  # our exit code when there is one already
ADDRESSES, LEASE, KEEPER_LOCK = "servers.json", "lease", "keeper.lock"


class Asked(Exception):
    """Somebody asked the keeper itself to stop."""


def keep(var: Path, *, scratch: bool) -> int:
    """Run both servers until the last lease is given back."""
    lock = os.open(var / KEEPER_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return ANOTHER_KEEPER
    password = development_keys(var)["EMBEDDED_PASSWORD"]
    logs = var / "log"
    logs.mkdir(exist_ok=True)
    lease = os.open(var / LEASE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with ExitStack() as servers:
            postgres = Postgres(var / "pg", password, scratch, logs / "postgres.log")
            database, database_url = postgres.start()
            servers.callback(postgres.stop, database)
            valkey = Valkey(var / "valkey", password, logs / "valkey.log")
            broker, redis_url = valkey.start()
            servers.callback(valkey.stop, broker)
            _announce(var, database_url, redis_url)
            fcntl.flock(lease, fcntl.LOCK_EX)  # from here a newcomer waits until we are gone, then starts afresh
            (var / ADDRESSES).unlink(missing_ok=True)
    except Asked:
        (var / ADDRESSES).unlink(missing_ok=True)
    if scratch:
        shutil.rmtree(var, ignore_errors=True)
    return 0


def _announce(var: Path, database_url: str, redis_url: str) -> None:
    draft = var / f"{ADDRESSES}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"DATABASE_URL": database_url, "REDIS_URL": redis_url}), encoding="utf-8")
    draft.replace(var / ADDRESSES)


def _asked(number: int, frame: FrameType | None) -> None:
    raise Asked


def main(arguments: list[str]) -> int:
    """`python -m collections_portal.embedded.keeper VAR [scratch]`; a refusal is one line on stderr."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who use the servers
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _asked)
    try:
        return keep(Path(arguments[0]), scratch="scratch" in arguments[1:])
    except (ServerRefused, OSError) as reason:
        print(reason, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
