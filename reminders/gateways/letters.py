"""What every gateway is given, and what it answers."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rulebook.masking import STARS, redact

KEY = re.compile(r"[0-9a-f]{32}")
LONGEST_REFERENCE = 100
LONGEST_DETAIL = 200


class Result(StrEnum):
    """What became of one letter, as far as its gateway said."""

    ACCEPTED = "accepted"  # the gateway took it
    REJECTED = "rejected"  # it surely did not go out and never will: a bad address, a refused text
    NOT_SENT = "not_sent"  # it surely did not go out, and a later try may succeed
    UNKNOWN = "unknown"  # it may have gone out: a person looks


class Memory(StrEnum):
    """What a gateway knows of a key it is asked about."""

    RECEIVED = "received"
    UNKNOWN = "unknown"
    CANNOT_SAY = "cannot_say"


class GatewayAway(Exception):
    """The gateway could not be reached or would not let us in; surely nothing was sent."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one number or address; the gateway takes its key, a UUID in hex, once."""

    key: str
    to: str
    subject: str
    body: str
    language: str

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise ValueError("A key is a UUID in 32 hex digits.")

    def __repr__(self) -> str:
        return f"Letter({self.key})"  # the rest is personal data, and a log may hold it


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a letter; `detail` says where the talk ended, as in a log, and holds no personal data."""

    result: Result
    reference: str = ""
    detail: str = ""
    is_bad_address: bool = False
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a gateway knows of a key, and the same in a sentence."""

    memory: Memory
    sentence: str


class Gateway(Protocol):
    """One way out of the house; a connection serves a batch, between `open` and `close`."""

    medium: str

    def open(self) -> None:
        """Connect, or raise GatewayAway: then surely nothing was sent."""

    def send(self, letter: Letter) -> Sent:
        """Hand over one letter; a failing network is an answer, never an error."""

    def ask(self, key: str) -> Known:
        """What the gateway knows of a letter that may have gone out."""

    def close(self) -> None:
        """End the connection, if there is one."""


def quoted(text: str, letter: Letter, longest: int = LONGEST_DETAIL) -> str:
    """A word of the gateway in one short line, without the letter's address and whatever else looks personal."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return redact(line.replace(letter.to, STARS) if letter.to else line)[:longest]


def reason_of(failure: BaseException) -> str:
    """Why a connection failed, in two words; its own message may quote a host, a path or an answer."""
    seen: BaseException | None = failure
    while seen is not None:
        if isinstance(seen, TimeoutError):
            return "timed out"
        seen = seen.__cause__ or seen.__context__
    return type(failure).__name__
