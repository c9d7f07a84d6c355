"""A portal whose clock a test sets, the nights in between, and what is on file."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page

from approvals.tasks import tidy as tidy_approvals
from bureau.models import RecordRow
from cases.models import Case
from cases.night_services import close_day
from intake.booking_services import receive_payment
from legal.tasks import open_referrals
from letters.tasks import write_closing_letters
from loans.models import Loan
from loans.selectors import book_of
from reminders.plan_services import plan_day
from reminders.send_services import send_due
from reports.story_selectors import balances
from staff.models import User
from tests.browser.conftest import signed_in
from tests.browser.test_a_day_of_collectors import SHANGHAI, ask, at
from tests.cast import PASSWORD
from tests.on_days import write
from visits.tasks import tidy as tidy_visits


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class Life:
    """A portal whose clock we set, and the nights and mornings between what people do."""

    def __init__(self, browser: Browser, portal: str, clock: Path) -> None:
        self.browser, self.portal, self.clock = browser, portal, clock

    @contextmanager
    def as_(self, username: str, when: str, *, phone: bool = False) -> Iterator[Page]:
        """Somebody at their desk, or with their telephone, at a moment."""
        write(self.clock, moment(f"2025-{when}"))
        with signed_in(self.browser, self.portal, username, PASSWORD) as page:
            if phone:
                page.set_viewport_size({"width": 390, "height": 844})
                page.context.grant_permissions(["geolocation"])
                page.context.set_geolocation({"latitude": 39.98, "longitude": 116.31, "accuracy": 12})
            yield page

    def nights(self, *days: str) -> None:
        """What the portal does by itself at night, and its messages in the morning."""
        for day in days:
            ask(partial(a_night, dt.date.fromisoformat(f"2025-{day}")))


def a_night(on: dt.date) -> None:
    night, morning = (dt.datetime.combine(on, time, SHANGHAI) for time in (dt.time(0, 30), dt.time(9, 5)))
    close_day(on=on, at=night)
    plan_day(on=on, at=night)
    with at(morning):
        for medium in ("sms", "email"):
            send_due(medium=medium, clock=lambda: morning, until=morning + dt.timedelta(minutes=1))
        for sweep in (tidy_visits, tidy_approvals, open_referrals, write_closing_letters):
            sweep()


def case_of(loan_no: str) -> Case:
    return ask(lambda: Case.objects.get(borrower__loans__loan_no=loan_no))


def owed(loan_no: str, on: str) -> Decimal:
    def read() -> Decimal:
        loan = Loan.objects.select_related("portfolio").get(loan_no=loan_no)
        return book_of(loan).standing(dt.date.fromisoformat(f"2025-{on}")).overdue_amount

    return ask(read)


def pays(loan_no: str, on: str, amount: str | None = None) -> None:
    """Money that comes without anybody at a page."""
    sum_ = Decimal(amount) if amount else owed(loan_no, on)

    def book() -> None:
        receive_payment(
            loan=Loan.objects.get(loan_no=loan_no),
            amount=sum_,
            received_on=dt.date.fromisoformat(f"2025-{on}"),
            reference=f"{loan_no}-{on}",
            by=User.objects.get(username="zhou"),
            on=dt.date.fromisoformat(f"2025-{on}"),
            at=moment(f"2025-{on} 11:00"),
        )

    ask(book)


def codes(loan_no: str) -> list[str]:
    """What was reported of a loan, in order."""
    return ask(
        lambda: list(RecordRow.objects.filter(loan__loan_no=loan_no).order_by("pk").values_list("code", flat=True))
    )


def balanced(loan_no: str, on: str) -> None:
    day = dt.date.fromisoformat(f"2025-{on}")
    found = ask(lambda: balances(Case.objects.get(borrower__loans__loan_no=loan_no), day))
    assert all(row.is_balanced for row in found), found
