"""Putting a policy version in force: every loan of the line is replayed."""

from decimal import Decimal

import pytest

from audit.models import AuditEntry
from loans.models import LedgerEntry, Loan, Portfolio
from loans.services import adopt_terms
from policies.models import PolicyVersion
from policies.services import add_version
from rulebook.terms import AllocationTerms, Component, FixedAnnual, PenaltyTerms, Terms
from tests.loans.build import AT, a_loan, day, live_lines, pay, person, stands

pytestmark = pytest.mark.django_db
TWELVE = Terms(penalty=PenaltyTerms(rate=FixedAnnual(annual_rate=Decimal("0.12"))))
PRINCIPAL_FIRST = Terms(
    allocation=AllocationTerms(order=(Component.PRINCIPAL, Component.INTEREST, Component.PENALTY, Component.COST))
)


def adopt(terms: Terms, effective_on: str, line: str = "default") -> PolicyVersion:
    return adopt_terms(line=line, terms=terms, effective_on=day(effective_on), by=person(), at=AT)


def test_a_version_rules_from_the_night_of_its_day():
    loan = a_loan()
    adopt(TWELVE, "01-25")
    # 15 nights at 24 % and 15 nights at 12 %.
    assert stands(loan, "02-09").penalty == Decimal("120.00")
    assert stands(loan, "01-25").penalty == Decimal("80.00")


def test_a_backdated_version_rewrites_what_was_posted_before():
    loan = a_loan()
    pay(loan, "2000.00", "01-25")
    adopt(PRINCIPAL_FIRST, "01-20")
    assert live_lines(loan) == ["01-25 charged penalty 80.00", "01-25 paid principal 2000.00"]
    assert stands(loan, "02-09").penalty == Decimal("140.00")


def test_each_line_of_the_ledger_names_the_version_that_made_it():
    loan = a_loan()
    pay(loan, "2000.00", "01-25")
    version = adopt(TWELVE, "01-20")
    live = LedgerEntry.objects.filter(cancels=None, cancelled_by=None)
    assert {line.policy_version_id for line in live} == {version.pk}
    gone = LedgerEntry.objects.exclude(cancelled_by=None)
    assert {line.policy_version.number for line in gone} == {1}


def test_loans_of_another_line_keep_their_terms():
    add_version(line="gentle", terms=TWELVE, effective_on=None, by=None, at=AT)
    Portfolio.objects.create(code="gentle", name="Gentle", policy_line="gentle")
    ours, theirs = a_loan(), a_loan(loan_no="L2", portfolio="gentle")
    adopt(Terms(penalty=PenaltyTerms(rate=FixedAnnual(annual_rate=Decimal(0)))), "01-10", line="gentle")
    assert stands(ours, "02-09").penalty == Decimal("160.00")
    assert stands(theirs, "02-09").penalty == Decimal("0.00")


def test_of_two_versions_of_one_day_the_later_one_rules():
    loan = a_loan()
    adopt(TWELVE, "01-25")
    adopt(Terms(penalty=PenaltyTerms(rate=FixedAnnual(annual_rate=Decimal("0.06")))), "01-25")
    assert stands(loan, "02-09").penalty == Decimal("100.00")


def test_a_version_is_numbered_dated_and_audited():
    loan = a_loan()
    version = adopt(TWELVE, "01-25")
    assert (version.number, version.effective_on, version.created_by_name) == (2, day("01-25"), "operations-north")
    entry = AuditEntry.objects.get(action="policies.add_version")
    assert entry.subject == "policy default v2"
    assert Loan.objects.get().oldest_unpaid_due_on == loan.oldest_unpaid_due_on == day("01-10")
