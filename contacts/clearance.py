"""The gate: may this person be contacted now? Gathers the facts; `rulebook.contact_checks` decides."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from borrowers.models import Borrower, Phone, Status, ThirdParty
from borrowers.selectors import number_key
from contacts.lifecycle import PromiseState
from contacts.models import Attempt, FollowUp, FollowUpKind, Promise, Reservation
from contacts.selectors import local_day, money_of
from holds.models import Hold, Kind
from holds.selectors import Pair
from loans.models import Loan, LoanEvent, Portfolio
from rulebook.contact_checks import Budget, budget, check, earliest
from rulebook.contact_rules import Channel, ContactFacts, HoldFacts, PastCall, Preset, Purpose, Refusal, Who, preset

LOOKS_BACK = dt.timedelta(days=30)
A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Target:
    """One person at one number, about what a borrower owes in a portfolio."""

    borrower: Borrower
    portfolio: Portfolio
    point: Phone | ThirdParty
    purpose: str = Purpose.COLLECT.value

    @property
    def pair(self) -> Pair:
        """The borrower and the portfolio, by their rows."""
        return (self.borrower.pk, self.portfolio.pk)

    @property
    def who(self) -> Who:
        """The borrower, or somebody they named."""
        return Who.BORROWER if isinstance(self.point, Phone) else Who.THIRD_PARTY

    @property
    def number_key(self) -> str:
        """The key under which calls to the number are counted."""
        return number_key(self.point.number)

    @property
    def rules(self) -> Preset:
        """The rules that bind the portfolio."""
        return preset(self.portfolio.rule_preset)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says, and on what facts."""

    target: Target
    facts: ContactFacts
    refusal: Refusal | None
    next_allowed_at: dt.datetime | None

    def as_json(self, at: dt.datetime) -> dict[str, Any]:
        """The facts as they are kept with the decision, with the calls of the last day and night."""
        facts = self.facts
        return {
            "zone": facts.zone,
            "number_status": facts.number_status,
            "number_source": facts.number_source,
            "is_cured": facts.is_cured,
            "promise_until_on": facts.promise_until_on.isoformat() if facts.promise_until_on else None,
            "verifying_until": facts.verifying_until.isoformat() if facts.verifying_until else None,
            "holds": [hold.kind for hold in facts.holds],
            "calls": [[call.at.isoformat(), call.connected] for call in facts.calls if call.at > at - A_DAY],
            "own_numbers_usable": facts.own_numbers_usable,
        }


def decide(targets: Sequence[Target], at: dt.datetime, own_slot: Reservation | None = None) -> list[Decision]:
    """What the gate would say of each now; nothing is written, and nobody's slot is taken.

    `own_slot` is a slot that whoever asks holds already: it does not stand in their own way.
    """
    found = []
    for target, facts in zip(targets, facts_of(targets, at, own_slot), strict=True):
        refusal = check(facts, target.rules, at)
        found.append(Decision(target, facts, refusal, at if refusal is None else earliest(facts, target.rules, at)))
    return found


def budgets(decisions: Sequence[Decision], at: dt.datetime) -> list[Budget]:
    """What is left today for each number that was asked about."""
    return [budget(decision.facts, decision.target.rules, at) for decision in decisions]


def facts_of(targets: Sequence[Target], at: dt.datetime, own_slot: Reservation | None = None) -> list[ContactFacts]:
    """The facts behind each decision; the same number of queries however many are asked about."""
    borrowers = {target.borrower.pk for target in targets}
    read = Reading(borrowers, at, own_slot)
    return [_facts(target, read, at) for target in targets]


class Reading:
    """Everything on file that decides about some borrowers at a moment."""

    def __init__(self, borrowers: set[int], at: dt.datetime, own_slot: Reservation | None) -> None:
        self.calls = _calls(borrowers, at, own_slot)
        self.holds: dict[Pair, list[Hold]] = defaultdict(list)
        for hold in Hold.objects.filter(borrower__in=borrowers).order_by("pk"):
            self.holds[hold.borrower_id, hold.portfolio_id].append(hold)
        self.promises: dict[Pair, Promise] = {}
        standing = Promise.objects.filter(borrower__in=borrowers, state=PromiseState.OPEN)
        for promise in standing.select_related("portfolio"):
            self.promises[promise.borrower_id, promise.portfolio_id] = promise
        self.verifying: dict[Pair, dt.datetime] = {}
        tasks = FollowUp.objects.filter(borrower__in=borrowers, kind=FollowUpKind.VERIFY, done_at=None)
        for task in tasks.order_by("due_at"):
            self.verifying[task.borrower_id, task.portfolio_id] = task.due_at
        self.unpaid: dict[Pair, list[dt.date]] = defaultdict(list)
        # Nobody is chased for what was given up or given back to the lender.
        dues = Loan.objects.filter(borrower__in=borrowers, oldest_unpaid_due_on__isnull=False, closed_as="")
        for borrower, portfolio, due_on in dues.values_list("borrower_id", "portfolio_id", "oldest_unpaid_due_on"):
            if due_on:
                self.unpaid[borrower, portfolio].append(due_on)
        # What was paid with a later value date does not show in the projection, but is owed until then.
        later = LoanEvent.objects.filter(loan__borrower__in=borrowers, value_on__gt=at.date())
        ahead = set(later.values_list("loan__borrower_id", "loan__portfolio_id").distinct())
        self.paid_ahead = money_of(ahead) if ahead else {}
        self.usable: dict[int, int] = defaultdict(int)
        for borrower in Phone.objects.filter(borrower__in=borrowers, status=Status.OK).values_list(
            "borrower", flat=True
        ):
            self.usable[borrower] += 1

    def is_cured(self, pair: Pair, on: dt.date) -> bool:
        """Whether nothing is in arrears on a day."""
        if pair in self.paid_ahead:
            running = (book for book in self.paid_ahead[pair].books if not book.is_closed(on))
            return not any(book.standing(on).arrears for book in running)
        return not any(due_on < on for due_on in self.unpaid[pair])


def _calls(borrowers: set[int], at: dt.datetime, own_slot: Reservation | None) -> dict[int, list[PastCall]]:
    """The calls of ours in the last thirty days, and the slots that somebody holds now, oldest first."""
    calls: dict[int, list[PastCall]] = defaultdict(list)
    log = Attempt.objects.filter(borrower__in=borrowers, at__gt=at - LOOKS_BACK, channel=Channel.CALL.value)
    columns = ("borrower_id", "at", "number_key", "contacted", "right_party", "who")
    rows = log.filter(is_inbound=False, undone=None).values_list(*columns)
    for borrower, when, number, contacted, right_party, who in rows:
        calls[borrower].append(PastCall(when, number, contacted, right_party, Who(who)))
    slots = Reservation.objects.filter(borrower__in=borrowers, logged_at=None, expires_at__gt=at)
    for slot in slots.exclude(pk=own_slot.pk if own_slot else 0).select_related("clearance"):
        asked = slot.clearance
        calls[slot.borrower_id].append(PastCall(slot.reserved_at, asked.number_key, True, False, Who(asked.who)))
    return {borrower: sorted(its, key=lambda call: call.at) for borrower, its in calls.items()}


def _facts(target: Target, read: Reading, at: dt.datetime) -> ContactFacts:
    pair, zone = target.pair, target.portfolio.timezone
    on = local_day(at, zone)
    holds = [hold for hold in read.holds[pair] if hold.is_active(on)]
    promise = read.promises.get(pair)
    return ContactFacts(
        purpose=Purpose(target.purpose),
        channel=Channel.CALL,
        who=target.who,
        zone=zone,
        number=target.number_key,
        number_status=target.point.status,
        number_source=target.point.source,
        is_cured=read.is_cured(pair, on),
        # On the day it is due it may be asked about.
        promise_until_on=promise.due_on - A_DAY if promise else None,
        verifying_until=read.verifying.get(pair),
        holds=tuple(HoldFacts(hold.kind, hold.ends_on) for hold in holds if hold.stops_calls),
        calls=tuple(read.calls.get(pair[0], ())),
        own_numbers_usable=read.usable[pair[0]],
        is_deceased=any(hold.kind == Kind.DECEASED for hold in holds),
    )
