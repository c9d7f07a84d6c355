"""Asking the gate and taking a slot: allowed and refused side by side, and both on file."""

import pytest
from django.core.exceptions import PermissionDenied

from borrowers.models import Phone
from borrowers.services import set_status
from cases.models import Case
from contacts.clearance import Target
from contacts.models import Clearance, Reservation
from contacts.services import SLOT, dial, reserve
from holds.services import place
from loans.models import Portfolio
from rulebook.contact_rules import preset
from staff.roles import Role
from tests.contacts.build import (
    a_case,
    a_loan,
    ask,
    caller,
    close,
    colleague,
    day,
    log,
    moment,
    pay,
    person,
    phone_of,
    promise,
    target,
    third_party,
)

pytestmark = pytest.mark.django_db


def refusal(clearance: Clearance) -> str:
    """The rule that refused, "" for a call that is allowed."""
    assert clearance.allowed == (clearance.rule_id == "") == Reservation.objects.filter(clearance=clearance).exists()
    return clearance.rule_id


def test_an_allowed_call_is_on_file_with_its_slot() -> None:
    case = a_case()
    clearance = ask(case, "02-09 10:00")
    assert refusal(clearance) == ""
    assert (clearance.by_name, clearance.phone, clearance.next_allowed_at) == (
        caller().username,
        phone_of(case),
        None,
    )
    slot = clearance.reservation
    assert (slot.by, slot.reserved_at, slot.expires_at - slot.reserved_at) == (caller(), clearance.at, SLOT)


def test_a_refused_call_is_on_file_with_its_rule_its_facts_and_when_it_is_allowed() -> None:
    clearance = ask(a_case(), "02-09 22:00")
    assert refusal(clearance) == "CN-TIME-01"
    assert (clearance.preset, clearance.rules_version) == ("cn", preset("cn").version)
    assert clearance.next_allowed_at == moment("02-10 08:00")
    facts = clearance.facts
    assert (facts["zone"], facts["number_status"], facts["is_cured"], facts["calls"]) == (
        "Asia/Shanghai",
        "ok",
        False,
        [],
    )


@pytest.mark.parametrize(("clock", "allowed"), [("21:59", True), ("22:00", False), ("07:59", False), ("08:00", True)])
def test_at_night_nobody_is_called_by_the_clock_in_shanghai(clock: str, allowed: bool) -> None:
    assert ask(a_case(), f"02-09 {clock}").allowed == allowed


def two_cases() -> tuple[Case, Case]:
    """One borrower late in two portfolios."""
    first = a_loan()
    a_loan(loan_no="L2", borrower_no="BL1", portfolio="cards")
    close("02-09")
    one, other = Case.objects.filter(borrower=first.borrower).order_by("pk")
    return one, other


def test_the_fourth_conversation_of_a_day_is_refused_over_all_loans_until_the_next_morning() -> None:
    one, other = two_cases()
    for case, at in ((one, "09:00"), (one, "11:00"), (other, "13:00")):
        log(case, "WILL", f"02-09 {at}")
    for case in (one, other):
        refused = ask(case, "02-09 15:00")
        assert (refusal(refused), refused.next_allowed_at) == ("CN-FREQ-01", moment("02-10 08:00"))
        assert len(refused.facts["calls"]) == 3
    assert refusal(ask(other, "02-10 08:00")) == ""


def test_a_number_rings_in_vain_six_times_a_day_and_another_number_still_may() -> None:
    case = a_case()
    for hour in range(9, 15):
        log(case, "RNR", f"02-09 {hour:02}:00")
    refused = ask(case, "02-09 16:00")
    assert (refusal(refused), refused.next_allowed_at) == ("CN-FREQ-03", moment("02-10 08:00"))
    other = Phone.objects.create(borrower=case.borrower, number="15800000009", source="contract")
    assert refusal(ask(case, "02-09 16:00", point=other)) == ""


def test_whoever_asks_again_has_the_same_slot_until_it_is_over() -> None:
    case = a_case()
    first = ask(case, "02-09 10:00")
    assert ask(case, "02-09 10:29") == first
    assert ask(case, "02-09 10:30") != first
    assert Clearance.objects.count() == 2


def test_a_slot_of_ones_own_is_no_leave_to_call_at_night_or_after_a_payment() -> None:
    case = a_case()
    first = ask(case, "02-09 21:45")
    assert refusal(ask(case, "02-09 22:05")) == "CN-TIME-01"
    # The call of 21:45 can be logged all the same.
    assert log(case, "WILL", "02-09 22:06").clearance == first
    ask(case, "02-10 10:00")
    pay(case, "9000.00", "02-10 10:05")
    assert refusal(ask(case, "02-10 10:06")) == "HOUSE-CURED-01"


def test_a_slot_counts_for_a_colleague_until_it_is_over() -> None:
    case = a_case()
    for hour in ("08", "09"):
        log(case, "WILL", f"02-09 {hour}:00")
    assert refusal(ask(case, "02-09 10:00")) == ""
    assert refusal(ask(case, "02-09 10:29", by=colleague())) == "CN-FREQ-01"
    assert refusal(ask(case, "02-09 10:30", by=colleague())) == ""


def test_who_does_not_call_is_not_asked_for_a_slot() -> None:
    case = a_case()
    for role in (Role.OPERATIONS, Role.AUDITOR, Role.FIELD_AGENT):
        with pytest.raises(PermissionDenied):
            ask(case, "02-09 10:00", by=person(role))
    assert not Clearance.objects.exists()
    assert refusal(ask(case, "02-09 10:00", by=person(Role.SUPERVISOR))) == ""


def test_nobody_is_collected_from_where_nothing_is_in_arrears() -> None:
    case = a_case()
    pay(case, "9000.00", "02-09 09:00")
    refused = ask(case, "02-09 10:00")
    assert (refusal(refused), refused.next_allowed_at) == ("HOUSE-CURED-01", None)


def test_a_hold_stops_calls_until_its_end() -> None:
    case = a_case()
    place(
        borrower=case.borrower,
        portfolio=case.portfolio,
        kind="hardship",
        from_on=day("02-09"),
        until_on=day("02-15"),
        stops_penalty=False,
        stops_clock=False,
        reason="lost his job",
        evidence="",
        by=caller(),
        at=moment("02-09 09:00"),
    )
    refused = ask(case, "02-09 10:00")
    assert (refusal(refused), refused.next_allowed_at) == ("HOUSE-HOLD-01", moment("02-15 08:00"))
    assert refused.facts["holds"] == ["hardship"]
    assert refusal(ask(case, "02-15 08:00")) == ""


def test_a_promise_is_not_asked_about_before_the_day_it_is_due() -> None:
    case = a_case()
    promise(case, "2000.00", "02-12")
    refused = ask(case, "02-11 10:00")
    assert (refusal(refused), refused.next_allowed_at) == ("HOUSE-PROMISE-01", moment("02-12 08:00"))
    assert refusal(ask(case, "02-12 08:00")) == ""


def test_somebody_else_is_asked_only_where_the_borrower_is_and_only_when_that_is_unknown() -> None:
    case = a_case()
    friend = third_party(case)
    assert refusal(ask(case, "02-09 10:00", point=friend)) == "CN-WHO-02"
    set_status(point=phone_of(case), status="invalid", by=caller(), at=moment("02-09 10:00"))
    assert refusal(ask(case, "02-09 10:01", point=friend)) == ""
    collecting = Target(case.borrower, case.portfolio, friend, "collect")
    refused = reserve(target=collecting, by=colleague(), at=moment("02-09 10:02"))
    assert refusal(refused) == "CN-WHO-01"


def test_a_number_that_was_found_wrong_a_moment_ago_is_not_called() -> None:
    case = a_case()
    as_the_page_has_it = target(case)
    set_status(point=phone_of(case), status="invalid", by=colleague(), at=moment("02-09 09:59"))
    refused = reserve(target=as_the_page_has_it, by=caller(), at=moment("02-09 10:00"))
    assert (refusal(refused), refused.next_allowed_at) == ("HOUSE-NUMBER-01", None)


def test_where_nobody_knows_the_time_zone_it_is_night() -> None:
    case = a_case()
    Portfolio.objects.update(timezone="Mars/Olympus")
    refused = ask(Case.objects.get(pk=case.pk), "02-09 10:00")
    assert (refusal(refused), refused.next_allowed_at) == ("CN-TIME-01", None)


def test_the_number_is_shown_to_whom_the_slot_belongs_while_it_is_open() -> None:
    case = a_case()
    clearance = ask(case, "02-09 10:00")
    assert dial(clearance=clearance, by=caller(), at=moment("02-09 10:00")) == "15800000001"
    for by, at in ((colleague(), "02-09 10:00"), (caller(), "02-09 10:30")):
        with pytest.raises(PermissionDenied):
            dial(clearance=clearance, by=by, at=moment(at))
    log(case, "RNR", "02-09 10:05")
    with pytest.raises(PermissionDenied):
        dial(clearance=clearance, by=caller(), at=moment("02-09 10:06"))


def test_a_refused_call_shows_no_number() -> None:
    with pytest.raises(PermissionDenied):
        dial(clearance=ask(a_case(), "02-09 22:00"), by=caller(), at=moment("02-09 22:00"))
