"""Penalty interest (罚息): what each night of being late costs, and why.

A night is named by the day it starts on. Money with value date d stops the night d -> d+1, a version effective on d
rules it, and a pause [from, until) leaves out the nights from <= d < until.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import lcm

from rulebook.delinquency import Pause
from rulebook.money import to_cents
from rulebook.terms import ContractUplift, PenaltyTerms, PerDay, TermsHistory

# Every day count divides it, so that amounts of different day counts add up exactly before the one division.
YEAR_PARTS = lcm(360, 365)


@dataclass(frozen=True, slots=True)
class Regime:
    """The nights `[from_on, until_on)` that one version rules without a break."""

    from_on: dt.date
    until_on: dt.date
    version: int
    penalty: PenaltyTerms
    annual_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a derivation: `base x rate / day_count x days`, or `per_day x days` where `annual_rate` is None."""

    from_on: dt.date
    until_on: dt.date
    base: Decimal
    annual_rate: Decimal | None
    per_day: Decimal | None
    day_count: int
    version: int

    @property
    def days(self) -> int:
        return (self.until_on - self.from_on).days

    @property
    def year_parts(self) -> Decimal:
        """The segment's penalty times YEAR_PARTS, exact."""
        if self.annual_rate is None:
            return (self.per_day or Decimal(0)) * self.days * YEAR_PARTS
        return self.base * self.annual_rate * self.days * (YEAR_PARTS // self.day_count)

    @property
    def amount(self) -> Decimal:
        """The segment's penalty before it is rounded with the others."""
        return self.year_parts / YEAR_PARTS


def penalty_of(segments: Iterable[Segment]) -> Decimal:
    """The penalty of the segments in cents: summed exactly, divided once, rounded once."""
    return to_cents(sum((s.year_parts for s in segments), Decimal(0)) / YEAR_PARTS)


def annual_rate_of(penalty: PenaltyTerms, contract_rate: Decimal) -> Decimal | None:
    """The annual penalty rate after the cap, or None where the terms name an amount per day."""
    if isinstance(penalty.rate, PerDay):
        return None
    if isinstance(penalty.rate, ContractUplift):
        rate = contract_rate * (1 + penalty.rate.uplift)
    else:
        rate = penalty.rate.annual_rate
    return rate if penalty.annual_cap is None else min(rate, penalty.annual_cap)


def regimes(
    history: TermsHistory, contract_rate: Decimal, pauses: Sequence[Pause] = (), closed_on: dt.date | None = None
) -> list[Regime]:
    """The stretches of nights on which penalty grows for a loan, and by which terms."""
    end = closed_on or dt.date.max
    stops = [(p.from_on, p.until_on or dt.date.max) for p in pauses if p.stops_penalty]
    cuts = {dt.date.min, end, *history.starts(), *(day for stop in stops for day in stop)}
    found = []
    for from_on, until_on in pairwise(sorted(day for day in cuts if day <= end)):
        if not any(first <= from_on < last for first, last in stops):
            dated = history.on(from_on)
            penalty = dated.terms.penalty
            rate = annual_rate_of(penalty, contract_rate)
            found.append(Regime(from_on, until_on, dated.version, penalty, rate))
    return found


def segment(regime: Regime, from_on: dt.date, until_on: dt.date, principal: Decimal, interest: Decimal) -> Segment:
    """One stretch of nights with one base and one set of terms."""
    penalty = regime.penalty
    base = principal + interest if penalty.base == "principal_and_interest" else principal
    rate, per_day = regime.annual_rate, None
    if isinstance(penalty.rate, PerDay):
        per_day = penalty.rate.amount
        # The cap limits a daily amount too: below it the amount counts, above it the capped rate.
        if penalty.annual_cap is not None and per_day * penalty.day_count > base * penalty.annual_cap:
            rate, per_day = penalty.annual_cap, None
    return Segment(from_on, until_on, base, rate, per_day, penalty.day_count, regime.version)
