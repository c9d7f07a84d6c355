"""Why a number is what it is: lines that add up to it."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rulebook.accounts import Instalment
from rulebook.money import ZERO
from rulebook.penalty_interest import Segment
from rulebook.replay import Contract, Entry, EntryKind
from rulebook.standing import Accrual, Standing
from rulebook.terms import Component


class LineKind(StrEnum):
    """What a line of a derivation says."""

    FELL_DUE = "fell_due"
    MADE_DUE = "made_due"
    FELL_AWAY = "fell_away"
    CHARGED = "charged"
    POSTED = "posted"
    ACCRUED = "accrued"
    PAID = "paid"
    WAIVED = "waived"
    CREDITED = "credited"
    APPLIED = "applied"


# What takes something off a number, and how its line reads.
SETTLES = {EntryKind.PAID: LineKind.PAID, EntryKind.WAIVED: LineKind.WAIVED}


@dataclass(frozen=True, slots=True)
class Line:
    """One step: what it adds to the number (or takes off), on which day, by which event and policy version."""

    kind: LineKind
    on: dt.date
    amount: Decimal
    seq: int | None = None
    sequence: int | None = None
    version: int | None = None
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """A number and the lines that add up to it."""

    name: str
    amount: Decimal
    lines: tuple[Line, ...]


def derive(contract: Contract, found: Standing) -> list[Derivation]:
    """The derivations of a loan's numbers, of the instalments that still owe something on the date."""
    numbers: list[tuple[str, Decimal, Callable[[], Iterator[Line]]]] = [
        ("overdue_principal", found.overdue_principal, lambda: _scheduled(contract, found, Component.PRINCIPAL)),
        ("overdue_interest", found.overdue_interest, lambda: _scheduled(contract, found, Component.INTEREST)),
        ("penalty", found.penalty, lambda: _penalty(found)),
        ("cost", found.cost, lambda: _costs(found)),
        ("unapplied", found.unapplied, lambda: _credit(found)),
    ]
    return [Derivation(name, amount, tuple(lines())) for name, amount, lines in numbers]


def _scheduled(contract: Contract, found: Standing, component: Component) -> Iterator[Line]:
    rows = {row.seq: row for row in contract.schedule}
    counting = {row.seq: row for row in found.schedule}
    for account in found.instalments:
        owed = account.principal if component is Component.PRINCIPAL else account.interest
        if owed and account.due_on < found.on:
            row, counted = rows[account.seq], counting[account.seq]
            amount, due = _part(row, component), _part(counted, component)
            kind = LineKind.FELL_DUE if counted.due_on == row.due_on else LineKind.MADE_DUE
            yield Line(kind, counted.due_on, amount, row.seq)
            if due != amount:
                yield Line(LineKind.FELL_AWAY, counted.due_on, due - amount, row.seq)
            yield from _paid(found, component, row.seq)


def _part(row: Instalment, component: Component) -> Decimal:
    return row.principal_due if component is Component.PRINCIPAL else row.interest_due


def _penalty(found: Standing) -> Iterator[Line]:
    for account in found.instalments:
        lines = [_accrued(accrual, found.on) for accrual in found.accruals if accrual.seq == account.seq]
        lines.extend(_paid(found, Component.PENALTY, account.seq))
        # On one day the penalty is posted first, then paid.
        yield from sorted(lines, key=lambda line: line.on)


def _accrued(accrual: Accrual, on: dt.date) -> Line:
    kind = LineKind.ACCRUED if accrual.posted_on is None else LineKind.POSTED
    return Line(kind, accrual.posted_on or on, accrual.amount, accrual.seq, segments=accrual.segments)


def _costs(found: Standing) -> Iterator[Line]:
    for entry in found.entries:
        if entry.kind is EntryKind.CHARGED and entry.component is Component.COST:
            yield _line(LineKind.CHARGED, entry, entry.amount)
    yield from _paid(found, Component.COST, None)


def _credit(found: Standing) -> Iterator[Line]:
    if found.unapplied == ZERO:
        return
    for entry in found.entries:
        if entry.kind is EntryKind.CREDIT:
            yield _line(LineKind.CREDITED if entry.amount > 0 else LineKind.APPLIED, entry, entry.amount)


def _paid(found: Standing, component: Component, seq: int | None) -> Iterator[Line]:
    for entry in found.entries:
        if entry.kind in SETTLES and entry.component is component and entry.seq == seq:
            yield _line(SETTLES[entry.kind], entry, -entry.amount)


def _line(kind: LineKind, entry: Entry, amount: Decimal) -> Line:
    return Line(kind, entry.value_on, amount, entry.seq, entry.sequence, entry.version)
