"""`manage.py demo`: through the tape's own checks and services, once."""

import datetime as dt
from decimal import Decimal
from io import StringIO
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from borrowers.models import Borrower
from borrowers.selectors import search
from contacts.message_models import InboundMessage
from loans.models import LedgerEntry, Loan, LoanEvent
from loans.selectors import book_of, loans_visible_to, standings
from reminders.gateways.files import read_letter
from reminders.models import OutboxMessage
from staff.models import User

pytestmark = pytest.mark.django_db
DAY = "2026-10-31"


@pytest.fixture(autouse=True)
def in_development(settings):
    settings.DEBUG = True


def demo(**options) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **{"loans": 40, "on": dt.date.fromisoformat(DAY), **options})
    return out.getvalue()


def test_the_demo_fills_an_empty_portal_and_says_with_what():
    said = demo()
    assert "loans: 41 new, 0 on file already" in said
    assert Loan.objects.count() == 41
    assert LedgerEntry.objects.exists()
    assert {portfolio for portfolio in Loan.objects.values_list("portfolio__code", flat=True)} == {"consumer", "cards"}


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


def test_the_demo_again_brings_nothing_new():
    demo()
    before = LoanEvent.objects.count(), LedgerEntry.objects.count(), User.objects.count(), Borrower.objects.count()
    said = demo()
    assert all(": 0 new, " in line for line in said.splitlines())
    assert before == (
        LoanEvent.objects.count(),
        LedgerEntry.objects.count(),
        User.objects.count(),
        Borrower.objects.count(),
    )


def test_a_larger_demo_of_the_same_day_adds_only_the_rest():
    demo()
    assert "loans: 10 new, 41 on file already" in demo(loans=50)


def test_another_seed_is_refused_and_changes_nothing():
    demo()
    events = LoanEvent.objects.count()
    with pytest.raises(CommandError, match="Another demo is on file"):
        demo(seed=2)
    assert LoanEvent.objects.count() == events


def test_if_empty_loads_into_an_empty_portal_and_leaves_one_with_loans_alone():
    demo(if_empty=True)
    assert Loan.objects.count() == 41
    assert demo(if_empty=True, loans=50) == "There are loans already; the demo is not loaded.\n"
    assert Loan.objects.count() == 41


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
    with patch("intake.demo.loading.show_portfolio", side_effect=RuntimeError), pytest.raises(RuntimeError):
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
    demo()
    late = [found.days_past_due for _loan, found in standings(Loan.objects.all(), dt.date.fromisoformat(DAY))]
    assert sum(1 for days in late if days == 0) > 20
    assert {1, 2} <= {(days + 29) // 30 for days in late}


def test_what_the_demo_did_stands_in_the_audit_log():
    demo(loans=5)
    assert {"intake.load", "borrowers.register", "loans.open_portfolio", "loans.show_portfolio", "staff.add"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )
