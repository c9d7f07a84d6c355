"""One instalment while it is owed: its balances, and the nights not yet posted as penalty."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rulebook.money import ZERO
from rulebook.penalty_interest import Regime, Segment, segment
from rulebook.terms import Component, TermsHistory


@dataclass(frozen=True, slots=True)
class Instalment:
    """A row of the schedule, as the contract has it."""

    seq: int
    due_on: dt.date
    principal_due: Decimal
    interest_due: Decimal


@dataclass(slots=True)
class InstalmentAccount:
    """What is owed on one instalment that has fallen due.

    `grace_ends_on` is the last day of a cliff grace: until then nothing is posted, and paying in full by then leaves no
    penalty at all. `steps` are the balances (from, principal, interest) since the last posting; penalty grows on them
    night by night.
    """

    seq: int
    due_on: dt.date
    principal: Decimal
    interest: Decimal
    penalty: Decimal
    grace_ends_on: dt.date | None
    steps: list[tuple[dt.date, Decimal, Decimal]] = field(default_factory=list)

    @classmethod
    def falls_due(cls, instalment: Instalment, history: TermsHistory) -> "InstalmentAccount":
        """Open the account on the due date, with the grace of the version that rules that day."""
        grace = history.on(instalment.due_on).terms.penalty
        grace_days = dt.timedelta(days=grace.grace_days)
        cliff = grace_days and grace.grace_mode == "cliff"
        starts_on = instalment.due_on if cliff else instalment.due_on + grace_days
        account = cls(
            seq=instalment.seq,
            due_on=instalment.due_on,
            principal=instalment.principal_due,
            interest=instalment.interest_due,
            penalty=ZERO,
            grace_ends_on=instalment.due_on + grace_days if cliff else None,
        )
        account.steps = [(starts_on, account.principal, account.interest)]
        return account

    @property
    def arrears(self) -> Decimal:
        """Principal and interest still owed."""
        return self.principal + self.interest

    @property
    def is_settled(self) -> bool:
        """Nothing is owed any more, and nothing can grow."""
        return not (self.principal or self.interest or self.penalty)

    def segments(self, regimes: Sequence[Regime], on: dt.date) -> list[Segment]:
        """The nights before `on` that are not posted yet, cut where balance, terms or a pause changed."""
        if self.grace_ends_on is not None and on <= self.grace_ends_on:
            return []
        ends = [step[0] for step in self.steps[1:]] + [on]
        found = []
        for (from_on, principal, interest), until_on in zip(self.steps, ends, strict=True):
            for regime in regimes:
                first, last = max(from_on, regime.from_on), min(until_on, regime.until_on)
                if first < last and (principal or interest):
                    cut = segment(regime, first, last, principal, interest)
                    if cut.base:
                        found.append(cut)
        return found

    def close_nights(self, regimes: Sequence[Regime], on: dt.date) -> list[Segment]:
        """The nights before `on`, handed over to be posted as penalty; counting goes on from there."""
        found = self.segments(regimes, on)
        if self.grace_ends_on is None or on > self.grace_ends_on:
            # A discount grace may start after `on`; its first night is then still to come.
            self.steps = [(max(on, self.steps[-1][0]), self.principal, self.interest)]
        return found

    def settle(self, component: Component, amount: Decimal, on: dt.date) -> None:
        """Take money off one component; the nights from `on` count on what is left."""
        if component is Component.PENALTY:
            self.penalty -= amount
            return
        if component is Component.PRINCIPAL:
            self.principal -= amount
        else:
            self.interest -= amount
        self._next_step(on)

    def _next_step(self, on: dt.date) -> None:
        if self.grace_ends_on is not None and on <= self.grace_ends_on and not self.arrears:
            self.steps = [(on, self.principal, self.interest)]
            return
        from_on = max(on, self.steps[-1][0])
        if self.steps[-1][0] == from_on:
            self.steps.pop()
        self.steps.append((from_on, self.principal, self.interest))
