"""Small builders, so that a test shows only what it is about."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from rulebook.accounts import Instalment
from rulebook.replay import Contract, Entry, Event, EventKind, replay
from rulebook.standing import Standing, standing
from rulebook.terms import (
    AllocationTerms,
    Component,
    ContractUplift,
    DatedTerms,
    FixedAnnual,
    PenaltyTerms,
    PerDay,
    Terms,
    TermsHistory,
)

COST, PENALTY, INTEREST, PRINCIPAL = Component.COST, Component.PENALTY, Component.INTEREST, Component.PRINCIPAL
PENALTY_FIRST = AllocationTerms()
PRINCIPAL_FIRST = AllocationTerms(order=(PRINCIPAL, INTEREST, PENALTY, COST))


def day(text: str) -> dt.date:
    """A date of 2025 as "02-09"."""
    return dt.date.fromisoformat(f"2025-{text}")


def owed(due_on: str, principal: str = "0.00", interest: str = "0.00", seq: int = 1) -> Instalment:
    return Instalment(seq, day(due_on), Decimal(principal), Decimal(interest))


def contract(*schedule: Instalment, rate: str = "0.18") -> Contract:
    return Contract(Decimal(rate), schedule, day("01-01"))


def payment(sequence: int, value_on: str, amount: str) -> Event:
    return Event(sequence, EventKind.PAYMENT, day(value_on), Decimal(amount))


def cost(sequence: int, value_on: str, amount: str) -> Event:
    return Event(sequence, EventKind.COST, day(value_on), Decimal(amount))


def closing(sequence: int, value_on: str) -> Event:
    return Event(sequence, EventKind.CLOSING, day(value_on))


def acceleration(sequence: int, value_on: str) -> Event:
    return Event(sequence, EventKind.ACCELERATION, day(value_on))


def waiver(sequence: int, value_on: str) -> Event:
    return Event(sequence, EventKind.WAIVER, day(value_on))


def pause(sequence: int, from_on: str, until_on: str | None, penalty: bool = True, clock: bool = False) -> Event:
    until = day(until_on) if until_on else None
    return Event(sequence, EventKind.PAUSE, day(from_on), until_on=until, stops_penalty=penalty, stops_clock=clock)


def reversal(sequence: int, of: int, value_on: str = "12-31") -> Event:
    return Event(sequence, EventKind.REVERSAL, day(value_on), reverses=of)


def fixed(annual_rate: str, cap: str | None = None, **more: object) -> PenaltyTerms:
    """One annual rate, without a cap unless the test is about it."""
    return penalty_terms(FixedAnnual(annual_rate=Decimal(annual_rate)), cap, **more)


def uplift(share: str, cap: str | None = None, **more: object) -> PenaltyTerms:
    return penalty_terms(ContractUplift(uplift=Decimal(share)), cap, **more)


def per_day(amount: str, cap: str | None = None, **more: object) -> PenaltyTerms:
    return penalty_terms(PerDay(amount=Decimal(amount)), cap, **more)


def penalty_terms(rate: ContractUplift | FixedAnnual | PerDay, cap: str | None, **more: object) -> PenaltyTerms:
    return PenaltyTerms.model_validate({"rate": rate, "annual_cap": Decimal(cap) if cap else None, **more})


def line(
    first: PenaltyTerms, *later: tuple[str, PenaltyTerms], allocation: AllocationTerms = PENALTY_FIRST
) -> TermsHistory:
    """A policy line: the terms from the beginning, then (effective on, terms)."""
    dated = [DatedTerms(1, None, Terms(penalty=first, allocation=allocation))]
    for number, (effective_on, penalty) in enumerate(later, start=2):
        dated.append(DatedTerms(number, day(effective_on), Terms(penalty=penalty, allocation=allocation)))
    return TermsHistory(dated)


DEFAULT = TermsHistory([DatedTerms(1, None, Terms())])


def ledger(
    of: Contract, events: Iterable[Event] = (), history: TermsHistory = DEFAULT, on: str | None = None
) -> list[tuple[str, str, int | None, str]]:
    """The ledger as (kind, component, instalment, amount), to be read in a test."""
    entries = replay(of, events, history)
    kept = [e for e in entries if on is None or e.value_on == day(on)]
    return [(e.kind.value, e.component.value if e.component else "", e.seq, str(e.amount)) for e in kept]


def stands(of: Contract, events: Sequence[Event], history: TermsHistory, on: dt.date) -> Standing:
    """The rulebook's answer, ledger and reading together."""
    return standing(of, events, replay(of, events, history), history, on)


def paid_in(entries: Iterable[Entry], component: Component) -> Decimal:
    """What was settled of a component, or given up."""
    return sum((e.amount for e in entries if e.kind in ("paid", "waived") and e.component is component), Decimal(0))
