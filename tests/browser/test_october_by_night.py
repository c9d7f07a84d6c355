"""A month of nights on the lender's real sample, the worker killed on five of them, and the morning after in Chromium.

Every day is closed, planned and sent by a real worker to a real mail server and a real SMS gateway; a message is read,
"已还款" waits in the collector's queue, "退订" ends the channel, and all days again send nothing.
"""

import base64
import datetime as dt
import json
import random
import re
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from borrowers.models import OptOut
from cases.models import Case, ClosedDay
from cases.services import loans_changed
from loans.models import Loan, Portfolio
from loans.selectors import book_of, ids_of
from loans.services import book_payments, show_portfolio
from reminders.lifecycle import State
from reminders.models import OutboxMessage, PlannedDay
from reminders.plan_services import plan_day
from reminders.template_services import describe_lender
from rulebook.tape import NewPayment
from staff.models import Team
from staff.roles import Role
from tests.browser.conftest import running_portal, signed_in
from tests.browser.test_a_day_of_collectors import SCREENS, SHANGHAI, ask
from tests.cast import PASSWORD, hire
from tests.loans.sample import load_contracts, payments
from tests.on_days import write
from tests.proof import size
from tests.reminders.sinks import post_signed
from tests.reminders.worker import (
    ask_for,
    environment,
    forget_tasks,
    gateways,
    kill,
    lines_of,
    start_worker,
    wait_until,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("october")]

# The whole takes four minutes; with every `make test` a third of the borrowers lives through the first ten days.
ONE_IN = size(full=1, every_day=3)
FIRST = dt.date(2026, 10, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(size(full=31, every_day=10))]
LAST = DAYS[-1]
# On these days the worker is killed: while the day is closed, or while messages go out.
KILLED_AT_NIGHT = {dt.date(2026, 10, 1), dt.date(2026, 10, 9), dt.date(2026, 10, 21)}
KILLED_IN_THE_MORNING = {dt.date(2026, 10, 1), dt.date(2026, 10, 15), dt.date(2026, 10, 27)}
LENDER = {
    "lender": "Sample Finance",
    "lender_zh": "样例金融",
    "how_to_pay": "In the Sample Finance app under Repay.",
    "how_to_pay_zh": "请在“样例金融”App的“还款”页面支付。",
    "hotline": "400-000-0000",
}


@pytest.fixture
def sample(settings: Settings, committed: None) -> None:
    """The sample as it stood when October began, a lender who says who it is, and the people of the last morning."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    east = Team.objects.create(name="East")
    for username, role in {"li": Role.COLLECTOR, "zhao": Role.SUPERVISOR}.items():
        hire(username, role, east)
    load_contracts(ONE_IN)
    before = at(FIRST, 0)
    book_payments(payments=[paid for paid in payments(ONE_IN) if paid.received_on < FIRST], by=None, at=before)
    for portfolio in Portfolio.objects.all():
        show_portfolio(code=portfolio.code, team=east, by=None, at=before)
        describe_lender(portfolio=portfolio, said=LENDER, by=None, at=before)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), SHANGHAI)


class Month:
    """A worker, its clock, and the gateways it talks to."""

    def __init__(self, folder: Path, addresses: dict[str, str]) -> None:
        self.folder, self.clock, self.log = folder, folder / "clock", folder / "worker.log"
        self.env = environment(addresses)
        self.dice = random.Random(10)
        self.set_clock(at(FIRST, 0, 30))
        self.worker = self.start()

    def set_clock(self, moment: dt.datetime) -> None:
        write(self.clock, moment)

    def start(self) -> subprocess.Popen[bytes]:
        return start_worker(self.clock, self.env, self.log)

    def do(self, moment: dt.datetime, done: Callable[[], bool], *tasks: tuple[str, tuple[str, ...]]) -> None:
        """Ask for tasks at a moment, and wait until what they are for is done."""
        self.set_clock(moment)
        ask_for(*tasks)
        assert wait_until(done, 120), self.log.read_text(encoding="utf-8")[-3000:]

    def keep_asking(self, moment: dt.datetime, done: Callable[[], bool], task: tuple[str, tuple[str, ...]]) -> None:
        """Ask as beat does, again and again: the database may not have noticed yet that a worker was killed."""
        self.set_clock(moment)
        for _time in range(24):
            ask_for(task)
            if wait_until(done, 5):
                return
        raise AssertionError(self.log.read_text(encoding="utf-8")[-3000:])

    def do_and_be_killed(
        self, moment: dt.datetime, begun: Callable[[], bool], task: tuple[str, tuple[str, ...]]
    ) -> None:
        """Ask for a task and pull the plug a moment after it has begun; another worker starts."""
        self.set_clock(moment)
        ask_for(task)
        assert wait_until(begun, 120), self.log.read_text(encoding="utf-8")[-3000:]
        time.sleep(self.dice.uniform(0.05, 0.4))
        kill(self.worker)
        forget_tasks()
        self.worker = self.start()

    def taken(self) -> list[str]:
        """The keys of everything that the gateways took."""
        return lines_of(self.folder / "sms.txt") + lines_of(self.folder / "email.txt")


CLOSE, CARRY_ON = ("cases.tasks.close_day", ()), ("cases.tasks.carry_the_night_on", ())
PLAN, TIDY = ("reminders.tasks.plan_day", ()), ("reminders.tasks.tidy_outbox", ())
SEND = (("reminders.tasks.send_due", ("sms",)), ("reminders.tasks.send_due", ("email",)))


def live_through(month: Month, day: dt.date, paid: list[NewPayment]) -> None:
    """One day: closed and planned after midnight, payments in the morning, messages from nine o'clock on."""
    if day in KILLED_AT_NIGHT:
        month.do_and_be_killed(at(day, 0, 30), lambda: ClosedDay.objects.filter(on=day).exists(), CLOSE)
        month.keep_asking(at(day, 0, 40), lambda: is_closed(day), CARRY_ON if begun(day) else CLOSE)
    else:
        month.do(at(day, 0, 30), lambda: is_closed(day), CLOSE)
    month.do(at(day, 0, 50), lambda: PlannedDay.objects.filter(on=day, finished_at__isnull=False).exists(), PLAN)
    if paid:
        book_payments(payments=paid, by=None, at=at(day, 8))
        ids = ids_of({payment.loan_no for payment in paid})
        loans_changed(loan_ids=list(ids.values()), on=day, at=at(day, 8))
    if day in KILLED_IN_THE_MORNING:
        before = len(month.taken())
        month.do_and_be_killed(at(day, 9, 5), lambda: len(month.taken()) > before, SEND[day.day % 2])
    month.do(at(day, 9, 10), lambda: not waiting(at(day, 9, 10)), *SEND)
    month.do(at(day, 9, 40), lambda: not under_way(), TIDY)


def is_closed(day: dt.date) -> bool:
    return ClosedDay.objects.filter(on=day, finished_at__isnull=False).exists()


def begun(day: dt.date) -> bool:
    return ClosedDay.objects.filter(on=day, started_at__isnull=False).exists()


def waiting(until: dt.datetime) -> bool:
    return OutboxMessage.objects.filter(state=State.PLANNED, send_after__lte=until).exists()


def under_way() -> bool:
    return OutboxMessage.objects.filter(state=State.SENDING).exists()


def test_october(sample: None, browser: Browser, tmp_path: Path) -> None:
    by_day: dict[dt.date, list[NewPayment]] = defaultdict(list)
    for payment in payments(ONE_IN):
        by_day[payment.received_on].append(payment)
    forget_tasks()
    with gateways(tmp_path) as addresses:
        month = ask(lambda: Month(tmp_path, addresses))
        try:
            for day in DAYS:
                ask(partial(live_through, month, day, by_day[day]))
            ask(lambda: assert_every_message_is_accounted_for(month))
            ask(lambda: assert_all_days_again_send_nothing(month))
        finally:
            month.worker.terminate()
            month.worker.wait(timeout=60)
    with running_portal(at(LAST, 10)) as portal:
        read_a_message(browser, portal)
        paid, stopped = ask(lambda: two_who_got_a_text_message())
        reply(portal, paid, "已还款")
        reply(portal, stopped, "退订")
        ask(lambda: assert_the_channel_has_ended(stopped))
        find_the_answer_in_the_queue(browser, portal, paid)


def assert_every_message_is_accounted_for(month: Month) -> None:
    arrivals = Counter(month.taken())
    assert max(arrivals.values()) == 1, "a message arrived twice"
    by_state: dict[str, set[str]] = defaultdict(set)
    for key, state in OutboxMessage.objects.values_list("key", "state"):
        by_state[state].add(key)
    sent, in_doubt = by_state[State.SENT], by_state[State.IN_DOUBT]
    assert sent <= arrivals.keys() <= sent | in_doubt
    assert not by_state.keys() & {State.SENDING, State.FAILED, State.REFUSED}, {s: len(k) for s, k in by_state.items()}
    assert len(sent) > 60 * len(DAYS) // ONE_IN
    assert in_doubt, "nobody was killed while sending"
    assert [day.on for day in ClosedDay.objects.order_by("on")] == DAYS


def assert_all_days_again_send_nothing(month: Month) -> None:
    before, rows = len(month.taken()), OutboxMessage.objects.count()
    for day in DAYS[:-1]:
        with pytest.raises(CommandError, match="closed already"):
            call_command("close_day", "--on", day.isoformat())
        assert plan_day(on=day, at=at(day, 0, 50)).planned == 0
    call_command("close_day", "--on", LAST.isoformat())
    month.set_clock(at(LAST, 11))
    ask_for(CLOSE, PLAN, *SEND, TIDY)
    # What is asked for last is done last: one pool process works in order.
    month.do(at(LAST, 11), lambda: not waiting(at(LAST, 11)), CLOSE)
    assert len(month.taken()) == before
    assert OutboxMessage.objects.count() == rows


def read_a_message(browser: Browser, portal: str) -> None:
    """A supervisor opens the outbox and reads, in Chinese, the amount that the ledger gives for the day."""
    message, amount = ask(latest_late_message)
    with signed_in(browser, portal, "zhao", PASSWORD) as page:
        page.goto("/messages/")
        shot(page, "messages-board")
        page.goto(f"/messages/{message.pk}/")
        expect(page.locator("main")).to_contain_text(f"{amount:,.2f}元")
        expect(page.locator("main")).to_contain_text("样例金融")
        shot(page, "message")
        page.goto(f"/nights/{DAYS[8].isoformat()}/")
        shot(page, "night")


def latest_late_message() -> tuple[OutboxMessage, Decimal]:
    """A late borrower's last message, and what that borrower's loans owed on its day."""
    message = OutboxMessage.objects.filter(state=State.SENT, anchor="overdue").order_by("-pk")[0]
    day = message.sent_at.astimezone(SHANGHAI).date() if message.sent_at else LAST
    its = Loan.objects.filter(borrower=message.borrower_id, portfolio=message.portfolio_id).select_related("portfolio")
    owed = sum((book_of(loan).standing(day).overdue_amount for loan in its), Decimal(0))
    assert message.amount == owed
    return message, owed


def two_who_got_a_text_message() -> tuple[OutboxMessage, OutboxMessage]:
    """The latest text messages to people who are still in the queue."""
    got = OutboxMessage.objects.filter(state=State.SENT, medium="sms", anchor="overdue", case__line__isnull=False)
    first, second = got.order_by("-pk").select_related("phone", "case", "borrower")[:2]
    return first, second


def reply(portal: str, message: OutboxMessage, text: str) -> None:
    """The borrower answers; their network tells the portal, signed."""
    now = at(LAST, 10, 1)
    told = {
        "event": f"reply-{message.pk}",
        "kind": "replied",
        "key": message.key,
        "at": now.isoformat(),
        "from": message.phone.number if message.phone else "",
        "text": text,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    status = post_signed(f"{portal}/hooks/sms/", body, secret=portal_settings.HOOK_KEYS[0], at=now.timestamp())
    assert status in (200, 204)


def assert_the_channel_has_ended(message: OutboxMessage) -> None:
    assert OptOut.objects.filter(borrower=message.borrower_id, medium="sms", lifted_at=None).exists()
    waiting = OutboxMessage.objects.filter(borrower=message.borrower_id, medium="sms", state=State.PLANNED)
    assert not waiting.exists()


def find_the_answer_in_the_queue(browser: Browser, portal: str, message: OutboxMessage) -> None:
    case = ask(lambda: Case.objects.get(outbox=message))
    assert case.line == 4
    with signed_in(browser, portal, "li", PASSWORD) as page:
        page.goto("/queue/")
        row = page.get_by_role("row").filter(has_text=str(case))
        expect(row).to_contain_text(re.compile("消息|回复|message", re.IGNORECASE))
        shot(page, "queue-with-an-answer")
        page.goto(f"/cases/{case.pk}/")
        expect(page.locator("main")).to_contain_text("已还款")
        shot(page, "case-with-an-answer")


def shot(page: Page, name: str) -> None:
    """A picture for whoever looks at the test's work."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    # Not `page.screenshot`, which hides the caret by an inline style that the page's own policy refuses.
    session = page.context.new_cdp_session(page)
    picture = session.send("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
    (SCREENS / f"october-{name}.png").write_bytes(base64.b64decode(picture["data"]))
