"""What the guards of a case read of visits, letters and limitation, and how its story tells of them."""

from typing import Any

import pytest

from cases.limitation_selectors import first_to_end
from cases.models import Case
from cases.selectors import found_for, found_of
from cases.timeline_selectors import timeline
from rulebook.escalation import Blocker, blocks_legal
from rulebook.limitation import Restart, RestartKind
from tests.contacts.build import a_case, a_loan, close, day, log, pay, promise
from tests.contacts.build_places import arrived, at_the_door, letter, visit

pytestmark = pytest.mark.django_db


def test_visits_that_were_made_and_the_letter_that_arrived_count() -> None:
    case = a_case()
    for outcome, at, met in (
        ("NOTHOME", "02-09 10:00", "nobody"),
        ("HOSTILE", "02-10 10:00", "family"),
        ("WILL", "02-11 10:00", "debtor"),
    ):
        visit(case, outcome, at, met=met)
    demand, notice = letter(case, at="02-09 11:00"), letter(case, "report_notice")
    arrived(demand, "02-12")
    arrived(notice, "02-13")
    facts = found_of(case, day("02-14")).facts
    assert (facts.visits_on, facts.letter_delivered_on) == ([day("02-09"), day("02-11")], day("02-12"))
    # On an earlier day it had not happened yet.
    before = found_of(case, day("02-10")).facts
    assert (before.visits_done, before.letter_delivered_on) == (1, None)
    assert Blocker("letter_days", "2", "7", day("02-19")) in list(
        blocks_legal(facts, found_of(case, day("02-14")).terms.terms.escalation)
    )


def expires(case: Case, on: str) -> str:
    expires_on = found_of(case, day(on)).facts.limitation_expires_on
    return expires_on.isoformat() if expires_on else ""


def test_the_limitation_runs_from_the_last_due_date_and_anew_from_what_reached_the_borrower() -> None:
    case = a_case()
    assert expires(case, "02-09") == "2028-01-10"
    log(case, "RNR", "02-10 10:00")
    assert expires(case, "02-10") == "2028-01-10"
    promise(case, "2000.00", "02-14", "02-11 10:00")
    assert expires(case, "02-11") == "2028-02-11"
    pay(case, "100.00", "02-12 10:00")
    assert expires(case, "02-12") == "2028-02-12"
    sent = letter(case, at="02-15 10:00")
    assert expires(case, "02-15") == "2028-02-12"
    arrived(sent, "02-17")
    assert expires(case, "02-17") == "2028-02-17"
    found = found_of(case, day("02-17"))
    limited = first_to_end(found.limitations())
    assert limited and [(its.on, its.kind) for its in limited.restarts] == [
        (day("02-11"), RestartKind.PROMISE),
        (day("02-12"), RestartKind.PAYMENT),
        (day("02-17"), RestartKind.LETTER),
    ]
    suit = first_to_end(found.limitations([Restart(day("02-20"), RestartKind.SUIT)]))
    assert suit and suit.expires_on == day("2028-02-20")
    pay(case, "9000.00", "02-18 10:00", reference="R2")
    assert expires(case, "02-18") == ""


def test_of_several_loans_the_period_that_ends_first_decides() -> None:
    case = a_case()
    a_loan(("2025-02-05", "500.00", "0.00"), ("2026-02-05", "500.00", "0.00"), loan_no="L2", borrower_no="BL1")
    close("02-10")
    found = found_of(case, day("02-10"))
    assert {no: its.expires_on for no, its in found.limitations().items()} == {
        "L1": day("2028-01-10"),
        "L2": day("2029-02-05"),
    }
    assert found.facts.limitation_expires_on == day("2028-01-10")


def test_the_facts_of_many_cost_the_same_queries_as_of_one(django_assert_max_num_queries: Any) -> None:
    cases = [a_case(), a_case(loan_no="L2"), a_case(loan_no="L3")]
    for case in cases:
        visit(case, "NOTHOME")
        arrived(letter(case), "02-09")
    pairs = [(case.borrower_id, case.portfolio_id) for case in cases]
    with django_assert_max_num_queries(30) as one:
        found_for(pairs[:1], day("02-09"))
    with django_assert_max_num_queries(30) as many:
        found_for(pairs, day("02-09"))
    assert len(one) == len(many)


def test_the_story_tells_visits_letters_and_what_the_gate_refused() -> None:
    case = a_case()
    at_the_door(case, "02-09 10:00", visitors=1)
    visit(case, "NOTICE", "02-09 10:05", met="family")
    arrived(letter(case, at="02-09 11:00"), "02-10")
    told = [(item.kind, str(item.label), item.who) for item in timeline(case) if item.kind != "move"]
    assert told == [
        ("letter", "Letter", "operations-north"),
        ("letter", "Letter", "operations-north"),
        ("visit", "Visit", "field_agent-north"),
        ("refusal", "A visit was refused", "field_agent-north"),
    ]
