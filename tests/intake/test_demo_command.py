"""`manage.py demo`: through the tape's own checks and services, once."""

import datetime as dt
from decimal import Decimal
from io import StringIO
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import F

from approvals.models import Approval
from approvals.selectors import waits_for
from audit.models import AuditEntry
from borrowers.models import Borrower
from borrowers.selectors import search
from bureau.models import RecordDispute, RecordRow, ReportRun
from cases.models import Case, CaseMove
from contacts.message_models import InboundMessage
from contacts.models import Attempt
from legal.list_selectors import deadlines, ready
from legal.models import Referral
from letters.models import Letter
from loans.models import LedgerEntry, Loan, LoanEvent
from loans.selectors import book_of, loans_visible_to, standings
from reminders.gateways.files import read_letter
from reminders.models import OutboxMessage
from staff.models import User
from visits.models import Visit

pytestmark = pytest.mark.django_db
DAY = "2026-10-31"


@pytest.fixture(autouse=True)
def in_development(settings):
    settings.DEBUG = True


def demo(**options) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **{"loans": 8, "on": dt.date.fromisoformat(DAY), **options})
    return out.getvalue()


def test_the_demo_fills_an_empty_portal_and_says_with_what():
    said = demo()
    assert "loans: 9 new, 0 on file already" in said
    assert Loan.objects.count() == 9
    assert LedgerEntry.objects.exists()
    assert {portfolio for portfolio in Loan.objects.values_list("portfolio__code", flat=True)} == {"consumer", "cards"}
    # However small it is, one loan is old enough for a court.
    assert Referral.objects.get().state == "order_applied"


def test_the_demo_has_written_to_its_borrowers_in_chinese_with_what_they_owed_that_day():
    demo(loans=80)
    read = OutboxMessage.objects.filter(state="delivered", anchor="overdue", language="zh-hans").order_by("-pk")
    message = read[0]
    assert message.sent_at is not None
    day = message.sent_at.astimezone(ZoneInfo("Asia/Shanghai")).date()
    its = Loan.objects.filter(borrower=message.borrower_id, portfolio=message.portfolio_id).select_related("portfolio")
    owed = sum(book_of(loan).standing(day).overdue_amount for loan in its)
    assert message.amount == owed
    assert f"{owed:,.2f}元" in message.body
    letter = read_letter(message.medium, message.key)
    assert letter is not None and letter.body == message.body
    assert {"已还款", "退订"} <= {row.text for row in InboundMessage.objects.all()}


ON_FILE = (LoanEvent, LedgerEntry, User, Borrower, Case, CaseMove, Attempt, Approval, Visit, Letter, RecordRow)


def test_the_demo_of_300_loans_has_work_in_every_room_and_again_brings_nothing_new():
    demo(loans=300)
    today = dt.date.fromisoformat(DAY)
    assert Visit.objects.filter(day=today, state="accepted", case__stage="field").exists()
    assert Visit.objects.filter(state="done", day=today - dt.timedelta(days=1), photos__number=1).exists()
    waiting = Approval.objects.get(state="asked")
    assert (waiting.asked_by_name, waiting.kind) == ("collector", "field")
    assert waits_for(User.objects.get(username="supervisor")).get() == waiting
    officer = User.objects.get(username="legal_officer")
    [(referral, deadline, urgency)] = deadlines(officer, today)
    assert (deadline.code, urgency.value, referral.case.stage) == ("accept", "soon", "legal")
    assert referral.costs.count() == 1
    assert len(ready(officer, today)) == 1
    run = ReportRun.objects.get()
    assert run.is_done and run.reported and run.held_back
    assert RecordDispute.objects.get(decision="").due_on > today
    assert RecordRow.objects.get(loan=RecordDispute.objects.get().loan).is_adverse
    # Nothing was done about a case before it opened.
    assert not CaseMove.objects.filter(on__lt=F("case__opened_on")).exists()
    assert not Letter.objects.filter(written_on__lt=F("case__opened_on")).exists()
    before = [model.objects.count() for model in ON_FILE]
    said = demo(loans=300)
    assert all(": 0 new, " in line for line in said.splitlines())
    assert before == [model.objects.count() for model in ON_FILE]


def test_a_larger_demo_of_the_same_day_adds_only_the_rest():
    demo()
    assert "loans: 4 new, 9 on file already" in demo(loans=12)


def test_another_seed_is_refused_and_changes_nothing():
    demo()
    events = LoanEvent.objects.count()
    with pytest.raises(CommandError, match="Another demo is on file"):
        demo(seed=2)
    assert LoanEvent.objects.count() == events


def test_if_empty_loads_into_an_empty_portal_and_leaves_one_with_loans_alone():
    demo(if_empty=True)
    assert Loan.objects.count() == 9
    assert demo(if_empty=True, loans=12) == "There are loans already; the demo is not loaded.\n"
    assert Loan.objects.count() == 9


def test_a_day_still_to_come_is_refused():
    with pytest.raises(CommandError, match="still to come"):
        demo(on=dt.date(2999, 1, 1))


def test_without_debug_the_demo_is_refused_and_leaves_nothing(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        demo()
    assert not Loan.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(("option", "text"), [("--loans", "0"), ("--loans", "many"), ("--on", "31.10.2026")])
def test_an_option_that_makes_no_sense_is_refused(option: str, text: str):
    with pytest.raises(CommandError, match="argument"):
        call_command("demo", option, text)


def test_when_loading_fails_halfway_nothing_is_left():
    with patch("intake.demo.lender.show_portfolio", side_effect=RuntimeError), pytest.raises(RuntimeError):
        demo()
    assert not Loan.objects.exists()
    assert not User.objects.exists()


def test_the_second_team_sees_only_the_cards():
    demo()
    first, second = User.objects.get(username="collector"), User.objects.get(username="collector2")
    assert set(loans_visible_to(first).values_list("portfolio__code", flat=True)) == {"consumer", "cards"}
    assert set(loans_visible_to(second).values_list("portfolio__code", flat=True)) == {"cards"}
    assert not loans_visible_to(second).filter(loan_no="DEMO-8000").exists()


def test_somebody_can_sign_in_with_the_demo_password():
    demo(loans=1)
    assert User.objects.get(username="operations").check_password(settings.DEMO_PASSWORD)


def test_the_loan_of_the_readme_owes_160_on_the_day_the_readme_names():
    demo(loans=1)
    found = book_of(Loan.objects.get(loan_no="DEMO-8000")).standing(dt.date(2025, 2, 9))
    assert (found.overdue_principal, found.penalty, found.days_past_due) == (Decimal("8000.00"), Decimal("160.00"), 30)


def test_a_borrower_is_found_by_the_phone_of_the_tape():
    demo(loans=1)
    phone = Borrower.objects.get(borrower_no="D0000001").phones.get().number
    assert [borrower.borrower_no for borrower in search(phone)] == ["D0000001"]


def test_the_portal_finds_loans_on_time_and_late_on_the_day_of_the_demo():
    demo(loans=40)
    late = [found.days_past_due for _loan, found in standings(Loan.objects.all(), dt.date.fromisoformat(DAY))]
    assert sum(1 for days in late if days == 0) > 20
    assert {1, 2} <= {(days + 29) // 30 for days in late}


def test_what_the_demo_did_stands_in_the_audit_log():
    demo(loans=5)
    assert {"intake.load", "borrowers.register", "loans.open_portfolio", "loans.show_portfolio", "staff.add"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )
