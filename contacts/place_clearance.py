"""The gate for visits and letters: gathers the facts about a way to an address; `rulebook.contact_checks` decides."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from borrowers.models import Address, Borrower
from contacts.clearance import A_DAY, Reading
from contacts.models import Clearance, Who
from contacts.selectors import local_day
from holds.models import Kind
from holds.selectors import Pair
from loans.models import Portfolio
from rulebook import contact_rules
from rulebook.contact_checks import check, earliest
from rulebook.contact_rules import Channel, ContactFacts, HoldFacts, Preset, Purpose, Refusal, preset
from staff.models import User


@dataclass(frozen=True, slots=True)
class PlaceTarget:
    """A visit or a letter to one address of a borrower; only to the borrower, whoever else lives there.

    `visitors` is how many people go; `enters` that they go inside, `may_enter` that they were asked in.
    """

    borrower: Borrower
    portfolio: Portfolio
    address: Address
    channel: str
    purpose: str = Purpose.COLLECT.value
    visitors: int = 2
    enters: bool = False
    may_enter: bool = False

    @property
    def pair(self) -> Pair:
        """The borrower and the portfolio, by their rows."""
        return (self.borrower.pk, self.portfolio.pk)

    @property
    def number_key(self) -> str:
        """The key of the address: its row."""
        return str(self.address)

    @property
    def rules(self) -> Preset:
        """The rules that bind the portfolio."""
        return preset(self.portfolio.rule_preset)


@dataclass(frozen=True, slots=True)
class PlaceDecision:
    """What the gate says of a visit or a letter, and on what facts."""

    target: PlaceTarget
    facts: ContactFacts
    refusal: Refusal | None
    next_allowed_at: dt.datetime | None

    def as_json(self) -> dict[str, Any]:
        """The facts as they are kept with the decision."""
        facts = self.facts
        return {
            "zone": facts.zone,
            "address_status": facts.number_status,
            "address_source": facts.number_source,
            "is_cured": facts.is_cured,
            "promise_until_on": facts.promise_until_on.isoformat() if facts.promise_until_on else None,
            "verifying_until": facts.verifying_until.isoformat() if facts.verifying_until else None,
            "holds": [hold.kind for hold in facts.holds],
            "visitors": facts.visitors,
            "enters": facts.enters,
            "may_enter": facts.may_enter,
        }


def decide_places(targets: Sequence[PlaceTarget], at: dt.datetime) -> list[PlaceDecision]:
    """What the gate would say of each at a moment, in a fixed number of queries; nothing is written."""
    read = Reading({target.borrower.pk for target in targets}, at, None)
    found = []
    for target in targets:
        facts = _facts(target, read, at)
        refusal = check(facts, target.rules, at)
        found.append(PlaceDecision(target, facts, refusal, earliest(facts, target.rules, at)))
    return found


def _facts(target: PlaceTarget, read: Reading, at: dt.datetime) -> ContactFacts:
    pair, zone, channel = target.pair, target.portfolio.timezone, Channel(target.channel)
    on = local_day(at, zone)
    holds = [hold for hold in read.holds[pair] if hold.is_active(on)]
    # What stops messages stops letters: both are written to somebody.
    stopping = [hold for hold in holds if (hold.stops_visits if channel is Channel.VISIT else hold.stops_messages)]
    promise = read.promises.get(pair)
    return ContactFacts(
        purpose=Purpose(target.purpose),
        channel=channel,
        who=contact_rules.Who.BORROWER,
        zone=zone,
        number=target.number_key,
        number_status=target.address.status,
        number_source=target.address.source,
        is_cured=read.is_cured(pair, on),
        # On the day it is due it may be asked about.
        promise_until_on=promise.due_on - A_DAY if promise else None,
        verifying_until=read.verifying.get(pair),
        holds=tuple(HoldFacts(hold.kind, hold.ends_on) for hold in stopping),
        calls=(),
        own_numbers_usable=read.usable[pair[0]],
        is_deceased=any(hold.kind == Kind.DECEASED for hold in holds),
        visitors=target.visitors,
        enters=target.enters,
        may_enter=target.may_enter,
    )


def written(decision: PlaceDecision, by: User, at: dt.datetime) -> Clearance:
    """Put a decision about a visit or a letter on file. The caller has locked the borrower."""
    target, refusal = decision.target, decision.refusal
    return Clearance.objects.create(
        borrower=target.borrower,
        portfolio=target.portfolio,
        purpose=target.purpose,
        channel=target.channel,
        who=Who.BORROWER,
        address=target.address,
        number_key=target.number_key,
        at=at,
        by_id_then=by.pk,
        by_name=by.get_username(),
        allowed=refusal is None,
        rule_id=refusal.rule.id if refusal else "",
        preset=target.rules.name,
        rules_version=target.rules.version,
        next_allowed_at=decision.next_allowed_at if refusal else None,
        facts=decision.as_json(),
    )
