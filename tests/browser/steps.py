"""What people do on the pages of an escalation, step by step, as `test_one_life` needs it."""

import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.test_a_day_of_collectors import logs

# A photo that a telephone might take, as small as they come.
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def press_button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def logs_calls(page: Page, case: int, *outcomes: str) -> None:
    for outcome in outcomes:
        page.goto(f"/cases/{case}/")
        logs(page, outcome)


def asks_for(page: Page, case: int, kind: str, reason: str, **fields: str) -> None:
    """On the case's page, by the panel of approvals."""
    page.goto(f"/cases/{case}/")
    page.locator(f"#panel-approvals a[href$='/ask/{kind}/']").click()
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(value)
    page.get_by_label("Reason", exact=False).last.fill(reason)
    page.locator("form.panel button.btn-primary, .form-panel button.btn-primary").click()
    page.wait_for_load_state()


def agrees(page: Page) -> None:
    """To the one request that waits, found in the list."""
    page.goto("/approvals/")
    page.locator("main table tbody a").first.click()
    press_button(page, "Agree")


def plans_the_visit(page: Page, day: str, lead: str, companion: str) -> None:
    page.goto("/visits/")
    page.locator(".waiting").get_by_role("link", name="Plan").first.click()
    for name, value in {"day": day, "from_time": "09:00", "until_time": "12:00"}.items():
        page.locator(f"#plan-form [name={name}]").fill(value)
    for name, who in {"lead": lead, "companion": companion}.items():
        page.locator(f"#plan-form [name={name}]").select_option(label=who)
    press_button(page, "Plan")


def makes_the_visit(page: Page, folder: Path, *, amount: str, pays_on: str) -> None:
    """An agent at the door, on a telephone: accepts, arrives, takes a photo, explains, takes a promise."""
    page.goto("/visits/today/")
    press_button(page, "Accept")
    press_button(page, "Show name and address")
    expect(page.locator(".door-address")).to_be_visible()
    press_button(page, "I am at the door")
    page.wait_for_url(re.compile("/visits/[0-9]+/finish/$"))
    photo = folder / "door.png"
    photo.write_bytes(PHOTO)
    page.locator("input[type=file]").set_input_files(photo)
    page.locator("form:has(input[type=file]) button[type=submit]").click()
    expect(page.get_by_role("link", name="Photo 1")).to_be_visible()
    page.locator("#id_met").select_option("debtor")
    page.locator("#id_outcome").select_option("PTP")
    page.locator("#id_amount").fill(amount)
    page.locator("#id_date").fill(pays_on)
    page.locator("#id_willingness").select_option("2")
    page.locator("#id_ability").select_option("2")
    page.locator("#id_explained").check()
    press_button(page, "Log the visit")


def reviews_the_visit(page: Page) -> None:
    page.goto("/visits/")
    page.locator(".waiting a[href^='/visits/']").last.click()
    expect(page.locator("main img")).to_have_count(1)
    page.get_by_label("It stands").check()
    press_button(page, "Save")


def books(page: Page, loan_no: str, amount: Decimal, value_on: str, reference: str) -> None:
    page.goto(f"/loans/{loan_no}/payments/new/")
    page.get_by_label("Amount").fill(f"{amount}")
    page.get_by_label("Value date").fill(value_on)
    page.get_by_label("Reference").fill(reference)
    press_button(page, "See what it changes")
    press_button(page, "Book the payment")
    expect(page.get_by_text("The payment is booked.")).to_be_visible()


def writes_a_letter(page: Page, case: int, kind: str) -> None:
    page.goto(f"/letters/write/{case}/?kind={kind}")
    press_button(page, "Write the letter")


def posts_and_notes(page: Page, number: str, *, posted: bool = True, delivered_on: str = "") -> None:
    """On the page of a letter: it goes out by registered mail, and arrives."""
    if posted:
        page.get_by_label(re.compile("Number of the registered mail")).fill(number)
        page.locator("form[action$='/post/'] button[type=submit]").click()
        page.wait_for_load_state()
    if delivered_on:
        page.locator("[name=delivered][value=yes]").check()
        page.locator("form[action$='/note/'] [name=on]").fill(delivered_on)
        page.locator("form[action$='/note/'] [name=how]").fill("return slip")
        page.locator("form[action$='/note/'] button[type=submit]").click()
        page.wait_for_load_state()


def makes_the_report(page: Page, month_end: str) -> None:
    page.goto("/bureau/start/")
    page.get_by_label("Portfolio").select_option(index=1)
    page.get_by_label("As of").fill(month_end)
    press_button(page, "Look at it first")
    press_button(page, "Make the report")


def takes_a_step(page: Page, case: int, step: str, on: str, document: str = "", ended_as: str = "") -> None:
    page.goto(f"/legal/cases/{case}/")
    page.locator("#id_step").select_option(step)
    page.locator("#id_happened_on").fill(on)
    page.locator("#id_document").fill(document)
    if ended_as:
        page.locator("#id_ended_as").select_option(ended_as)
    press_button(page, "Write the step down")
