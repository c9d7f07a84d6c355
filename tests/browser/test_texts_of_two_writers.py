"""A text is typed with the preview beside it, and in use once a colleague has agreed; and the bar fits the window."""

import datetime as dt
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from borrowers.models import Borrower
from cases.models import Case
from cases.night_services import close_day
from staff.roles import Role
from tests.browser.conftest import signed_in
from tests.cast import PASSWORD, hire
from tests.loans.build import AT, a_loan
from tests.reminders.build import a_voice

pytestmark = pytest.mark.browser

SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"


@pytest.fixture
def case(settings: Settings, committed: None) -> Case:
    """A case, and two people who write texts."""
    # The portal runs in its own process, with the real hasher.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for username in ("kai", "xue"):
        hire(username, Role.POLICY_ADMIN)
    hire("zhao", Role.SUPERVISOR)
    hire("xu", Role.AUDITOR)
    loan = a_loan(loan_no="L20250001")
    Borrower.objects.update(language="en")
    a_voice(loan.portfolio)
    close_day(on=dt.date(2025, 2, 9), at=AT)
    return Case.objects.get()


def test_a_text_is_typed_with_the_preview_beside_it_and_approved_by_a_colleague(
    case: Case, portal: str, browser: Browser
) -> None:
    for username in ("zhao", "xu"):
        with signed_in(browser, portal, username, PASSWORD) as page:
            for language in ("en", "zh-hans"):
                finds_every_page_of_the_bar_no_wider_than_the_window(page, language)
    with signed_in(browser, portal, "kai", PASSWORD) as kai:
        kai.goto("/texts/")
        well_made(kai, "texts")
        kai.goto("/texts/overdue_1/sms/en/write/")
        preview = kai.locator("#preview")
        expect(preview).to_contain_text("****0001")
        kai.get_by_label("Text").fill("{lender}: {amount} is overdue. {path_to_green} {how_to_pay} {salary}")
        expect(preview).to_contain_text("There is no placeholder {salary}.")
        kai.get_by_label("Text").fill("{lender}: {amount} is overdue. {path_to_green} {how_to_pay} Hello.")
        expect(preview).to_contain_text("Hello.")
        expect(preview).to_contain_text("7-bit")
        kai.get_by_label("Shown on case").fill("C0000000")
        expect(preview).to_contain_text("There is no open case of that number")
        kai.get_by_label("Shown on case").fill(str(case))
        expect(preview).to_contain_text(f"Case {case}")
        well_made(kai, "text-write")
        kai.get_by_role("button", name="Save and submit for approval").click()
        expect(kai.get_by_text("You wrote it yourself")).to_be_visible()
    with signed_in(browser, portal, "xue", PASSWORD) as xue:
        xue.goto("/texts/")
        xue.get_by_role("link", name="1 day past due · SMS · English").click()
        expect(xue.locator("ins").first).to_be_visible()
        expect(xue.locator("#preview")).to_contain_text("Hello.")
        well_made(xue, "text")
        xue.get_by_role("button", name="Approve: send it from now on").click()
        expect(xue.get_by_text("It is in use from now on.")).to_be_visible()
        expect(xue.get_by_role("heading", name="v2 · in use")).to_be_visible()


def finds_every_page_of_the_bar_no_wider_than_the_window(page: Page, language: str) -> None:
    switch = page.locator(f"button[name=language][value={language}]")
    if switch.count():
        switch.click()
    expect(page.locator(f"html[lang={language}]")).to_be_attached()
    links = page.locator(".portal-nav .navbar-nav a").evaluate_all("links => links.map(link => link.pathname)")
    assert len(links) > len(page.locator(".portal-nav .navbar-nav > li").all())
    for path in links:
        page.goto(path)
        wide, bar = page.evaluate(
            "[document.documentElement.scrollWidth, document.querySelector('.portal-nav').offsetHeight]"
        )
        assert (path, wide, bar < 60) == (path, 1366, True)
    opens_a_menu_by_keyboard(page)


def opens_a_menu_by_keyboard(page: Page) -> None:
    menu = page.locator(".portal-nav .navbar-nav .dropdown").filter(has=page.locator("a[href='/texts/']"))
    menu.get_by_role("button").press("Enter")
    page.keyboard.press("ArrowDown")
    expect(menu.locator("a").first).to_be_focused()
    menu.locator("a[href='/texts/']").press("Enter")
    page.wait_for_url("**/texts/")
    expect(menu.get_by_role("button")).to_have_class(re.compile(r"\bactive\b"))


def well_made(page: Page, name: str) -> None:
    """Usable by keyboard and screen reader; and a picture of it for people."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
