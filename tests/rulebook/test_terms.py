"""What a policy version may say, and which version rules when."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from rulebook.terms import (
    AllocationTerms,
    ContractUplift,
    DatedTerms,
    FixedAnnual,
    PenaltyTerms,
    PerDay,
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
