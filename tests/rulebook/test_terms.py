"""What a policy version may say, and which version rules when."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from rulebook.terms import (
    AllocationTerms,
    ContractUplift,
    DatedTerms,
    FixedAnnual,
    PenaltyTerms,
    PerDay,
    ReminderStep,
    ReminderTerms,
    Terms,
    TermsHistory,
)
from tests.rulebook.build import COST, INTEREST, PENALTY, PRINCIPAL, day


@pytest.mark.parametrize("share", ["0.30", "0.42", "0.50"])
def test_an_uplift_of_30_to_50_percent_is_taken(share: str) -> None:
    assert ContractUplift(uplift=Decimal(share)).uplift == Decimal(share)


@pytest.mark.parametrize("share", ["0.29", "0.2999", "0.5001", "1.5", "-0.3", "NaN"])
def test_an_uplift_outside_30_to_50_percent_is_refused(share: str) -> None:
    with pytest.raises(ValidationError, match="uplift"):
        ContractUplift(uplift=Decimal(share))


def test_an_order_names_every_component_once() -> None:
    assert AllocationTerms(order=(PRINCIPAL, INTEREST, PENALTY, COST)).order == (PRINCIPAL, INTEREST, PENALTY, COST)


@pytest.mark.parametrize(
    "order",
    [
        (COST, COST, PENALTY, INTEREST),
        (PRINCIPAL, INTEREST, PENALTY, PRINCIPAL),
        (COST, PENALTY, INTEREST),
        (COST, PENALTY, INTEREST, PRINCIPAL, PRINCIPAL),
        (COST, PENALTY, INTEREST, "fees"),
    ],
)
def test_an_order_that_repeats_or_misses_a_component_is_refused(order: object) -> None:
    with pytest.raises(ValidationError, match="order"):
        AllocationTerms.model_validate({"order": order})


@pytest.mark.parametrize(
    "words",
    [
        {"base": "penalty"},
        {"day_count": 364},
        {"grace_days": -1},
        {"grace_days": 61},
        {"grace_mode": "sometimes"},
        {"annual_cap": "0"},
        {"annual_cap": "1.01"},
        {"rate": {"kind": "monthly", "rate": "0.01"}},
        {"rate": {"kind": "fixed_annual", "annual_rate": "-0.01"}},
        {"rate": {"kind": "fixed_annual", "annual_rate": "1.01"}},
        {"rate": {"kind": "per_day", "amount": "-1.00"}},
        {"rate": {"kind": "per_day", "amount": "0.005"}},
        {"surcharge": "1.00"},
    ],
)
def test_penalty_terms_that_make_no_sense_are_refused(words: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PenaltyTerms.model_validate(words)


def test_the_default_terms_are_those_of_version_1() -> None:
    terms = Terms()
    assert terms.penalty == PenaltyTerms(
        base="principal",
        rate=ContractUplift(uplift=Decimal("0.50")),
        day_count=360,
        grace_days=0,
        annual_cap=Decimal("0.24"),
    )
    assert terms.allocation == AllocationTerms(order=(COST, PENALTY, INTEREST, PRINCIPAL), style="component_first")


@pytest.mark.parametrize(
    "rate", [ContractUplift(), FixedAnnual(annual_rate=Decimal("0.18")), PerDay(amount=Decimal("2.50"))]
)
def test_terms_come_back_from_json_as_they_went_in(rate: ContractUplift | FixedAnnual | PerDay) -> None:
    terms = Terms(penalty=PenaltyTerms(rate=rate))
    assert Terms.model_validate_json(terms.model_dump_json()) == terms


def test_terms_cannot_be_changed_once_made() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Terms().penalty.grace_days = 3  # type: ignore[misc]


def test_the_default_reminders_are_those_of_version_1() -> None:
    terms = Terms().reminders
    assert [(step.code, step.anchor, step.days, step.media) for step in terms.steps] == [
        ("before_due_3", "due", -3, ("email", "sms")),
        ("overdue_1", "overdue", 1, ("sms", "email")),
        ("overdue_3", "overdue", 3, ("email", "sms")),
        ("overdue_7", "overdue", 7, ("sms", "email")),
        ("overdue_15", "overdue", 15, ("email", "sms")),
        ("overdue_30", "overdue", 30, ("sms", "email")),
        ("promise_eve", "promise", -1, ("sms", "email")),
        ("watch_5", "watch", -5, ("sms", "email")),
        ("watch_1", "watch", -1, ("sms", "email")),
    ]
    assert (terms.courtesy_call_days, terms.expires_days) == (5, 1)
    assert (terms.send_from, terms.send_until) == (dt.time(9), dt.time(20))


def test_terms_from_before_there_were_reminders_are_still_terms() -> None:
    stored = Terms().model_dump(mode="json")
    del stored["reminders"]
    assert Terms.model_validate(stored) == Terms()


def test_reminders_come_back_from_json_as_they_went_in() -> None:
    step = ReminderStep(code="late_2", anchor="overdue", days=2, media=("email",))
    reminders = ReminderTerms(steps=(step,), courtesy_call_days=None, send_from=dt.time(8, 30), expires_days=0)
    terms = Terms(reminders=reminders)
    assert Terms.model_validate(terms.model_dump(mode="json")) == terms


STEP: dict[str, Any] = {"code": "step", "anchor": "overdue", "days": 3, "media": ["sms"]}


@pytest.mark.parametrize(
    "words",
    [{}, {"days": 1}, *({"anchor": anchor, "days": -1} for anchor in ("due", "promise", "watch"))],
)
def test_a_step_before_a_day_is_counted_below_zero_and_one_after_it_above(words: dict[str, object]) -> None:
    assert ReminderStep.model_validate(STEP | words)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": -1}, "days"),
        *(({"anchor": anchor, "days": 0}, "days") for anchor in ("due", "promise", "watch")),
        ({"days": 366}, "days"),
        ({"anchor": "due", "days": -61}, "days"),
        ({"anchor": "birthday"}, "anchor"),
        ({"media": []}, "media"),
        ({"media": ["sms", "sms"]}, "media"),
        ({"media": ["fax"]}, "media"),
        ({"code": "Step 3"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "s" * 31}, "code"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_by_name(words: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        ReminderStep.model_validate(STEP | words)


def test_steps_of_two_kinds_may_fall_on_one_day() -> None:
    before = STEP | {"days": -1}
    steps = [before | {"code": "a", "anchor": "due"}, before | {"code": "b", "anchor": "watch"}]
    assert len(ReminderTerms.model_validate({"steps": steps}).steps) == 2


@pytest.mark.parametrize("words", [{"code": "other"}, {"days": 4}])
def test_steps_of_one_code_or_of_one_day_are_refused(words: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="steps"):
        ReminderTerms.model_validate({"steps": [STEP, STEP | words]})


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"send_until": "09:00"}, "send_until"),
        ({"send_from": "21:00"}, "send_until"),
        ({"send_from": "09:00+08:00"}, "send_from"),
        ({"send_until": "20:00Z"}, "send_until"),
        ({"expires_days": -1}, "expires_days"),
        ({"expires_days": 8}, "expires_days"),
        ({"courtesy_call_days": 0}, "courtesy_call_days"),
        ({"link": "https://example.test"}, "link"),
    ],
)
def test_reminders_that_make_no_sense_are_refused_by_name(words: dict[str, object], field: str) -> None:
    assert ReminderTerms.model_validate({"send_from": "09:00", "send_until": "09:01"})
    with pytest.raises(ValidationError, match=field):
        ReminderTerms.model_validate(words)


def versions(*effective_on: str | None) -> TermsHistory:
    return TermsHistory([DatedTerms(n, day(on) if on else None, Terms()) for n, on in enumerate(effective_on, start=1)])


def test_a_policy_line_starts_with_a_version_that_rules_from_the_beginning() -> None:
    assert versions(None, "02-01").on(day("01-01")).version == 1


@pytest.mark.parametrize("effective_on", [[], ["02-01"]])
def test_a_policy_line_without_a_beginning_is_refused(effective_on: list[str]) -> None:
    with pytest.raises(ValueError, match="from the beginning"):
        versions(*effective_on)


def test_a_version_rules_from_its_day_until_the_next_one_does() -> None:
    history = versions(None, "03-01", "02-01")
    ruling = [history.on(day(on)).version for on in ("01-31", "02-01", "02-28", "03-01", "12-31")]
    assert ruling == [1, 3, 3, 2, 2]


def test_of_versions_that_start_together_the_later_one_rules() -> None:
    assert versions(None, None).on(day("01-01")).version == 2
    assert versions(None, "02-01", "02-01").on(day("02-01")).version == 3


def test_versions_may_be_given_in_any_order() -> None:
    given = versions(None, "02-01", "02-01").versions
    assert TermsHistory(given[::-1]).on(day("02-01")).version == 3


def test_the_days_on_which_another_version_takes_over_are_known() -> None:
    assert versions(None, "03-01", "02-01", "02-01").starts() == [day("02-01"), day("03-01")]
