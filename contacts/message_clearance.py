"""The gate for written messages: gathers the facts about a batch of them; `rulebook.contact_checks` decides."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef

from borrowers.models import Borrower, OptOut, Phone, Source, ThirdParty
from borrowers.selectors import number_key
from contacts.clearance import A_DAY, LOOKS_BACK, Reading
from contacts.message_models import Message, Receipt, ReceiptKind
from contacts.selectors import local_day
from holds.models import Kind
from holds.selectors import Pair
from loans.models import Portfolio
from rulebook.contact_checks import check, earliest
from rulebook.contact_rules import (
    Channel,
    ContactFacts,
    HoldFacts,
    Medium,
    PastMessage,
    Preset,
    Purpose,
    Refusal,
    Who,
    preset,
)


@dataclass(frozen=True, slots=True)
class MessageTarget:
    """One message to a borrower: by text message to a phone, or by e-mail where `phone` is None.

    `text` is what would be sent, None before it is written; `daytime` is when the policy sends.
    """

    borrower: Borrower
    portfolio: Portfolio
    phone: Phone | None
    purpose: str
    text: str | None = field(repr=False)
    daytime: tuple[dt.time, dt.time] | None

    @property
    def pair(self) -> Pair:
        """The borrower and the portfolio, by their rows."""
        return (self.borrower.pk, self.portfolio.pk)

    @property
    def medium(self) -> Medium:
        """A text message where there is a phone, else an e-mail."""
        return Medium.SMS if self.phone else Medium.EMAIL

    @property
    def address(self) -> str:
        """The number or address in clear; nothing shows or logs it."""
        return str(self.phone.number if self.phone else self.borrower.email)

    @property
    def number_key(self) -> str:
        """The key under which messages to the number or address are found again."""
        return number_key(self.address)

    @property
    def rules(self) -> Preset:
        """The rules that bind the portfolio."""
        return preset(self.portfolio.rule_preset)


@dataclass(frozen=True, slots=True)
class MessageDecision:
    """What the gate says of one message, and on what facts."""

    target: MessageTarget
    facts: ContactFacts
    refusal: Refusal | None
    next_allowed_at: dt.datetime | None

    def stands(self, at: dt.datetime) -> bool:
        """Whether the gate allows the message at a later moment too, on the facts it was asked about."""
        return check(self.facts, self.target.rules, at) is None

    def as_json(self, at: dt.datetime) -> dict[str, Any]:
        """The facts as they are kept with the decision, with the messages of the last day and night."""
        facts = self.facts
        return {
            "zone": facts.zone,
            "number_status": facts.number_status,
            "is_cured": facts.is_cured,
            "promise_until_on": facts.promise_until_on.isoformat() if facts.promise_until_on else None,
            "holds": [hold.kind for hold in facts.holds],
            "messages": [[m.at.isoformat(), m.medium.value] for m in facts.messages if m.at > at - A_DAY],
            "opted_out": facts.opted_out,
            "number_is_shared": facts.number_is_shared,
        }


def decide_messages(targets: Sequence[MessageTarget], at: dt.datetime) -> list[MessageDecision]:
    """What the gate says of each now, in a fixed number of queries; of two to one borrower the second counts the first.

    Nothing is written.
    """
    read = _MessageReading({target.borrower.pk for target in targets}, at)
    found = []
    for target in targets:
        facts = _facts(target, read, at)
        refusal = check(facts, target.rules, at)
        found.append(
            MessageDecision(target, facts, refusal, at if refusal is None else earliest(facts, target.rules, at))
        )
        if refusal is None:
            read.messages[target.borrower.pk].append(PastMessage(at, target.medium, Purpose(target.purpose)))
    return found


class _MessageReading(Reading):
    """What decides about messages, besides everything that decides about calls."""

    def __init__(self, borrowers: set[int], at: dt.datetime) -> None:
        super().__init__(borrowers, at, None)
        self.messages: dict[int, list[PastMessage]] = defaultdict(list)
        log = Message.objects.filter(borrower__in=borrowers, at__gt=at - LOOKS_BACK).order_by("at")
        its = Receipt.objects.filter(message=OuterRef("pk"))
        never_left = Exists(its.filter(kind=ReceiptKind.NOT_SENT)) & ~Exists(its.filter(kind=ReceiptKind.DELIVERED))
        gone = log.exclude(never_left)
        for borrower, when, medium, purpose in gone.values_list("borrower_id", "at", "medium", "purpose"):
            self.messages[borrower].append(PastMessage(when, Medium(medium), Purpose(purpose)))
        opt_outs = OptOut.objects.filter(borrower__in=borrowers, lifted_at=None)
        self.opted_out = set(opt_outs.values_list("borrower_id", "medium"))
        self.of_others: dict[int, set[str]] = defaultdict(set)
        for person in ThirdParty.objects.filter(borrower__in=borrowers).only("borrower", "number"):
            self.of_others[person.borrower_id].add(number_key(person.number))


def _facts(target: MessageTarget, read: _MessageReading, at: dt.datetime) -> ContactFacts:
    pair, zone = target.pair, target.portfolio.timezone
    on = local_day(at, zone)
    holds = [hold for hold in read.holds[pair] if hold.is_active(on)]
    promise = read.promises.get(pair)
    phone, mailbox = target.phone, target.borrower
    return ContactFacts(
        purpose=Purpose(target.purpose),
        channel=Channel.MESSAGE,
        who=Who.BORROWER,
        zone=zone,
        number=target.number_key,
        # Without an address there is nothing that could be in use.
        number_status=phone.status if phone else mailbox.email_status if mailbox.email else "",
        # The tape names no source for an e-mail address: it is the one the contract gives.
        number_source=phone.source if phone else Source.CONTRACT.value,
        is_cured=read.is_cured(pair, on),
        promise_until_on=promise.due_on - A_DAY if promise else None,
        verifying_until=read.verifying.get(pair),
        holds=tuple(HoldFacts(hold.kind, hold.ends_on) for hold in holds if hold.stops_messages),
        calls=(),
        own_numbers_usable=read.usable[pair[0]],
        is_deceased=any(hold.kind == Kind.DECEASED for hold in holds),
        medium=target.medium,
        messages=tuple(read.messages[pair[0]]),
        opted_out=(pair[0], target.medium.value) in read.opted_out,
        number_is_shared=target.number_key in read.of_others[pair[0]],
        text=target.text,
        daytime=target.daytime,
    )
