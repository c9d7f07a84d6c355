"""A closed loan owes what it owes, and nobody chases it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.selectors import found_of, pairs_without_case
from cases.timeline_selectors import timeline
from loans.closing_services import close_loans
from loans.models import ClosedAs, EventKind, Loan, LoanEvent
from rulebook.money import ZERO
from staff.roles import Role
from tests.cases.build import AT, a_case, a_loan, close, day, pay, person, undo

pytestmark = pytest.mark.django_db


def shut(loan: Loan, how: ClosedAs = ClosedAs.WRITTEN_OFF, on: str = "02-09") -> LoanEvent:
    its: dict[str, Any] = {"reason": "hopeless", "by": person(Role.SUPERVISOR), "on": day(on), "at": AT}
    return close_loans(loans=[loan], how=how, **its)[0]


def beside(loan: Loan) -> Loan:
    return a_loan(("02-05", "100.00", "0.00"), loan_no="L2", borrower_no=loan.borrower.borrower_no)


def test_a_closed_loan_opens_no_case_and_one_whose_closing_is_taken_back_does() -> None:
    closing = shut(a_loan())
    # On a day before the closing it was late, and is said to have been.
    assert [len(pairs) for pairs in pairs_without_case(day("02-08"))] == [1]
    assert list(pairs_without_case(day("02-09"))) == []
    assert close("02-09").opened == 0
    undo(closing)
    assert close("02-10").opened == 1


def test_only_the_loans_that_run_count_for_a_case() -> None:
    case = a_case()
    beside(case.lead_loan)
    shut(case.lead_loan)
    facts = found_of(case, day("02-09")).facts
    assert [loan.loan_no for loan in facts.loans] == ["L2"]
    assert (str(facts.arrears), facts.days_past_due) == ("100.00", 4)
    before = found_of(case, day("02-08")).facts
    assert len(before.loans) == 2


def test_where_all_are_closed_nothing_counts_and_the_loan_that_leads_is_still_known() -> None:
    case = a_case()
    shut(case.lead_loan)
    found = found_of(case, day("02-09"))
    assert (found.lead, found.facts.arrears, found.facts.overdue_amount) == (case.lead_loan, ZERO, ZERO)
    assert (found.facts.penalty_and_costs, found.facts.days_past_due) == (ZERO, 0)


def test_the_story_of_the_case_has_closing_and_recovery_with_who_and_why() -> None:
    case = a_case()
    closing = shut(case.lead_loan)
    pay(case.lead_loan, "500.00", "02-20", on="02-20")
    told = {item.event.kind: item for item in timeline(case) if item.event}
    closed = told[EventKind.CLOSING]
    assert (str(closed.label), closed.who, closed.event, closed.amount) == (
        "written off",
        person(Role.SUPERVISOR).get_username(),
        closing,
        None,
    )
    assert (str(told[EventKind.PAYMENT].label), str(told[EventKind.PAYMENT].amount)) == ("recovery", "500.00")
    client = Client()
    client.force_login(person(Role.COLLECTOR))
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "hopeless" in page
    assert Case.objects.count() == 1
