"""Ending loans: settled, written off or withdrawn; what comes later is recovery."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from loans.closing_services import close_loans, look_at_closing
from loans.models import ClosedAs, EventKind, Loan, LoanEvent
from loans.selectors import is_recovery
from loans.services import BookingRefused, look_at_reversal
from loans.verification import verify
from rulebook.money import ZERO
from staff.roles import Role
from tests.loans.build import AT, a_loan, agrees, day, live_lines, pay, person, stands, undo

pytestmark = pytest.mark.django_db

TWICE = (("01-10", "1000.00", "30.00"), ("03-10", "1000.00", "59.00"))


def shut(loan: Loan, how: ClosedAs, on: str, **more: Any) -> LoanEvent:
    given: dict[str, Any] = {"reason": "agreed", "by": person(Role.SUPERVISOR), "at": AT, **more}
    return close_loans(loans=[loan], how=how, on=day(on), **given)[0]


def now(loan: Loan) -> tuple[str, str]:
    loan.refresh_from_db()
    return f"{loan.closed_on or ''}", loan.closed_as


@pytest.mark.parametrize("how", [ClosedAs.WRITTEN_OFF, ClosedAs.WITHDRAWN])
def test_written_off_and_withdrawn_it_owes_what_it_owes_and_the_penalty_stands_still(how):
    loan = a_loan()
    shut(loan, how, "02-09")
    assert now(loan) == ("2025-02-09", how)
    assert live_lines(loan) == ["02-09 charged penalty 160.00"]
    assert str(stands(loan, "12-31").overdue_amount) == "8160.00"
    assert agrees(loan)


def test_settled_it_owes_nothing_any_more_and_what_was_given_up_stands_part_by_part():
    loan = a_loan(*TWICE)
    closing = shut(loan, ClosedAs.SETTLED, "02-09")
    assert (closing.kind, now(loan)) == (EventKind.CLOSING, ("2025-02-09", "settled"))
    # Thirty of the fifty-nine days from one due date to the next.
    assert live_lines(loan) == [
        "02-09 charged penalty 20.00",
        "02-09 waived penalty 20.00",
        "02-09 waived interest 30.00",
        "02-09 waived principal 1000.00",
        "02-09 waived interest 30.00",
        "02-09 waived principal 1000.00",
    ]
    found = stands(loan, "12-31")
    assert (found.due_amount, found.to_come, loan.oldest_unpaid_due_on) == (ZERO, ZERO, None)


def test_supervisors_and_legal_officers_may_and_the_other_roles_may_not():
    loan = a_loan()
    may = {Role.SUPERVISOR, Role.LEGAL_OFFICER}
    for role in sorted(set(Role) - may):
        with pytest.raises(PermissionDenied):
            shut(loan, ClosedAs.WRITTEN_OFF, "02-09", by=person(role))
    for role in sorted(may):
        undo(shut(loan, ClosedAs.WRITTEN_OFF, "02-09", by=person(role)))


def test_all_loans_are_closed_or_none_and_it_is_written_down():
    loans = [a_loan(loan_no=name) for name in ("L1", "L2")]
    shut(loans[1], ClosedAs.WITHDRAWN, "02-08")
    given: dict[str, Any] = {"how": ClosedAs.WRITTEN_OFF, "by": person(Role.SUPERVISOR), "on": day("02-09"), "at": AT}
    with pytest.raises(BookingRefused) as refusal, transaction.atomic():
        close_loans(loans=loans, reason="hopeless", **given)
    assert refusal.value.code == "closed"
    assert now(loans[0]) == ("", "")
    undo(LoanEvent.objects.get(loan=loans[1], kind=EventKind.CLOSING))
    with pytest.raises(BookingRefused) as refusal:
        close_loans(loans=loans, reason=" ", **given)
    assert refusal.value.code == "reason"
    close_loans(loans=loans, reason="hopeless", **given)
    assert {now(loan) for loan in loans} == {("2025-02-09", "written_off")}
    assert AuditEntry.objects.filter(action="loans.book_closing", reason="hopeless").count() == 2


def test_money_on_a_closed_loan_settles_what_is_owed_and_is_recovery():
    loan = a_loan()
    before = pay(loan, "100.00", "02-09", reference="R1")
    shut(loan, ClosedAs.WRITTEN_OFF, "02-09")
    same_day, later = (
        pay(loan, "50.00", "02-09", reference="R2"),
        pay(loan, "300.00", "03-01", reference="R3", on=day("03-01")),
    )
    late_news = pay(loan, "10.00", "02-01", reference="R4")
    loan.refresh_from_db()
    assert [is_recovery(event, loan) for event in (before, same_day, later, late_news)] == [False, True, True, False]
    assert str(stands(loan, "03-01").penalty) == "0.00"
    assert stands(loan, "03-01").overdue_principal == Decimal("8160.00") - Decimal("460.00") - penalty_saved(loan)
    undo(LoanEvent.objects.get(kind=EventKind.CLOSING))
    loan.refresh_from_db()
    assert not is_recovery(later, loan)
    assert agrees(loan)


def penalty_saved(loan: Loan) -> Decimal:
    """By how much the news of an earlier payment lessened the 160.00 of penalty."""
    charged = (line.split()[-1] for line in live_lines(loan) if "charged penalty" in line)
    return Decimal("160.00") - sum((Decimal(amount) for amount in charged), Decimal(0))


@pytest.mark.parametrize("kind", [EventKind.CLOSING, EventKind.WAIVER])
def test_a_settlement_is_undone_whole_by_its_closing_or_its_waiver(kind):
    loan = a_loan(*TWICE)
    shut(loan, ClosedAs.SETTLED, "02-09")
    event = LoanEvent.objects.get(loan=loan, kind=kind)
    shown = {its.name: str(its.after) for its in look_at_reversal(event, on=day("02-09")).amounts}
    assert shown["overdue_principal"] == "1000.00"
    assert undo(event).reverses == event
    assert now(loan) == ("", "")
    assert (live_lines(loan), loan.oldest_unpaid_due_on) == ([], day("01-10"))
    with pytest.raises(BookingRefused):
        undo(event)


def test_a_payment_that_bounces_after_the_settlement_is_given_up_with_the_rest():
    loan = a_loan()
    paid = pay(loan, "3000.00", "02-01")
    shut(loan, ClosedAs.SETTLED, "02-09")
    undo(paid)
    assert "02-09 waived principal 8000.00" in live_lines(loan)
    assert stands(loan, "02-10").due_amount == 0
    assert agrees(loan)


def test_money_of_a_day_before_the_settlement_counts_and_leaves_less_to_give_up():
    loan = a_loan()
    shut(loan, ClosedAs.SETTLED, "02-09")
    pay(loan, "3000.00", "02-09", reference="R1")
    assert stands(loan, "02-09").unapplied == Decimal("3000.00")
    pay(loan, "1000.00", "02-08", reference="R2")
    assert "02-08 paid principal 845.33" in live_lines(loan)
    assert "02-09 waived principal 7154.67" in live_lines(loan)
    assert stands(loan, "02-09").unapplied == Decimal("3000.00")
    assert agrees(loan)


def test_a_look_shows_what_is_given_up_and_writes_nothing():
    loans = [a_loan(*TWICE), a_loan(loan_no="L2")]
    looks = look_at_closing(loans, how=ClosedAs.SETTLED, on=day("02-09"))
    assert [loan.loan_no for loan, _look in looks] == ["L1", "L2"]
    assert {str(looks[0][1].split.principal), str(looks[1][1].split.principal)} == {"2000.00", "8000.00"}
    written_off = look_at_closing(loans, how=ClosedAs.WRITTEN_OFF, on=day("02-09"))[1][1]
    assert not any(change.is_changed for change in written_off.amounts)
    assert not LoanEvent.objects.exists()
    shut(loans[0], ClosedAs.WITHDRAWN, "02-09")
    loans[0].refresh_from_db()
    with pytest.raises(BookingRefused):
        look_at_closing(loans, how=ClosedAs.SETTLED, on=day("02-10"))


def test_a_projection_that_was_tampered_with_is_found():
    loan = a_loan()
    shut(loan, ClosedAs.WITHDRAWN, "02-09")
    assert next(iter(verify(Loan.objects.all()))).faults == []
    Loan.objects.update(closed_on=None, closed_as="")
    assert [fault[:18] for fault in next(iter(verify(Loan.objects.all()))).faults] == [
        "the day of closing",
        "the kind of closin",
    ]


def test_the_database_refuses_a_closing_that_does_not_say_how():
    given: dict[str, Any] = {"loan": a_loan(), "value_on": day("02-09"), "booked_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        LoanEvent.objects.create(kind=EventKind.CLOSING, **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        LoanEvent.objects.create(kind=EventKind.WAIVER, closed_as=ClosedAs.SETTLED, **given)
    LoanEvent.objects.create(kind=EventKind.CLOSING, closed_as=ClosedAs.SETTLED, **given)
