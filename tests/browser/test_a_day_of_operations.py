"""One day in Chromium: a tape broken and mended, a borrower found unseen, a late payment booked and taken back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from staff.models import Team
from staff.roles import Role
from tests.browser.conftest import signed_in
from tests.browser.tapes import BROKEN, SOUND, write_tape
from tests.cast import PASSWORD, hire

pytestmark = pytest.mark.browser

ON = "2025-02-09"


@pytest.fixture
def people(settings: Settings, committed: None) -> None:
    # The portal runs in its own process, with the real hasher.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    east, south = Team.objects.create(name="East"), Team.objects.create(name="South")
    hire("operations", Role.OPERATIONS, east)
    hire("auditor", Role.AUDITOR)
    hire("other_collector", Role.COLLECTOR, south)


def test_a_day_of_operations(people: None, portal: str, browser: Browser, tmp_path: Path) -> None:
    with signed_in(browser, portal, "operations", PASSWORD) as page:
        reads_the_errors_of_a_broken_tape(page, tmp_path)
        loads_the_mended_tape(page, tmp_path)
        finds_the_borrower_by_phone_without_seeing_it(page)
        reads_why_the_penalty_is_what_it_is(page)
        books_a_payment_dated_last_month(page)
        reverses_it(page)
    with signed_in(browser, portal, "auditor", PASSWORD) as page:
        sees_all_of_it(page)
    with signed_in(browser, portal, "other_collector", PASSWORD) as page:
        response = page.goto("/loans/L1/")
        assert response is not None
        assert response.status == 404
        expect(page.get_by_text("8,000.00")).to_have_count(0)


def upload(page: Page, files: list[Path]) -> None:
    page.get_by_role("link", name="Imports", exact=True).click()
    page.get_by_role("link", name="Upload a tape").first.click()
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Upload and check").click()


def reads_the_errors_of_a_broken_tape(page: Page, folder: Path) -> None:
    upload(page, write_tape(folder / "broken", BROKEN))
    expect(page.get_by_role("heading", name="Rows were refused; nothing is loaded")).to_be_visible(timeout=30_000)
    errors = page.locator("section[aria-labelledby=errors-title]")
    expect(errors.get_by_role("row", name=re.compile(r"borrowers\.csv 3 id_number"))).to_be_visible()
    expect(errors.get_by_role("row", name=re.compile(r"contacts\.csv 2 source"))).to_be_visible()
    expect(errors.get_by_role("row", name=re.compile(r"payments\.csv 2 amount 1530\.005"))).to_be_visible()
    expect(errors).not_to_contain_text("990000200003030042")
    page.get_by_role("link", name="Loans", exact=True).click()
    expect(page.get_by_text("No loans yet")).to_be_visible()


def loads_the_mended_tape(page: Page, folder: Path) -> None:
    upload(page, write_tape(folder / "mended", SOUND))
    expect(page.get_by_role("heading", name="Every row is in order")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_role("heading", name="Loaded", exact=True)).to_be_visible(timeout=30_000)


def finds_the_borrower_by_phone_without_seeing_it(page: Page) -> None:
    page.get_by_role("searchbox", name="Find a borrower").fill("15800000001")
    page.keyboard.press("Enter")
    found = page.get_by_role("row", name=re.compile("B1"))
    expect(found).to_contain_text("158****0001")
    assert "15800000001" not in page.url
    expect(page.get_by_text("李顺华")).to_have_count(0)
    found.get_by_role("link", name="B1").click()
    expect(page.get_by_text("15800000001")).to_have_count(0)
    page.get_by_role("link", name="L1").click()


def reads_why_the_penalty_is_what_it_is(page: Page) -> None:
    page.get_by_label("As of").fill(ON)
    page.get_by_role("button", name="Show").click()
    penalty = page.locator("#number-penalty")
    expect(penalty).to_have_text("160.00")
    penalty.click()
    expect(page.locator("#explanation")).to_contain_text(re.compile(r"8,000\.00 × 24 % / 360\s+×\s+30 days"))


def books_a_payment_dated_last_month(page: Page) -> None:
    page.get_by_role("link", name="Book a payment").click()
    page.get_by_label("Amount").fill("2000")
    page.get_by_label("Value date").fill("2025-01-25")
    page.get_by_label("Reference").fill("BANK-77")
    page.get_by_role("button", name="See what it changes").click()
    expect(page.locator("#change-penalty td.amount")).to_have_text(["160.00", "60.80"])
    page.get_by_role("button", name="Book the payment").click()
    expect(page.get_by_text("The payment is booked.")).to_be_visible()
    expect(page.locator("#number-penalty")).to_have_text("60.80")


def reverses_it(page: Page) -> None:
    page.get_by_role("link", name="Reverse").click()
    expect(page.locator("#change-penalty td.amount")).to_have_text(["60.80", "160.00"])
    page.get_by_label("Reason").fill("booked on the wrong loan")
    page.get_by_role("button", name="Reverse it").click()
    expect(page.locator("#number-penalty")).to_have_text("160.00")


def sees_all_of_it(page: Page) -> None:
    page.goto(f"/loans/L1/?on={ON}")
    expect(page.locator("#number-penalty")).to_have_text("160.00")
    expect(page.get_by_role("cell", name="BANK-77", exact=True)).to_be_visible()
    expect(page.get_by_text("booked on the wrong loan")).to_be_visible()
    expect(page.get_by_role("link", name="Reverse")).to_have_count(0)
    page.get_by_role("button", name="House").click()
    page.get_by_role("link", name="Audit", exact=True).click()
    for action in ("loans.book_reversal", "loans.book_payment", "borrowers.search", "intake.load"):
        expect(page.get_by_text(action).first).to_be_visible()
