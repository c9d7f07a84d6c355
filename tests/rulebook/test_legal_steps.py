"""Deadlines before the courts, and how a step may be dated."""

import datetime as dt

import pytest

from rulebook.legal_steps import Deadline, Fault, Urgency, fault_of, next_deadline, warning_of, years_after
from rulebook.terms import LegalTerms
from tests.rulebook.build import day

TERMS = LegalTerms()


@pytest.mark.parametrize(
    ("state", "code", "last_day", "source"),
    [
        ("order_applied", "accept", "2025-03-08", "民诉法 226"),
        ("order_accepted", "issue", "2025-03-18", "民诉法 227"),
        ("order_served", "object", "2025-03-18", "民诉法 227"),
        ("enforceable", "enforce", "2027-03-03", "民诉法 250"),
        ("judgment", "enforce", "2027-03-03", "民诉法 250"),
    ],
)
def test_a_step_starts_the_days_that_the_law_gives_for_the_next(
    state: str, code: str, last_day: str, source: str
) -> None:
    found = next_deadline(state, day("03-03"), TERMS)

    assert found is not None
    assert (found.code, found.on.isoformat(), found.source, found.starts_on) == (
        *(code, last_day, source),
        day("03-03"),
    )


@pytest.mark.parametrize(
    "state", ["prepared", "mediation", "order_issued", "objected", "filed", "enforcement", "ended"]
)
def test_where_nobody_has_to_keep_a_day_there_is_no_deadline(state: str) -> None:
    assert next_deadline(state, day("03-03"), TERMS) is None


@pytest.mark.parametrize(
    ("today", "urgency"),
    [
        ("03-04", Urgency.LATER),
        ("03-05", Urgency.SOON),
        ("03-08", Urgency.SOON),
        ("03-09", Urgency.PASSED),
    ],
)
def test_a_deadline_warns_three_days_before_its_last_day_and_is_passed_after_it(today: str, urgency: Urgency) -> None:
    deadline = Deadline("accept", day("03-03"), 5, "days", day("03-08"), "民诉法 226")

    assert deadline.urgency(day(today), TERMS.warn_step_days) is urgency


def test_two_years_after_a_leap_day_are_the_last_day_of_february() -> None:
    assert years_after(dt.date(2024, 2, 29), 2) == dt.date(2026, 2, 28)
    assert years_after(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)


def fault(target: str, on: str, *, last_on: str = "03-03", document: str = "") -> Fault | None:
    return fault_of(target=target, on=day(on), last_on=day(last_on), today=day("03-20"), document=document, terms=TERMS)


def test_a_step_is_dated_neither_in_the_future_nor_before_the_last_one() -> None:
    assert fault("mediation", "03-03") is None
    assert fault("mediation", "03-20") is None
    assert fault("mediation", "03-21") is Fault.FUTURE
    assert fault("mediation", "03-02") is Fault.BEFORE_LAST


def test_a_payment_order_is_enforceable_when_the_days_to_object_are_over_and_not_on_the_last_of_them() -> None:
    assert fault("enforceable", "03-18") is Fault.TOO_EARLY
    assert fault("enforceable", "03-19") is None


def test_a_step_of_the_court_takes_the_number_of_its_document() -> None:
    assert fault("filed", "03-05", document=" ") is Fault.DOCUMENT
    assert fault("filed", "03-05", document="(2025) 京0108民初1号") is None
    assert fault("objected", "03-05") is None


@pytest.mark.parametrize(
    ("expires_on", "warning"),
    [
        ("09-01", 180),
        ("09-17", None),
        ("06-18", 90),
        ("04-19", 30),
        ("03-21", 30),
        ("03-20", 0),
        ("01-01", 0),
    ],
)
def test_the_end_of_limitation_is_told_in_three_steps_and_when_it_has_come(
    expires_on: str, warning: int | None
) -> None:
    assert warning_of(day(expires_on), day("03-20"), TERMS.warn_days) == warning
