"""The terms of a policy: what one dated, approved version says about money and about work.

Legal values: rate uplift 30-50 % (银发〔2003〕251号 art. 3), allocation order (民法典 art. 561).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Component(StrEnum):
    """What a borrower can owe."""

    COST = "cost"
    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ContractUplift(_Terms):
    """The contract's rate raised by a share of itself, as 银发〔2003〕251号 art. 3 has it."""

    kind: Literal["contract_uplift"] = "contract_uplift"
    uplift: Annotated[Decimal, Field(ge=Decimal("0.30"), le=Decimal("0.50"))] = Decimal("0.50")


class FixedAnnual(_Terms):
    """One annual rate for every loan, whatever its contract says."""

    kind: Literal["fixed_annual"] = "fixed_annual"
    annual_rate: Annotated[Decimal, Field(ge=0, le=1)]


class PerDay(_Terms):
    """A fixed amount for each overdue instalment and day."""

    kind: Literal["per_day"] = "per_day"
    amount: Annotated[Decimal, Field(ge=0, decimal_places=2)]


class PenaltyTerms(_Terms):
    """How penalty interest (罚息) grows on what is overdue."""

    base: Literal["principal", "principal_and_interest"] = "principal"
    rate: Annotated[ContractUplift | FixedAnnual | PerDay, Field(discriminator="kind")] = ContractUplift()
    day_count: Literal[360, 365] = 360
    grace_days: Annotated[int, Field(ge=0, le=60)] = 0
    grace_mode: Literal["cliff", "discount"] = "cliff"
    annual_cap: Annotated[Decimal, Field(gt=0, le=1)] | None = Decimal("0.24")


class AllocationTerms(_Terms):
    """Which part of the debt a payment settles first (民法典 art. 561 unless agreed otherwise)."""

    order: tuple[Component, Component, Component, Component] = (
        Component.COST,
        Component.PENALTY,
        Component.INTEREST,
        Component.PRINCIPAL,
    )
    style: Literal["component_first", "instalment_first"] = "component_first"

    @model_validator(mode="after")
    def _every_component_once(self) -> Self:
        if len(set(self.order)) != len(self.order):
            raise ValueError("every component must stand in the order exactly once")
        return self


class EscalationTerms(_Terms):
    """When a case opens, escalates, is watched and closes; amounts in the portfolio's currency.

    A watch lasts `watch_days` or until `watch_due_dates` further due dates were kept, whichever is later.
    """

    opening_threshold: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    escalation_threshold: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    phone_reminders: Annotated[int, Field(ge=0)] = 2
    phone_dpd: Annotated[int, Field(ge=1)] = 8
    field_dpd: Annotated[int, Field(ge=1)] = 30
    field_call_attempts: Annotated[int, Field(ge=0)] = 6
    field_call_days: Annotated[int, Field(ge=0)] = 3
    field_days_without_kept_promise: Annotated[int, Field(ge=0)] = 7
    field_overdue: Annotated[Decimal, Field(ge=0)] = Decimal(1000)
    legal_dpd: Annotated[int, Field(ge=1)] = 90
    legal_visits: Annotated[int, Field(ge=0)] = 2
    legal_days_after_letter: Annotated[int, Field(ge=0)] = 7
    legal_overdue: Annotated[Decimal, Field(ge=0)] = Decimal(5000)
    watch_remainder: Annotated[Decimal, Field(ge=0)] = Decimal("10.00")
    watch_days: Annotated[int, Field(ge=0)] = 90
    watch_due_dates: Annotated[int, Field(ge=0)] = 3

    @model_validator(mode="before")
    @classmethod
    def _days_alone_mean_days_alone(cls, given: Any) -> Any:
        """A version that was written before due dates counted says how many days, and goes on meaning just these."""
        if isinstance(given, Mapping) and "watch_days" in given:
            return {"watch_due_dates": 0, **given}
        return given


class PromiseLimits(_Terms):
    """How far somebody may go when they take a promise; beyond it another has to agree."""

    days_ahead: Annotated[int, Field(ge=0)]
    share_of_overdue: Annotated[Decimal, Field(ge=0, le=1)]
    broken_before: Annotated[int, Field(ge=0)]


class PromiseTerms(_Terms):
    """When a promise (承诺还款) is taken, and when it counts as kept.

    `grace_days` after the day it is due money still counts; `kept_share` of the amount is enough. `broken_before` of
    the limits looks back `broken_window_days`.
    """

    grace_days: Annotated[int, Field(ge=0, le=30)] = 1
    kept_share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.95")
    broken_window_days: Annotated[int, Field(ge=1)] = 30
    collector: PromiseLimits = PromiseLimits(days_ahead=7, share_of_overdue=Decimal("0.20"), broken_before=2)
    supervisor: PromiseLimits = PromiseLimits(days_ahead=30, share_of_overdue=Decimal("0.05"), broken_before=6)


class Band(_Terms):
    """From a value on, so many points."""

    at_least: Annotated[Decimal, Field(ge=0)]
    points: Annotated[int, Field(ge=0, le=100)]


def _bands(*steps: tuple[int, int]) -> tuple[Band, ...]:
    return tuple(Band(at_least=Decimal(at_least), points=points) for at_least, points in steps)


class PriorityTerms(_Terms):
    """What brings a case up in the queue: points in steps, so that nothing drifts from day to day.

    `bucket_days` days before the next 30-day bucket a case gets `bucket_points`; `service_level_days` after it opened
    an untouched case goes before the scored ones.
    """

    service_level_days: Annotated[int, Field(ge=0)] = 2
    overdue: tuple[Band, ...] = _bands((1000, 5), (5000, 10), (20000, 20), (50000, 30))
    days_past_due: tuple[Band, ...] = _bands((1, 5), (8, 10), (31, 20), (61, 30), (91, 25))
    days_since_contact: tuple[Band, ...] = _bands((2, 5), (4, 10), (8, 20))
    willingness_times_ability: tuple[Band, ...] = _bands((1, 5), (4, 15), (9, 20))
    bucket_days: Annotated[int, Field(ge=1, le=29)] = 3
    bucket_points: Annotated[int, Field(ge=0, le=100)] = 15
    relapse_points: Annotated[int, Field(ge=0, le=100)] = 15


Medium = Literal["sms", "email"]


class ReminderStep(_Terms):
    """One reminder: `days` after the day it is counted from, negative before it, and the media in the order of trying.

    `anchor` says what the days are counted from. "due": a due date of a loan that is not late; "overdue": days past
    due of the case's lead loan; "promise": the day a promise is due; "watch": a due date while the case is watched.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=30)]
    anchor: Literal["due", "overdue", "promise", "watch"]
    days: Annotated[int, Field(ge=-60, le=365)]
    media: Annotated[tuple[Medium, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _days_fit_the_anchor(self) -> Self:
        if self.anchor == "overdue" and self.days < 1:
            raise ValueError(f"days of {self.code}: days past due begin at 1")
        if self.anchor != "overdue" and self.days >= 0:
            raise ValueError(f"days of {self.code}: a reminder before the day needs a negative number of days")
        return self

    @model_validator(mode="after")
    def _every_medium_once(self) -> Self:
        if len(set(self.media)) != len(self.media):
            raise ValueError(f"media of {self.code}: each medium may be named once")
        return self


_SMS_FIRST: tuple[Medium, ...] = ("sms", "email")
_EMAIL_FIRST: tuple[Medium, ...] = ("email", "sms")


class ReminderTerms(_Terms):
    """When borrowers are reminded, by what, and at which times of day where they are (from, and before, a time).

    `courtesy_call_days` after a case opened somebody makes a friendly call, None: nobody does. A message is worth
    sending until the end of the day `expires_days` after the one it was planned for; 0 is that day itself.
    """

    steps: tuple[ReminderStep, ...] = (
        ReminderStep(code="before_due_3", anchor="due", days=-3, media=_EMAIL_FIRST),
        ReminderStep(code="overdue_1", anchor="overdue", days=1, media=_SMS_FIRST),
        ReminderStep(code="overdue_3", anchor="overdue", days=3, media=_EMAIL_FIRST),
        ReminderStep(code="overdue_7", anchor="overdue", days=7, media=_SMS_FIRST),
        ReminderStep(code="overdue_15", anchor="overdue", days=15, media=_EMAIL_FIRST),
        ReminderStep(code="overdue_30", anchor="overdue", days=30, media=_SMS_FIRST),
        ReminderStep(code="promise_eve", anchor="promise", days=-1, media=_SMS_FIRST),
        ReminderStep(code="watch_5", anchor="watch", days=-5, media=_SMS_FIRST),
        ReminderStep(code="watch_1", anchor="watch", days=-1, media=_SMS_FIRST),
    )
    courtesy_call_days: Annotated[int, Field(ge=1)] | None = 5
    send_from: dt.time = dt.time(9)
    send_until: dt.time = dt.time(20)
    expires_days: Annotated[int, Field(ge=0, le=7)] = 1

    @model_validator(mode="after")
    def _steps_apart(self) -> Self:
        if len({step.code for step in self.steps}) != len(self.steps):
            raise ValueError("steps: each code may stand once")
        if len({(step.anchor, step.days) for step in self.steps}) != len(self.steps):
            raise ValueError("steps: two steps may not fall on one day")
        return self

    @model_validator(mode="after")
    def _some_time_to_send(self) -> Self:
        if self.send_from.tzinfo or self.send_until.tzinfo:
            raise ValueError("send_from and send_until: times of day where the borrower is, without an offset")
        if self.send_from >= self.send_until:
            raise ValueError("send_until: must be later than send_from")
        return self


class LegalTerms(_Terms):
    """Terms before the courts: a payment order (民诉法 225-228), limitation (民法典 188) and enforcement (民诉法 250).

    `enforcement_years` after a judgment it may no longer be enforced. `warn_days` before a limitation period ends
    somebody is told, `warn_step_days` before the day of a step.
    """

    limitation_years: Annotated[int, Field(ge=1, le=20)] = 3
    warn_days: Annotated[tuple[int, ...], Field(min_length=1)] = (180, 90, 30)
    warn_step_days: Annotated[int, Field(ge=0, le=30)] = 3
    order_accept_days: Annotated[int, Field(ge=1)] = 5
    order_issue_days: Annotated[int, Field(ge=1)] = 15
    order_object_days: Annotated[int, Field(ge=1)] = 15
    enforcement_years: Annotated[int, Field(ge=1)] = 2


class AuthorityTerms(_Terms):
    """Who may agree to what, and how soon it has to be decided.

    One person alone may let go up to `one_decider_share` of what is overdue and up to `one_decider_amount` (in the
    portfolio's currency); beyond either it takes two. A debt may be written off from `write_off_dpd` days past due on.
    """

    decide_within_days: Annotated[int, Field(ge=1, le=60)] = 3
    one_decider_share: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.30")
    one_decider_amount: Annotated[Decimal, Field(ge=0)] = Decimal(10000)
    write_off_dpd: Annotated[int, Field(ge=1)] = 180


class VisitTerms(_Terms):
    """Who goes on a visit, how many an agent makes in a day, and how many days a request for one stays good.

    Two visitors is the least the rules ask for, and what the portal plans with.
    """

    min_visitors: Literal[2] = 2
    capacity_a_day: Annotated[int, Field(ge=1, le=30)] = 6
    expires_days: Annotated[int, Field(ge=1, le=90)] = 14


class RecordTerms(_Terms):
    """What the credit bureau is told: days to answer a dispute (征信业管理条例 art. 25) and years kept (art. 16).

    `notice_days` have to pass between the notice to the borrower (art. 15) and the first adverse report.
    """

    dispute_days: Annotated[int, Field(ge=1, le=20)] = 20
    keep_years: Annotated[int, Field(ge=1, le=5)] = 5
    notice_days: Annotated[int, Field(ge=1, le=60)] = 7


class Terms(_Terms):
    """Everything one policy version says."""

    penalty: PenaltyTerms = PenaltyTerms()
    allocation: AllocationTerms = AllocationTerms()
    escalation: EscalationTerms = EscalationTerms()
    promises: PromiseTerms = PromiseTerms()
    priority: PriorityTerms = PriorityTerms()
    reminders: ReminderTerms = ReminderTerms()
    authority: AuthorityTerms = AuthorityTerms()
    legal: LegalTerms = LegalTerms()
    visits: VisitTerms = VisitTerms()
    record: RecordTerms = RecordTerms()


@dataclass(frozen=True, slots=True)
class DatedTerms:
    """Terms and the day from whose night on they rule; `effective_on` None means from the beginning."""

    version: int
    effective_on: dt.date | None
    terms: Terms


class TermsHistory:
    """All versions of one policy line, in the order in which they take effect."""

    def __init__(self, versions: Sequence[DatedTerms]) -> None:
        self.versions = sorted(versions, key=lambda v: (v.effective_on or dt.date.min, v.version))
        if not self.versions or self.versions[0].effective_on is not None:
            raise ValueError("a policy line needs a version that rules from the beginning")

    def on(self, day: dt.date) -> DatedTerms:
        """The version that rules on a day; of two that start on one day the later version."""
        ruling = self.versions[0]
        for version in self.versions[1:]:
            if version.effective_on is None or version.effective_on <= day:
                ruling = version
        return ruling

    def starts(self) -> list[dt.date]:
        """The days on which another version takes over."""
        return sorted({v.effective_on for v in self.versions if v.effective_on is not None})
