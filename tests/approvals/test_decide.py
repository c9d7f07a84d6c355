"""Deciding: never one's own, never alone where it takes two, always on the facts of today, and done at once."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from approvals.models import Approval
from approvals.selectors import Asked, asked_of, look_at
from approvals.services import ApprovalRefused, agree, ask, decline, withdraw
from audit.models import AuditEntry
from cases import desk_services
from cases.agreed_selectors import received_since
from cases.agreed_services import make_agreed_move, waive_visits
from cases.models import Case
from cases.night_services import close_day
from cases.services import MoveRefused
from contacts.models import FollowUp, Promise
from loans.closing_services import close_loans
from loans.models import ClosedAs, Loan, LoanEvent
from loans.services import BookingRefused
from staff.models import User
from staff.roles import Role
from tests.approvals.build import AT, agreed, asked_for, colleague, demanded, gentle_terms, in_stage, settlement
from tests.bureau.build import a_told_case, report, rows
from tests.cases.build import a_case, day, history, pay, person, undo
from tests.loans.build import a_loan
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> User:
    return person(Role.SUPERVISOR)


@pytest.fixture
def officer() -> User:
    return person(Role.LEGAL_OFFICER)


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_field_visits_agreed_to_move_the_case_and_bring_the_first_visit(supervisor: User) -> None:
    gentle_terms()
    case = in_stage("phone")
    asked = asked_for(case, "field", address=case.borrower.addresses.get(), wish="at home after six")
    done = agreed(asked, supervisor)
    assert (done.state, done.first_by_name, now(case).stage) == ("agreed", supervisor.username, "field")
    move = case.moves.latest("pk")
    assert (move.asked_by_name, move.by_name, move.by_id_then) == (
        "collector-north",
        supervisor.username,
        supervisor.pk,
    )
    assert (move.reason, move.policy_version.number, move.facts["calls_in_stage"]) == ("nothing else helped", 2, 0)
    visit = Visit.objects.get()
    assert (visit.case, visit.state, visit.wish) == (case, "approved", "at home after six")
    assert (visit.requested_by_name, visit.approved_by_name) == ("collector-north", supervisor.username)
    assert done.move == move
    assert AuditEntry.objects.filter(action="cases.escalate_to_field").count() == 1


def test_legal_takes_a_supervisor_and_a_legal_officer(supervisor: User, officer: User) -> None:
    gentle_terms()
    case = in_stage("field")
    demanded(case)
    waive_visits(case=case, reason="the house is gone", by=supervisor, on=day("02-09"), at=AT)
    asked = asked_for(case, "legal")
    half = agreed(asked, supervisor)
    assert (half.state, now(case).stage) == ("half_agreed", "field")
    with pytest.raises(ApprovalRefused, match="agreed already"):
        agreed(asked, supervisor)
    with pytest.raises(PermissionDenied):
        agreed(asked, colleague(Role.SUPERVISOR, "other-supervisor"))
    done = agreed(asked, officer)
    assert (done.state, done.second_by_name, now(case).stage) == ("agreed", officer.username, "legal")
    assert case.moves.latest("pk").by_name == f"{supervisor.username}, {officer.username}"
    assert case.moves.latest("pk").facts["visits_waived"] is True


def test_ones_own_is_decided_by_another_in_the_service_and_in_the_database(supervisor: User, officer: User) -> None:
    asked = asked_for(a_case(), "withdraw", by=supervisor)
    with pytest.raises(ApprovalRefused, match="another person has to decide"):
        agreed(asked, supervisor)
    with pytest.raises(ApprovalRefused, match="another person"):
        decline(approval=asked, reason="no", by=supervisor, at=AT)
    rows, other = Approval.objects.filter(pk=asked.pk), officer.pk
    done: dict[str, Any] = {"state": "agreed", "move": asked.case.moves.get()}
    for fields, name in (
        ({"first_by_id_then": supervisor.pk}, "approvals_first_is_another"),
        ({**done, "first_by_id_then": other, "second_by_id_then": supervisor.pk}, "approvals_second_is_a_third"),
        ({**done, "first_by_id_then": other, "second_by_id_then": other}, "approvals_second_is_a_third"),
        (done, "approvals_agreed_by_somebody"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**fields)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        asked.changes.update(reason="rewritten")
    assert agreed(asked, officer).state == "agreed"


def test_who_may_not_decide_is_refused_and_a_team_move_is_no_way_round(supervisor: User) -> None:
    case = a_case()
    asked = asked_for(case, "withdraw")
    for role in (Role.OPERATIONS, Role.FIELD_AGENT, Role.AUDITOR):
        with pytest.raises(PermissionDenied):
            agreed(asked, person(role))
    with pytest.raises(PermissionDenied):
        decline(approval=asked, reason="no", by=colleague(Role.COLLECTOR, "other-collector"), at=AT)
    same: dict[str, Any] = {"case": case, "move": "withdraw", "reason": "so", "on": day("02-09"), "at": AT}
    for asker, deciders in ((supervisor.username, [supervisor]), ("ann", []), ("ann", [supervisor, supervisor])):
        with pytest.raises(PermissionDenied):
            make_agreed_move(asked_by_name=asker, agreed_by=deciders, **same)
    assert now(case).stage == "reminder"


def test_the_guards_are_asked_again_with_the_facts_of_the_day(supervisor: User) -> None:
    gentle_terms()
    case = in_stage("phone")
    asked = asked_for(case, "field", address=case.borrower.addresses.get())
    pay(case.lead_loan, "7500.00", "02-09")
    with pytest.raises(MoveRefused) as refused:
        agreed(asked, supervisor)
    assert [blocker.code for blocker in refused.value.blockers] == ["overdue"]
    case.borrower.addresses.update(status="invalid")
    with pytest.raises(MoveRefused):
        agreed(asked, supervisor)
    assert (Approval.objects.get().state, now(case).stage, Visit.objects.count()) == ("asked", "phone", 0)


def test_a_case_is_settled_once_the_agreed_sum_has_come_in(supervisor: User) -> None:
    case = a_case()
    asked = asked_for(case, "settle", **settlement("6000.00"))
    pay(case.lead_loan, "5999.99", "02-09", reference="P1")
    with pytest.raises(MoveRefused, match="agreed_sum_paid"):
        agreed(asked, supervisor)
    pay(case.lead_loan, "0.01", "02-09", reference="P2")
    done = agreed(asked, supervisor)
    case, loan = now(case), Loan.objects.get()
    assert (done.state, case.stage, case.closed_as, case.closed_on) == ("agreed", "closed", "settled", day("02-09"))
    assert (loan.closed_as, loan.closed_on) == ("settled", day("02-09"))
    assert (case.line, case.wakes_at, case.review_on, case.lease_until) == (None, None, None, None)
    close_day(on=day("02-10"), at=AT)
    assert history(case)[-1][1] == "settle"
    assert Case.objects.count() == 1


def test_a_closing_is_told_to_the_bureau_at_once(supervisor: User) -> None:
    case = a_told_case()
    report()
    asked = asked_for(case, "settle", **settlement("6000.00"))
    pay(case.lead_loan, "6000.00", "02-09")
    agreed(asked, supervisor)
    assert rows() == ["L1 monthly 01-31 1 v1", "L1 cleared 02-09 G v1"]


def test_a_debt_written_off_takes_two_ends_the_work_and_nobody_chases_it(supervisor: User, officer: User) -> None:
    gentle_terms()
    case = a_case()
    said = {"amount": Decimal("8160.00"), "date": day("02-12")}
    desk_services.log(
        case=case, point=case.borrower.phones.get(), outcome="PTP", said=said, by=person(Role.COLLECTOR), at=AT
    )
    FollowUp.objects.create(borrower=case.borrower, portfolio=case.portfolio, kind="courtesy", due_at=AT)
    asked = asked_for(case, "write_off")
    assert len(asked.seats) == 2
    agreed(agreed(asked, officer), supervisor)
    case = now(case)
    assert (case.closed_as, Loan.objects.get().closed_as) == ("written_off", "written_off")
    promise = Promise.objects.get()
    assert (promise.state, promise.changes.latest("pk").reason) == ("cancelled", "The case was closed.")
    assert FollowUp.objects.get().done_at == AT
    close_day(on=day("02-10"), at=AT)
    pay(case.lead_loan, "100.00", "02-10", on="02-10")
    assert Case.objects.get().stage == "closed"


def test_it_is_declined_or_withdrawn_with_a_reason_and_may_be_asked_again(supervisor: User) -> None:
    case = a_case()
    asked = asked_for(case, "withdraw")
    with pytest.raises(ApprovalRefused, match="Say why"):
        decline(approval=asked, reason=" ", by=supervisor, at=AT)
    done = decline(approval=asked, reason="talk to her first", by=supervisor, at=AT)
    assert (done.state, done.ended_by_name, done.end_reason) == ("declined", supervisor.username, "talk to her first")
    with pytest.raises(ApprovalRefused, match="decided already"):
        agreed(asked, supervisor)
    again = asked_for(case, "withdraw")
    with pytest.raises(PermissionDenied):
        withdraw(approval=again, reason="no", by=supervisor, at=AT)
    assert withdraw(approval=again, reason="she paid", by=person(Role.COLLECTOR), at=AT).state == "withdrawn"
    assert now(case).stage == "reminder"


@pytest.mark.parametrize("decide", [agreed, lambda its, by, at: decline(approval=its, reason="no", by=by, at=at)])
def test_after_the_deadline_nobody_decides(decide: Callable[..., object], supervisor: User) -> None:
    asked = asked_for(a_case(), "withdraw")
    with pytest.raises(ApprovalRefused, match="time to decide is over"):
        decide(asked, supervisor, at=AT + dt.timedelta(days=3))
    assert Approval.objects.get().state == "asked"
    # It may be asked for again at once, also before the sweep has come.
    again = ask(
        case=asked.case,
        kind="withdraw",
        asked=Asked(),
        reason="call 13800138000",
        by=person(Role.COLLECTOR),
        on=day("02-12"),
        at=AT + dt.timedelta(days=3),
    )
    assert ([its.state for its in Approval.objects.order_by("pk")], again.reason) == (
        ["expired", "asked"],
        "call 138****8000",
    )


def test_whoever_decides_on_figures_that_are_others_by_now_is_shown_the_new_ones(supervisor: User) -> None:
    case = a_case()
    asked = asked_for(case, "settle", **settlement("6000.00"))
    pay(case.lead_loan, "6000.00", "02-09", reference="P1")
    seen = look_at(case, "settle", asked_of(asked), day("02-09")).mark
    pay(case.lead_loan, "1.00", "02-09", reference="P2")
    with pytest.raises(ApprovalRefused, match="changed meanwhile"):
        agree(approval=asked, seen=seen, by=supervisor, on=day("02-09"), at=AT)
    seen = look_at(case, "settle", asked_of(asked), day("02-09")).mark
    assert agree(approval=asked, seen=seen, by=supervisor, on=day("02-09"), at=AT).state == "agreed"


def test_recovery_of_a_loan_closed_before_settles_nothing_else() -> None:
    case = a_case()
    other = a_loan(loan_no="OLD", borrower_no=case.borrower.borrower_no)
    close_loans(
        loans=[other],
        how=ClosedAs.WRITTEN_OFF,
        reason="hopeless",
        by=person(Role.SUPERVISOR),
        on=day("02-09"),
        at=AT,
    )
    pay(other, "700.00", "02-09", reference="P1")
    assert received_since(case, day("02-09"), day("02-09")) == 0


def test_money_a_settlement_rests_on_is_taken_back_only_after_the_settlement(supervisor: User) -> None:
    case = a_case()
    asked = asked_for(case, "settle", **settlement("6000.00"))
    paid = pay(case.lead_loan, "6000.00", "02-09", reference="P1")
    agreed(asked, supervisor)
    with pytest.raises(BookingRefused, match="take back the settlement first"):
        undo(paid)
    undo(LoanEvent.objects.get(kind="closing"))
    undo(paid)
    assert (Loan.objects.get().closed_as, now(case).stage) == ("", "reminder")
