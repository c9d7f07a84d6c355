"""Three lives in Chromium, the dates moved on.

One borrower from the reminder on the first day to the cure after a visit, back again while watched, to legal with costs
and a payment order, paid in full, the record cleared, the case closed; another cured by phone; a third reported by
mistake, corrected and answered within twenty days. The story of the first reads whole, and every cent is accounted for.
"""

import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from letters.models import Letter
from loans.models import Loan
from staff.models import Team
from staff.roles import Role
from tests.browser import steps
from tests.browser.conftest import running_portal
from tests.browser.life import Life, balanced, case_of, codes, moment, owed, pays
from tests.browser.test_a_day_of_collectors import ask, at, keep_a_picture
from tests.cast import hire
from tests.loans.build import a_loan
from tests.on_days import write
from tests.reminders.build import a_voice

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("one_life")]

PEOPLE = {
    "li": Role.COLLECTOR,
    "zhao": Role.SUPERVISOR,
    "sun": Role.SUPERVISOR,
    "zheng": Role.LEGAL_OFFICER,
    "zhou": Role.OPERATIONS,
    "he": Role.FIELD_AGENT,
    "lu": Role.FIELD_AGENT,
}
FIRST = "2025-01-01 09:00"
# Due on the tenth of each month; the first one's loan runs for a year, the others' for less.
DUES = [f"2025-{month:02}-10" for month in range(1, 13)]


@pytest.fixture
def lender(settings: Settings, committed: None) -> None:
    """Three loans, a lender who says who it is, and everybody who is needed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    east = Team.objects.create(name="East")
    for username, role in PEOPLE.items():
        hire(username, role, east)
    with at(moment(FIRST)):
        for loan_no, dues in {"L1": DUES, "L2": DUES[:6], "L3": DUES[:6]}.items():
            rows = [(due, "2000.00", "60.00") for due in dues]
            a_loan(*rows, loan_no=loan_no, seen_by="East", on_file_at=moment(FIRST))
    a_voice()


def test_three_lives(lender: None, browser: Browser, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    write(clock, moment("2025-01-11 08:00"))
    expect.set_options(timeout=30_000)
    with running_portal(clock) as portal:
        life = Life(browser, portal, clock)
        life.nights("01-11", "01-12", "01-13", "01-14", "01-15", "01-16", "01-17", "01-18", "01-19", "01-20")
        another_is_cured_by_phone(life)
        all_are_reported_after_a_notice(life)
        a_third_disputes_what_was_a_mistake(life, tmp_path)
        calls_come_to_nothing(life)
        a_visit_is_agreed_to_and_made(life, tmp_path)
        the_promise_is_kept_and_the_record_cleared(life)
        it_is_late_again_while_it_is_watched(life)
        a_demand_is_delivered(life)
        the_other_is_let_go()
        it_goes_to_court(life, tmp_path)
        all_of_it_is_paid(life)
        the_story_is_told(life)


def another_is_cured_by_phone(life: Life) -> None:
    case = case_of("L2")
    assert case.stage == "phone", case.stage
    with life.as_("li", "01-20 09:30") as li:
        steps.logs_calls(li, case.pk, f"PTP {owed('L2', '01-21')} 2025-01-21 wechat w3 a3 x")
    pays("L2", "01-21")
    assert case_of("L2").stage == "watch"
    with life.as_("li", "01-21 14:00") as li:
        li.goto(f"/cases/{case.pk}/")
        expect(li.locator("main")).to_contain_text("What worked the last time")


def all_are_reported_after_a_notice(life: Life) -> None:
    for loan_no in ("L1", "L3"):
        case = case_of(loan_no)
        with life.as_("zhou", "01-20 10:00") as zhou:
            steps.writes_a_letter(zhou, case.pk, "report_notice")
            steps.posts_and_notes(zhou, f"XA{case.pk}CN")
    with life.as_("zhou", "02-01 10:00") as zhou:
        steps.makes_the_report(zhou, "2025-01-31")
        expect(zhou.locator("main")).to_contain_text("3 rows reported", timeout=60_000)
        keep_a_picture(zhou, "life-report", "en", "light")
    # Who was late and paid within the month is not reported as overdue, and needs no notice.
    assert (codes("L1"), codes("L2"), codes("L3")) == (["1"], ["M"], ["1"])


def a_third_disputes_what_was_a_mistake(life: Life, folder: Path) -> None:
    number = ask(lambda: Loan.objects.get(loan_no="L3").borrower.borrower_no)
    with life.as_("li", "02-05 09:30") as li:
        li.goto(f"/bureau/borrowers/{number}/dispute/")
        li.get_by_label("Loan").select_option(index=1)
        li.get_by_label("What the borrower says").fill("I paid on 9 January; here is the slip of the bank.")
        steps.press_button(li, "Take it in")
    with life.as_("zhou", "02-06 10:00") as zhou:
        steps.books(zhou, "L3", Decimal("2060.00"), "2025-01-09", "SLIP-9")
    assert codes("L3") == ["1", "N"]
    assert case_of("L3").stage == "watch"
    with life.as_("zhou", "02-10 10:00") as zhou:
        zhou.goto("/bureau/disputes/")
        zhou.locator("main table tbody a").first.click()
        expect(zhou.locator("main")).to_contain_text("2025-02-25")
        zhou.get_by_label("corrected").check()
        zhou.locator("#id_answer").fill("Your payment of 9 January was booked late by us; the record now says so.")
        steps.press_button(zhou, "Answer, and write the letter")
        keep_a_picture(zhou, "life-dispute", "en", "light")
    letter = ask(lambda: Letter.objects.get(kind="dispute_answer"))
    with life.as_("zhou", "02-10 11:00") as zhou:
        zhou.goto(f"/letters/{letter.pk}/")
        steps.posts_and_notes(zhou, "XB1CN", delivered_on="2025-02-10")
    balanced("L3", "02-10")


def calls_come_to_nothing(life: Life) -> None:
    case = case_of("L1")
    assert case.stage == "phone"
    for day in ("02-03", "02-04", "02-05"):
        with life.as_("li", f"{day} 11:00") as li:
            steps.logs_calls(li, case.pk, "RNR", "BUSY")


def a_visit_is_agreed_to_and_made(life: Life, folder: Path) -> None:
    case = case_of("L1")
    life.nights("02-10")
    with life.as_("li", "02-10 09:30") as li:
        steps.asks_for(li, case.pk, "field", "Six calls on three days, nobody answers.")
    with life.as_("zhao", "02-10 10:00") as zhao:
        steps.agrees(zhao)
        keep_a_picture(zhao, "life-approval", "en", "light")
    with life.as_("zhao", "02-10 10:10") as zhao:
        steps.plans_the_visit(zhao, "2025-02-11", "He", "Lu")
        keep_a_picture(zhao, "life-board", "en", "light")
    assert case_of("L1").stage == "field"
    promised = owed("L1", "02-13")
    with life.as_("he", "02-11 09:30", phone=True) as he:
        he.goto("/visits/today/")
        keep_a_picture(he, "life-phone", "en", "light")
        steps.makes_the_visit(he, folder, amount=f"{promised}", pays_on="2025-02-13")
    with life.as_("zhao", "02-11 15:00") as zhao:
        steps.reviews_the_visit(zhao)


def the_promise_is_kept_and_the_record_cleared(life: Life) -> None:
    with life.as_("zhou", "02-13 10:00") as zhou:
        steps.books(zhou, "L1", owed("L1", "02-13"), "2025-02-13", "BANK-13")
    assert case_of("L1").stage == "watch"
    number = ask(lambda: Loan.objects.get(loan_no="L1").borrower.borrower_no)
    with life.as_("zhou", "02-13 11:00") as zhou:
        zhou.goto(f"/bureau/borrowers/{number}/")
        expect(zhou.locator("main")).to_contain_text("2030-02-13")
        keep_a_picture(zhou, "life-record", "en", "light")
    balanced("L1", "02-13")


def it_is_late_again_while_it_is_watched(life: Life) -> None:
    case = case_of("L1")
    the_others_pay_in_time("02-10", "03-10")
    life.nights("02-14", "03-05", "03-09")
    with life.as_("li", "03-09 10:00") as li:
        li.goto(f"/cases/{case.pk}/")
        expect(li.locator("main")).to_contain_text("watched, 1 day before the due date")
    life.nights("03-11")
    assert case_of("L1").pk == case.pk
    assert case_of("L1").stage == "field"
    with life.as_("li", "03-11 10:00") as li:
        li.goto(f"/cases/{case.pk}/")
        expect(li.locator("main")).to_contain_text("What worked the last time")
        keep_a_picture(li, "life-back-again", "en", "light")


def a_demand_is_delivered(life: Life) -> None:
    case = case_of("L1")
    with life.as_("zheng", "05-26 10:00") as zheng:
        steps.writes_a_letter(zheng, case.pk, "demand")
        steps.posts_and_notes(zheng, "XC1CN")
    demand = ask(lambda: Letter.objects.get(kind="demand"))
    with life.as_("zheng", "05-29 10:00") as zheng:
        zheng.goto(f"/letters/{demand.pk}/")
        steps.posts_and_notes(zheng, "", posted=False, delivered_on="2025-05-28")
    the_others_pay_in_time("04-10", "05-10")
    life.nights("06-09")
    with life.as_("zhao", "06-09 09:30") as zhao:
        zhao.goto(f"/cases/{case.pk}/")
        zhao.locator("#panel-approvals a[href$='/visits-waived/']").click()
        zhao.get_by_label("Reason").fill("Nobody lives at the address in spring; the neighbours confirm it.")
        zhao.locator("main form button[type=submit]").last.click()


def it_goes_to_court(life: Life, folder: Path) -> None:
    case = case_of("L1")
    with life.as_("li", "06-09 10:00") as li:
        steps.asks_for(li, case.pk, "legal", "A delivered demand, and no answer.")
    for username, when in (("sun", "06-09 10:30"), ("zheng", "06-09 11:00")):
        with life.as_(username, when) as page:
            steps.agrees(page)
    assert case_of("L1").stage == "legal"
    with life.as_("zheng", "06-10 09:30") as zheng:
        zheng.goto(f"/legal/cases/{case.pk}/")
        steps.press_button(zheng, "Open the referral")
        zheng.goto(f"/legal/cases/{case.pk}/accelerate/")
        zheng.get_by_label("Reason").fill("Clause 9: three instalments overdue.")
        zheng.locator("form.booking button[type=submit]").first.click()
        steps.press_button(zheng, "Make it due and write the letter")
        steps.takes_a_step(zheng, case.pk, "begin_mediation", "2025-06-10")
    the_order_is_applied_for_and_served(life, case.pk)
    a_bundle_is_frozen_and_verified(life, case.pk, folder)
    it_is_reported_again_after_a_new_notice(life, case.pk)


def the_order_is_applied_for_and_served(life: Life, case: int) -> None:
    with life.as_("zheng", "06-12 09:30") as zheng:
        steps.takes_a_step(zheng, case, "apply_for_order", "2025-06-12", "2025-0099")
        zheng.get_by_role("link", name="Charge a cost").click()
        zheng.get_by_label("Amount").fill("87.50")
        zheng.get_by_label("Reference").fill("COURT-1")
        zheng.locator("main form button[type=submit]").last.click()
        expect(zheng.locator("main")).to_contain_text("87.50")
    for when, step, on in (
        ("06-16 09:30", "accept_order", "2025-06-16"),
        ("06-25 09:30", "issue_order", "2025-06-25"),
        ("06-28 09:30", "serve_order", "2025-06-27"),
    ):
        with life.as_("zheng", when) as zheng:
            steps.takes_a_step(zheng, case, step, on, "2025-0099")


def a_bundle_is_frozen_and_verified(life: Life, case: int, folder: Path) -> None:
    with life.as_("zheng", "06-28 10:00") as zheng:
        zheng.goto(f"/legal/cases/{case}/")
        expect(zheng.locator("main")).to_contain_text("2025-07-12")
        keep_a_picture(zheng, "life-legal", "en", "light")
        steps.press_button(zheng, "Freeze a bundle now")
        with zheng.expect_download() as download:
            zheng.locator("a[href^='/legal/bundles/']").first.click()
        path = folder / "bundle.zip"
        download.value.save_as(path)
    said = io.StringIO()
    ask(lambda: call_command("verify_bundle", str(path), stdout=said))
    assert "all whole" in said.getvalue()


def it_is_reported_again_after_a_new_notice(life: Life, case: int) -> None:
    with life.as_("zhou", "06-28 11:00") as zhou:
        steps.writes_a_letter(zhou, case, "report_notice")
        steps.posts_and_notes(zhou, "XE1CN")
    with life.as_("zhou", "07-06 10:00") as zhou:
        for month_end in ("02-28", "03-31", "04-30", "05-31", "06-30"):
            steps.makes_the_report(zhou, f"2025-{month_end}")
            expect(zhou.locator("main")).to_contain_text(re.compile("[0-9]+ rows reported"), timeout=60_000)
    # Late and paid in February, then late by 21, 51, 82 and 112 days.
    assert codes("L1")[2:] == ["M", "1", "2", "3", "4"]


def all_of_it_is_paid(life: Life) -> None:
    with life.as_("zhou", "07-07 10:00") as zhou:
        steps.books(zhou, "L1", owed("L1", "07-07"), "2025-07-07", "BANK-77")
    case = case_of("L1")
    assert (case.stage, case.closed_as) == ("closed", "settled")
    assert codes("L1")[-1] == "C"
    life.nights("07-08")
    with life.as_("zheng", "07-08 10:00") as zheng:
        zheng.goto(f"/legal/cases/{case.pk}/")
        expect(zheng.locator("main")).to_contain_text(re.compile("paid", re.IGNORECASE))
    closing = ask(lambda: Letter.objects.get(kind="closing", case=case))
    with life.as_("zhou", "07-08 11:00") as zhou:
        zhou.goto(f"/letters/{closing.pk}/")
        steps.posts_and_notes(zhou, "XD1CN")
    balanced("L1", "07-08")


def the_others_pay_in_time(*days: str) -> None:
    for day in days:
        for loan_no in ("L2", "L3"):
            pays(loan_no, day, "2060.00")


def the_other_is_let_go() -> None:
    """Three more due dates kept and ninety days over: closed as cured, with a letter."""
    case = case_of("L2")
    assert (case.stage, case.closed_as) == ("closed", "cured")
    assert ask(lambda: Letter.objects.filter(kind="closing", case=case).exists())
    balanced("L2", "06-09")


def the_story_is_told(life: Life) -> None:
    case = case_of("L1")
    for language, words in {
        "en": ("Field visit", "Legal step", "Reported to the bureau", "default v1", "the portal"),
        "zh-hans": ("外访", "法务", "征信", "default v1", "系统"),
    }.items():
        with life.as_("sun", "07-08 12:00") as sun:
            switch = sun.locator(f"button[name=language][value={language}]")
            if switch.count():
                switch.press("Enter")
            sun.goto(f"/reports/story/{case.pk}/")
            for word in words:
                expect(sun.locator("main")).to_contain_text(word)
            expect(sun.locator("main tbody .text-danger")).to_have_count(0)
            keep_a_picture(sun, "life-story", language, "light")
