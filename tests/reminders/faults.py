"""What the servers of the tests share: how they listen, what they keep, and how they misbehave when told to."""

import random
import socket
import ssl
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

LOOPBACK = "127.0.0.1"


class Step(StrEnum):
    """Where a sink may misbehave. TEXT: it has the text and has not accepted it; TAKEN: it has, and has not said so."""

    CONNECT = "CONNECT"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    RSET = "RSET"
    DATA = "DATA"  # of SMTP; for HTTP: the head of a request has come, its text has not
    TEXT = "TEXT"
    TAKEN = "TAKEN"
    DONE = "DONE"  # answered: between two messages
    GET = "GET"  # of HTTP: it is asked about a key


class Do(StrEnum):
    """How: another answer, no answer until the other side gives up, or a connection that ends."""

    ANSWER = "answer"
    HANG = "hang"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour; an answer is `550 5.1.1 no such user` for SMTP, `400 {"error": "invalid_number"}` for HTTP."""

    step: Step
    do: Do
    answer: str = ""


class Faults:
    """What a sink shall do wrong: next (in order, each once), always, or at random with a share for each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: deque[Fault] = deque()
        self._always: list[Fault] = []
        self._random = random.Random(0)
        self._shares: Mapping[Fault, float] = {}
        self.done: Counter[Fault] = Counter()

    def once(self, step: Step, do: Do, answer: str = "") -> None:
        with self._lock:
            self._next.append(Fault(step, do, answer))

    def always(self, step: Step, do: Do, answer: str = "") -> None:
        with self._lock:
            self._always.append(Fault(step, do, answer))

    def at_random(self, shares: Mapping[Fault, float], seed: int = 0) -> None:
        with self._lock:
            self._shares, self._random = dict(shares), random.Random(seed)

    def clear(self) -> None:
        with self._lock:
            self._next.clear()
            self._always.clear()
            self._shares = {}

    def at(self, step: Step) -> Fault | None:
        """What to do wrong at this step, now."""
        with self._lock:
            fault = self._pick(step)
            if fault:
                self.done[fault] += 1
            return fault

    def _pick(self, step: Step) -> Fault | None:
        if self._next and self._next[0].step == step:
            return self._next.popleft()
        for fault in self._always:
            if fault.step == step:
                return fault
        for fault, share in self._shares.items():
            if fault.step == step and self._random.random() < share:
                return fault
        return None


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message that was accepted."""

    key: str
    to: str
    text: str
    raw: bytes = field(repr=False)


class Ended(Exception):
    """The talk on this connection is over."""


class Sink:
    """What both have in common: a port, a thread for each connection, and the list of what arrived."""

    def __init__(self, *, record: Path | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.faults = Faults()
        self.connections = 0
        self._arrived: list[Arrived] = []
        self._record = record
        self.tls = tls
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self.port = 0

    def __enter__(self) -> Self:
        self.listen()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self.refuse()
        for thread in self._threads:
            thread.join(10)

    @property
    def arrived(self) -> list[Arrived]:
        """What was accepted so far, in order; a mail server takes the same key twice."""
        with self._lock:
            return list(self._arrived)

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.arrived]

    def listen(self) -> None:
        """Take connections, after `refuse` on the same port again."""
        self._listener = socket.create_server((LOOPBACK, self.port), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept, self._listener)

    def refuse(self) -> None:
        """Take no more connections and end those that are there, as a server that is stopped does."""
        listener, self._listener = self._listener, None
        if listener:
            # Only this wakes the thread that waits in accept().
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            left = list(self._open)
        for link in left:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def _start(self, what, *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        self._threads = [old for old in self._threads if old.is_alive()] + [thread]
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                link, _address = listener.accept()
            except OSError:
                return
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
            self._start(self._serve, link)

    def _serve(self, link: socket.socket) -> None:
        with self._lock:
            self._open.add(link)
        try:
            self.misbehave(Step.CONNECT)
            self.talk(link)
        except (Ended, OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(link)
            link.close()

    def talk(self, link: socket.socket) -> None:
        """Everything that is said on one connection."""
        raise NotImplementedError

    @contextmanager
    def sealed(self, link: socket.socket) -> Iterator[socket.socket]:
        """The same connection, in TLS."""
        assert self.tls
        with self.tls.wrap_socket(link, server_side=True) as sealed:
            with self._lock:
                self._open.add(sealed)
            try:
                yield sealed
            finally:
                with self._lock:
                    self._open.discard(sealed)

    def misbehave(self, step: Step) -> str:
        """Do what was asked for at this step; answers with the other answer, if that is what was asked for."""
        fault = self.faults.at(step)
        if fault is None:
            return ""
        if fault.do == Do.HANG:
            self._over.wait(60)
        if fault.do != Do.ANSWER:
            raise Ended
        return fault.answer

    def keep(self, message: Arrived) -> None:
        """Accept a message: it is on record before anybody is told."""
        with self._lock:
            self._arrived.append(message)
            if self._record:
                with self._record.open("a", encoding="ascii") as file:
                    file.write(message.key + "\n")
