"""Small steps of the outbox through the real services; moments as the clock in Shanghai shows them."""

import datetime as dt
from dataclasses import replace
from typing import Any

from borrowers.services import register
from cases.models import Case
from cases.night_services import close_day
from loans.models import Loan, Portfolio
from reminders.claim_services import Claim, claim
from reminders.models import OutboxMessage, Voice
from reminders.plan_services import DayPlan, plan_day
from reminders.send_services import send_due
from tests.cases.build import day
from tests.contacts.build import moment
from tests.loans.build import a_loan, borrower_row

__all__ = ["a_loan", "day", "moment"]

MINUTE = dt.timedelta(minutes=1)


def a_voice(portfolio: Portfolio | None = None) -> Voice:
    """What the messages about a portfolio say of the lender."""
    its = portfolio or Portfolio.objects.get(code="consumer")
    found, _made = Voice.objects.get_or_create(
        portfolio=its,
        defaults={
            "lender": "Example Finance",
            "lender_zh": "示例金融",
            "how_to_pay": "In our app under Repay.",
            "how_to_pay_zh": "请在本公司App内“还款”页面支付。",
            "hotline": "400-000-0000",
        },
    )
    return found


def a_late_loan(*schedule: tuple[str, str, str], loan_no: str = "L1", email: str = "", **person: Any) -> Loan:
    """A loan, 8,000 due 2025-01-10, of a borrower with a phone and perhaps a mailbox; its lender has a voice."""
    row = replace(borrower_row(f"B{loan_no}"), email=email, **person)
    register(borrowers=[row], contacts=[], by=None, at=moment("01-01 09:00"))
    loan = a_loan(*schedule, loan_no=loan_no)
    a_voice(loan.portfolio)
    return loan


def night(on: str) -> DayPlan:
    """Close a date half an hour after midnight and plan its messages."""
    at = moment(f"{on} 00:30")
    close_day(on=day(on), at=at)
    return plan_day(on=day(on), at=at)


def case_of(loan: Loan) -> Case:
    return Case.objects.get(borrower=loan.borrower_id, portfolio=loan.portfolio_id)


def planned() -> list[tuple[str, str, str]]:
    """Step, medium and state of every message, the first planned first."""
    return list(OutboxMessage.objects.order_by("pk").values_list("step", "medium", "state"))


def send(at: str, medium: str = "sms") -> int:
    """Send what is due by a medium at a moment."""
    now = moment(at)
    return send_due(medium=medium, clock=lambda: now, until=now + MINUTE)


def claim_at(at: str, medium: str = "sms") -> Claim:
    return claim(medium=medium, at=moment(at))


def only() -> OutboxMessage:
    """The one message there is."""
    return OutboxMessage.objects.get()
