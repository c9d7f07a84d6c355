"""Before the courts: which day the law sets for the next step, and how a step may be dated.

Days of a payment order: 民诉法 226 (accept), 227 (issue, object); enforcement: 民诉法 250; limitation: 民法典 188, 195.
The day a period starts from is not counted (民诉法 85). A last day on a holiday would move to the next working day;
holidays are not counted here, so a deadline is never told too late.
"""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rulebook.terms import LegalTerms


class Step(StrEnum):
    """Where a referral can stand; `rulebook` and the legal room use the same names."""

    ORDER_APPLIED = "order_applied"
    ORDER_ACCEPTED = "order_accepted"
    ORDER_ISSUED = "order_issued"
    ORDER_SERVED = "order_served"
    ENFORCEABLE = "enforceable"
    FILED = "filed"
    JUDGMENT = "judgment"
    ENFORCEMENT = "enforcement"


class Urgency(StrEnum):
    """How near a deadline is."""

    LATER = "later"
    SOON = "soon"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period: `length` days or years after `starts_on`, and the article that says so."""

    code: str
    starts_on: dt.date
    length: int
    unit: str
    on: dt.date
    source: str

    def urgency(self, today: dt.date, warn_days: int) -> Urgency:
        """Passed after its last day; soon when so many days or fewer are left."""
        if today > self.on:
            return Urgency.PASSED
        return Urgency.SOON if (self.on - today).days <= warn_days else Urgency.LATER


# The documents of these steps have a number that the bundle and the court will ask for.
NUMBERED = {Step.ORDER_ACCEPTED, Step.ORDER_ISSUED, Step.FILED, Step.JUDGMENT, Step.ENFORCEMENT}
# What a court was asked for begins the limitation period anew (民法典 195; limitation rules 8-11).
RESTARTS = {Step.ORDER_APPLIED.value: "payment_order", Step.FILED.value: "suit"}


def next_deadline(state: str, since: dt.date, terms: LegalTerms) -> Deadline | None:
    """The deadline that runs while a referral stands where it does, or None."""
    days = {
        Step.ORDER_APPLIED: ("accept", terms.order_accept_days, "民诉法 226"),
        Step.ORDER_ACCEPTED: ("issue", terms.order_issue_days, "民诉法 227"),
        Step.ORDER_SERVED: ("object", terms.order_object_days, "民诉法 227"),
    }
    if state in days:
        code, length, source = days[Step(state)]
        return Deadline(code, since, length, "days", since + dt.timedelta(days=length), source)
    if state in (Step.JUDGMENT, Step.ENFORCEABLE):
        years = terms.enforcement_years
        return Deadline("enforce", since, years, "years", years_after(since, years), "民诉法 250")
    return None


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day some years later; of 29 February the 28th where there is none."""
    year = day.year + years
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


class Fault(StrEnum):
    """Why a step cannot be written down as somebody dates it."""

    FUTURE = "future"
    BEFORE_LAST = "before_last"
    TOO_EARLY = "too_early"
    DOCUMENT = "document"


def fault_of(
    *, target: str, on: dt.date, last_on: dt.date, today: dt.date, document: str, terms: LegalTerms
) -> Fault | None:
    """What is wrong with a step to `target` on a day, the last step having been on `last_on`; None where nothing is."""
    if on > today:
        return Fault.FUTURE
    if on < last_on:
        return Fault.BEFORE_LAST
    if target == Step.ENFORCEABLE and (on - last_on).days <= terms.order_object_days:
        return Fault.TOO_EARLY
    if target in NUMBERED and not document.strip():
        return Fault.DOCUMENT
    return None


def warning_of(expires_on: dt.date, today: dt.date, warn_days: Sequence[int]) -> int | None:
    """The smallest number of days of warning that is reached; 0 when the period is over, None when it is far off."""
    left = (expires_on - today).days
    if left <= 0:
        return 0
    return min((days for days in warn_days if left <= days), default=None)
