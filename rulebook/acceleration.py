"""A loan made due as a whole (宣布提前到期): what was still to come falls due on one day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rulebook.accounts import Instalment
from rulebook.money import ZERO, to_cents


def due_as_a_whole(schedule: Sequence[Instalment], disbursed_on: dt.date, on: dt.date) -> list[Instalment]:
    """The schedule of a loan that is made due as a whole on a day.

    What is due by that day stays. Of the rest the principal falls due on the day, with the interest of the period that
    is running by its days, rounded once to cents for each instalment; the interest of later periods falls away.
    """
    to_come = [row.due_on for row in schedule if row.due_on > on]
    if not to_come:
        return list(schedule)
    running_until = min(to_come)
    began_on = max((row.due_on for row in schedule if row.due_on <= on), default=disbursed_on)
    return [
        row
        if row.due_on <= on
        else replace(
            row,
            due_on=on,
            interest_due=by_days(row.interest_due, began_on, on, row.due_on) if row.due_on == running_until else ZERO,
        )
        for row in schedule
    ]


def by_days(interest: Decimal, from_on: dt.date, on: dt.date, until_on: dt.date) -> Decimal:
    """The part of a period's interest that belongs to its days before `on`, in cents."""
    if on <= from_on:
        return ZERO
    return to_cents(interest * (on - from_on).days / (until_on - from_on).days)
