"""One day in Chromium, and a morning three days later: two collectors with one queue, a call the law refuses, a payment
that comes while the case is open, a promise kept and then broken, and a brief that adds up. Everything by keyboard.
"""

import base64
import datetime as dt
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from borrowers.models import Phone
from cases.models import Case
from contacts.models import Attempt, Promise
from staff.models import Team
from staff.roles import Role
from tests.browser.conftest import running_portal, signed_in
from tests.cast import PASSWORD, hire
from tests.loans.build import a_loan

pytestmark = pytest.mark.browser
Answer = TypeVar("Answer")

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = dt.datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
THURSDAY = dt.datetime(2026, 11, 5, 9, 0, tzinfo=SHANGHAI)
SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
# The promise is made on this loan.
PROMISED = "L5"


@pytest.fixture
def people(settings: Settings, committed: None) -> None:
    # The portal runs in its own process, with the real hasher.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    east = Team.objects.create(name="East")
    for username, role in {
        "li": Role.COLLECTOR,
        "wang": Role.COLLECTOR,
        "zhao": Role.SUPERVISOR,
        "zhou": Role.OPERATIONS,
    }.items():
        hire(username, role, east)


@pytest.fixture
def book(people: None) -> None:
    """Seven borrowers who are late; the last one owes in two portfolios."""
    with at(MONDAY.replace(hour=0, minute=30)):
        for number, due in enumerate(["09-20", "09-25", "09-28", "10-02", "10-05", "10-10", "10-15"], start=1):
            # The second instalment is still to come, so that who pays the first is watched.
            rows = ((f"2026-{due}", "3000.00", "0.00"), ("2027-01-20", "3000.00", "0.00"))
            a_loan(*rows, loan_no=f"L{number}", seen_by="East", disbursed_on=MONDAY.date())
        a_loan(
            ("2026-10-20", "500.00", "0.00"),
            loan_no="L7B",
            seen_by="East",
            borrower_no="BL7",
            portfolio="cards",
            disbursed_on=MONDAY.date(),
        )
        call_command("close_day", "--on", "2026-11-02")
        call_command("morning_brief", "--on", "2026-11-02")


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Work of the night, done here at a moment of its own."""
    with time_machine.travel(moment, tick=False):
        yield


def ask(question: Callable[[], Answer]) -> Answer:
    """What is on file. Playwright has an event loop in this thread, so another one asks."""

    def asked() -> Answer:
        try:
            return question()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(asked).result()


def case_of(loan_no: str) -> Case:
    return ask(lambda: Case.objects.get(lead_loan__loan_no=loan_no))


def promise_state() -> str:
    return ask(lambda: str(Promise.objects.get().state))


def close_days(*days: str) -> None:
    for day in days:
        with at(dt.datetime.fromisoformat(f"{day}T00:30:00+08:00")):
            call_command("close_day", "--on", day)


def test_a_day_of_collectors(book: None, browser: Browser, tmp_path: Path) -> None:
    with running_portal(MONDAY) as portal:
        with signed_in(browser, portal, "li", PASSWORD) as li, signed_in(browser, portal, "wang", PASSWORD) as wang:
            neither_meets_the_others_case(li, wang)
            logs_no_answer_wrong_number_promise_and_hardship(li)
            is_refused_a_fourth_conversation(wang)
            open_case(li, PROMISED, view="Waiting")
            with signed_in(browser, portal, "zhou", PASSWORD) as zhou:
                a_payment_comes_by_tape(zhou, tmp_path)
            sees_the_case_leave_for_watch(li)
        assert promise_state() == "kept"
        with signed_in(browser, portal, "zhao", PASSWORD) as zhao:
            reads_the_board(zhao)
    ask(lambda: close_days("2026-11-03", "2026-11-04", "2026-11-05"))
    with running_portal(THURSDAY) as portal:
        with signed_in(browser, portal, "zhou", PASSWORD) as zhou:
            reverses_the_payment(zhou)
        assert promise_state() == "broken"
        with signed_in(browser, portal, "wang", PASSWORD) as wang:
            finds_it_on_top_with_its_reason(wang)
        with signed_in(browser, portal, "zhao", PASSWORD) as zhao:
            reads_a_brief_that_adds_up(zhao)
        # In Chinese for people to look at; colours and structure are the same in both.
        for language, scheme in (("en", "light"), ("en", "dark"), ("zh-hans", "light")):
            looks_at_every_page(browser, portal, language, scheme)


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def press(page: Page, key: str) -> None:
    """A key pressed by somebody who is not typing."""
    page.wait_for_load_state()  # a key struck before the page's script is there is lost
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(key)


def next_case(page: Page) -> str:
    before = page.url
    press(page, "n")
    page.wait_for_url(lambda url: url != before and "/cases/" in url)
    return heading(page)


def say(page: Page, line: str) -> None:
    """Log in one breath, by keyboard alone."""
    press(page, "l")
    page.keyboard.type(line)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def logs(page: Page, line: str) -> None:
    say(page, line)
    expect(page.locator(".logged")).to_contain_text(f"Logged: {line.split()[0]}")


def open_case(page: Page, loan_no: str, view: str = "") -> None:
    """Find a case in the queue and open it, by keyboard alone."""
    wanted = str(case_of(loan_no))
    press(page, "q")
    page.wait_for_url(re.compile("/queue/$"))
    if view:
        page.get_by_role("link", name=view, exact=True).press("Enter")
        page.wait_for_url(re.compile("line="))
    expect(page.locator("tr[data-href]").filter(has_text=wanted)).to_be_visible()
    page.wait_for_load_state()
    for _row in range(page.locator("tr[data-href]").count()):
        page.keyboard.press("j")
        if wanted in page.locator("tr:focus").inner_text():
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/cases/[0-9]+/$"))


def neither_meets_the_others_case(li: Page, wang: Page) -> None:
    li.goto("/queue/")
    wang.goto("/queue/")
    met = [next_case(page) for page in (li, wang, li, wang)]
    assert len(set(met)) == 4


def logs_no_answer_wrong_number_promise_and_hardship(page: Page) -> None:
    press(page, "c")
    expect(page.locator("#dialled")).to_have_text("15800000001")
    expect(page.locator("#line")).to_be_focused()
    page.keyboard.type("RNR")
    page.keyboard.press("Enter")
    expect(page.locator(".logged")).to_contain_text("Logged: RNR")
    page.keyboard.press("Enter")  # the next case is offered where the focus is
    page.wait_for_url(re.compile("/cases/[0-9]+/$"))
    logs(page, "WRONG")
    assert ask(lambda: Phone.objects.filter(status="wrong").count()) == 1
    open_case(page, PROMISED)
    press(page, "l")
    page.keyboard.type("PTP 3000 tomorow")
    expect(page.locator("#said mark")).to_have_text("tomorow")
    page.keyboard.press("Control+a")
    page.keyboard.type("PTP 3000 tomorrow wechat w3 a2 x")
    expect(page.locator("#said")).to_contain_text("Enter logs it.")
    page.keyboard.press("Enter")
    expect(page.locator(".logged")).to_contain_text("Logged: PTP")
    open_case(page, "L6")
    logs(page, "HARD 失业 w2 a0")
    press(page, "u")
    expect(page.locator("#messages")).to_contain_text("It is taken back")
    logs(page, "HARD 失业 w2 a0")
    assert ask(lambda: Attempt.objects.filter(outcome="HARD").count()) == 2


def is_refused_a_fourth_conversation(page: Page) -> None:
    open_case(page, "L7")
    for _conversation in range(2):
        logs(page, "WILL w2 a1")
    open_case(page, "L7B")
    logs(page, "WILL w2 a1")
    say(page, "WILL w2 a1")
    refusal = page.locator(".refusal")
    expect(refusal).to_contain_text("CN-FREQ-01")
    expect(refusal).to_contain_text("GB/T 45251-2025")
    expect(refusal).to_contain_text("11-03 08:00")
    expect(page.locator("#line")).to_have_value("WILL w2 a1")


def a_payment_comes_by_tape(page: Page, folder: Path) -> None:
    tape = folder / "payments.csv"
    tape.write_text(f"payment_ref,loan_no,received_on,amount,channel\nP1,{PROMISED},2026-11-02,3100.00,wechat\n")
    page.goto("/imports/new/")
    page.get_by_label("Files").set_input_files([tape])
    page.get_by_role("button", name="Upload and check").press("Enter")
    page.get_by_role("button", name="Load", exact=True).press("Enter", timeout=30_000)
    expect(page.get_by_role("heading", name="Loaded", exact=True)).to_be_visible(timeout=30_000)


def sees_the_case_leave_for_watch(page: Page) -> None:
    expect(page.locator("#live-head")).to_contain_text("the case is watched", timeout=10_000)
    expect(page.locator("#live-timeline")).to_contain_text("kept")
    page.goto("/queue/?line=waiting")
    expect(page.locator("main")).not_to_contain_text(str(case_of(PROMISED)))


def reads_the_board(page: Page) -> None:
    page.goto("/team/")
    expect(page.locator("main")).to_contain_text("Li")
    expect(page.locator("main")).to_contain_text("Wang")


def reverses_the_payment(page: Page) -> None:
    page.goto(f"/loans/{PROMISED}/")
    page.get_by_role("link", name="Reverse").press("Enter")
    page.get_by_label("Reason").fill("bounced")
    page.get_by_role("button", name="Reverse it").press("Enter")
    expect(page.get_by_text("bounced")).to_be_visible()


def finds_it_on_top_with_its_reason(page: Page) -> None:
    page.goto("/queue/")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text(str(case_of(PROMISED)))
    expect(first).to_contain_text("broken")
    press(page, "j")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/cases/[0-9]+/$"))
    assert heading(page).endswith(str(case_of(PROMISED)))
    press(page, "q")
    page.wait_for_url(re.compile("/queue/$"))
    assert next_case(page).endswith(str(case_of(PROMISED)))


def reads_a_brief_that_adds_up(page: Page) -> None:
    page.goto("/reports/brief/")
    page.get_by_role("button", name="Bring up to date").press("Enter")
    for _second in range(20):  # a worker writes it
        if "2026-11-05" in heading(page):
            break
        page.wait_for_timeout(1000)
        page.goto("/reports/brief/")
    section = page.locator("section.brief").filter(has_text="consumer")
    amounts = [Decimal(text.replace(",", "")) for text in section.locator("tbody tr td:last-child").all_inner_texts()]
    assert amounts[0] + sum(amounts[1:-1]) == amounts[-1]
    link = section.get_by_role("row").filter(has_text="Reversed").get_by_role("link")
    figure = link.inner_text()
    link.press("Enter")
    expect(page.locator("main")).to_contain_text(str(case_of(PROMISED)))
    expect(page.locator("tfoot")).to_contain_text(figure.lstrip("+"))


PAGES = {
    "zhao": ["/", "/queue/", "/queue/?line=waiting", "/team/", "/assignment/", "/reports/brief/", "/cases/"],
    "li": ["/", "/queue/", "/queue/?whose=mine"],
}


def looks_at_every_page(browser: Browser, portal: str, language: str, scheme: str) -> None:
    """Screenshots for people, and what axe-core finds, which must be nothing serious."""
    for username, addresses in PAGES.items():
        with signed_in(browser, portal, username, PASSWORD) as page:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            switch = page.locator(f"button[name=language][value={language}]")
            if switch.count():
                switch.press("Enter")
            for address in [*addresses, f"/cases/{case_of('L7').pk}/", f"/cases/{case_of(PROMISED).pk}/"]:
                page.goto(address)
                page.wait_for_load_state("networkidle")
                keep_a_picture(page, f"{username}{address}", language, scheme)
                if language == "en":  # the colours and the structure are the same in the other
                    finds_nothing_serious(page)


def finds_nothing_serious(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in serious] == [], page.url


def keep_a_picture(page: Page, name: str, language: str, scheme: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    # Not `page.screenshot`, which hides the caret by an inline style that the page's own policy refuses.
    session = page.context.new_cdp_session(page)
    picture = session.send("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
    path = SCREENS / f"{re.sub(r'[^a-z0-9]+', '-', name).strip('-')}-{language}-{scheme}.png"
    path.write_bytes(base64.b64decode(picture["data"]))
