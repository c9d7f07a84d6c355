"""What the contact gate knows: the rules of a place, the facts about one contact, and how a refusal looks.

The rules are data, in `presets/*.toml`, each with its source; what they mean is in `contact_checks`.
"""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rulebook.local_time import local, starts_at

FOLDER = Path(__file__).resolve().parent / "presets"
FILES = {"cn": ("cn.toml", "house.toml")}
UNLESS_SAID: dict[str, Any] = {"applies_to": (), "exception": "none"}


class Purpose(StrEnum):
    """Why somebody is contacted."""

    COLLECT = "collect"
    DUE_REMINDER = "due_reminder"
    SERVICE = "service"
    NOTICE = "notice"
    LOCATE = "locate"


class Channel(StrEnum):
    """How somebody is contacted."""

    CALL = "call"
    MESSAGE = "message"
    VISIT = "visit"
    LETTER = "letter"


class Medium(StrEnum):
    """What carries a message."""

    SMS = "sms"
    EMAIL = "email"


class Who(StrEnum):
    """Who is contacted: the person who owes, or somebody else about that person."""

    BORROWER = "borrower"
    THIRD_PARTY = "third_party"


class UnknownPreset(KeyError):
    """There are no rules under that name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the gate, with where it comes from and how sure that is.

    `version` changes with any word of the rule; `applies_to` names channels, empty means all; `floor` means that a
    policy may tighten it and never loosen it.
    """

    id: str
    version: str
    sentence: str
    sentence_zh: str
    applies_to: tuple[str, ...]
    values: Mapping[str, Any] = field(hash=False)
    effect: str
    override: str
    exception: str
    floor: bool
    source: str
    confidence: str

    def said(self, language: str) -> str:
        """What a collector reads, in Chinese for every kind of "zh", in English for every other language."""
        return self.sentence_zh if language.lower().startswith("zh") else self.sentence

    def applies(self, channel: Channel) -> bool:
        return not self.applies_to or channel in self.applies_to


@dataclass(frozen=True, slots=True)
class Preset:
    """The rules of one place; `version` changes with any edit of their files."""

    name: str
    timezone: str
    version: str
    rules: Mapping[str, Rule] = field(hash=False)


@dataclass(frozen=True, slots=True)
class PastCall:
    """One outbound call about a borrower; `connected` means somebody answered, or the call is still reserved.

    `right_party` means it was the borrower who answered.
    """

    at: dt.datetime
    number: str
    connected: bool
    right_party: bool
    who: Who


@dataclass(frozen=True, slots=True)
class PastMessage:
    """One message of ours about a borrower that was handed to a gateway, or is about to be."""

    at: dt.datetime
    medium: Medium
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold (冻结) that stops this channel; `until_on` is the first day it no longer holds, None until lifted."""

    kind: str
    until_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """Everything the gate decides on, for one contact with one person.

    `zone` is the time zone where that person is. `number` is any key that is the same for the same number;
    `number_status` is ok, wrong, invalid or stopped; `number_source` is empty where nobody knows. `promise_until_on` is
    the last day on which an open promise is not asked about, the day before it is due. `holds` are those that stop this
    channel today. `calls` are the outbound calls of the last 30 days about this borrower, over all loans and
    portfolios, oldest first.
    `own_numbers_usable` counts the borrower's own numbers in use; `is_deceased` means dead or without capacity, while
    the hold that goes with it stops the chasing.

    The rest is about messages. `messages` are those of the last 30 days, counted like the calls; `opted_out` means that
    the borrower stopped this medium; `number_is_shared` that the number or address is on file as somebody else's too;
    `text` is what would be sent, None before it is written; `daytime` is when the policy sends, from the first time to
    just before the second.

    A visit or a letter goes to an address, which stands where a number stands: by its status and its source. `visitors`
    is how many people go; `enters` that they want to go inside, `may_enter` that they were asked in.
    """

    purpose: Purpose
    channel: Channel
    who: Who
    zone: str
    number: str
    number_status: str
    number_source: str
    is_cured: bool
    promise_until_on: dt.date | None
    verifying_until: dt.datetime | None
    holds: tuple[HoldFacts, ...]
    calls: tuple[PastCall, ...]
    own_numbers_usable: int
    is_deceased: bool
    medium: Medium | None = None
    messages: tuple[PastMessage, ...] = ()
    opted_out: bool = False
    number_is_shared: bool = False
    text: str | None = field(default=None, repr=False)
    mentions_debt: bool = True
    daytime: tuple[dt.time, dt.time] | None = None
    visitors: int = 0
    enters: bool = False
    may_enter: bool = False

    def day(self, moment: dt.datetime) -> dt.date | None:
        """The person's calendar day; None without a known time zone."""
        there = local(moment, self.zone)
        return there.date() if there else None

    def running_holds(self, at: dt.datetime) -> list[HoldFacts]:
        """The holds that still hold; without a known time zone none of them ends."""
        day = self.day(at)
        return [hold for hold in self.holds if hold.until_on is None or day is None or day < hold.until_on]

    def calls_today(self, at: dt.datetime) -> list[PastCall]:
        """The calls on the person's calendar day."""
        return [call for call in self.calls if self.day(call.at) == self.day(at)]

    def messages_today(self, at: dt.datetime) -> list[PastMessage]:
        """The messages on the person's calendar day."""
        return [message for message in self.messages if self.day(message.at) == self.day(at)]

    def all_over_at(self, holds: list[HoldFacts]) -> dt.datetime | None:
        """When the last of some holds ends by itself; None when one waits for a person."""
        ends = [hold.until_on for hold in holds if hold.until_on]
        return starts_at(max(ends), self.zone) if len(ends) == len(holds) else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rule that says no, and from when on this rule alone says yes; None: a person has to mend something."""

    rule: Rule
    next_allowed_at: dt.datetime | None


SAID_OF_A_RULE = {row.name for row in fields(Rule)} - {"version", "values"}


@cache
def preset(name: str) -> Preset:
    """The rules of a place together with those of the house; UnknownPreset when there is no such place."""
    if name not in FILES:
        raise UnknownPreset(name)
    texts = [(FOLDER / file).read_bytes() for file in FILES[name]]
    tables = [tomllib.loads(text.decode()) for text in texts]
    rules = [_rule(row) for table in tables for row in table["rule"]]
    return Preset(
        name=name,
        timezone=tables[0]["timezone"],
        version=_short_hash(b"\n".join(texts)),
        rules=MappingProxyType({rule.id: rule for rule in rules}),
    )


def _rule(row: dict[str, Any]) -> Rule:
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    said: dict[str, Any] = UNLESS_SAID | {key: value for key, value in frozen.items() if key in SAID_OF_A_RULE}
    values = {key: value for key, value in frozen.items() if key not in SAID_OF_A_RULE}
    return Rule(version=_short_hash(repr(sorted(frozen.items())).encode()), values=MappingProxyType(values), **said)


def _short_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
