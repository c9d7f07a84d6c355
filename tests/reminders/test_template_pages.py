"""The pages of texts: what waits, one text and what a version changes, writing with a preview, the lenders."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from borrowers.models import Borrower
from cases.models import Case
from reminders.models import TemplateVersion, Voice
from staff.models import User
from staff.roles import Role
from tests.cases.build import close
from tests.contacts.build import promise
from tests.loans.build import a_loan, person
from tests.reminders.build import a_voice

pytestmark = pytest.mark.django_db

TEXT = ["overdue_1", "sms", "en"]
GOOD = "{lender}: {amount} is overdue since {due_date}. {path_to_green} {how_to_pay} Call {hotline}."


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> Iterator[None]:
    with time_machine.travel("2025-02-09T10:00:00+08:00", tick=False):
        yield


def writer(name: str = "kai") -> User:
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, role=Role.POLICY_ADMIN, language="en")


def browser(of: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(of)
    return client


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    response = client.get(reverse(f"texts:{name}", args=args) + query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def write(client: Client, body: str = GOOD, **more: str) -> str:
    answer = client.post(reverse("texts:write", args=TEXT), {"body": body, "note": "shorter", **more}, follow=True)
    return " ".join(answer.content.decode().split())


def preview(client: Client, *text: str, body: str = GOOD, **more: str) -> str:
    answer = client.post(reverse("texts:preview", args=text or TEXT), {"body": body, **more})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def a_case(language: str = "en", **loan: Any) -> Case:
    its = a_loan(**loan)
    Borrower.objects.filter(pk=its.borrower_id).update(language=language)
    close("02-09")
    a_voice(its.portfolio)
    return Case.objects.get(borrower=its.borrower)


def test_the_list_shows_every_text_and_is_filtered() -> None:
    client = browser(writer())
    shown = page(client, "list")
    assert shown.count("comes with the portal") == 36
    assert "Nothing waits. What a colleague submits shows here." in shown
    few = page(client, "list", query="?step=overdue_7&medium=sms&language=en")
    assert few.count("comes with the portal") == 1
    assert page(client, "list", query="?step=past+due&medium=sms").count("comes with the portal") == 10
    assert "Nothing matches the filter" in page(client, "list", query="?state=missing")


def test_a_text_that_is_missing_is_offered_to_be_written_to_those_who_may() -> None:
    TemplateVersion.objects.filter(template__step="watch_1").delete()
    missing = "?state=missing"
    url = reverse("texts:write", args=["watch_1", "sms", "en"])
    assert f'<a href="{url}">Write one</a>' in page(browser(writer()), "list", query=missing)
    shown = page(browser(person(Role.SUPERVISOR)), "list", query=missing)
    assert "none: nothing is sent" in shown
    assert url not in shown
    assert "There is no text yet" in page(browser(writer()), "text", "watch_1", "sms", "en")
    assert browser(writer()).get(url).status_code == 200


def test_a_draft_is_written_submitted_and_approved_by_another_person() -> None:
    kai, xue = browser(writer("kai")), browser(writer("xue"))
    assert "The draft is saved." in write(kai)
    assert "Go on writing" in page(kai, "text", *TEXT)
    seen = TemplateVersion.objects.get(state="draft").written_at.isoformat()
    assert "It waits for a second person now." in write(kai, GOOD + " Thanks.", seen=seen, submit="1")
    assert "yours: another person has to decide" in page(kai, "list")
    assert "yours: another person has to decide" not in page(xue, "list")
    version = TemplateVersion.objects.get(state="submitted")
    decide = reverse("texts:decide", args=[version.pk])
    own = page(kai, "text", *TEXT)
    assert "You wrote it yourself: another person has to decide." in own
    assert decide not in own
    shown = page(xue, "text", *TEXT)
    assert decide in shown
    assert "Compared with v1, which is in use" in shown
    assert "<ins>" in shown and "<del>" in shown
    answer = xue.post(decide, {"approve": "1", "said": "clear"}, follow=True).content.decode()
    assert "It is in use from now on." in answer
    assert "superseded" in answer and "clear" in answer and "xue" in answer


def test_what_is_refused_is_said_on_the_page() -> None:
    kai, xue = browser(writer("kai")), browser(writer("xue"))
    write(kai, submit="1")
    version = TemplateVersion.objects.get(state="submitted")
    decide = reverse("texts:decide", args=[version.pk])
    own = kai.post(decide, {"approve": "1"})
    assert (own.status_code, "another person has to decide" in own.content.decode()) == (422, True)
    without = xue.post(decide, {"send_back": "1"})
    assert (without.status_code, "Say why." in without.content.decode()) == (422, True)
    assert xue.post(decide, {"approve": "1", "said": "x" * 201}).status_code == 422
    assert "A version waits for a second person" in write(kai)
    assert "Only its author takes it back" in follow(xue, "withdraw", version)
    assert "It is a draft again." in follow(kai, "withdraw", version)
    assert "It waits for a second person now." in follow(kai, "submit", version)
    assert "Somebody has moved it on meanwhile." in follow(kai, "submit", version)
    assert "It is sent back." in xue.post(decide, {"send_back": "1", "said": "too long"}, follow=True).content.decode()


def follow(client: Client, move: str, version: TemplateVersion) -> str:
    return client.post(reverse(f"texts:{move}", args=[version.pk]), follow=True).content.decode()


def test_a_fault_blocks_submitting_and_what_was_typed_stays() -> None:
    kai = browser(writer())
    said = write(kai, "{lender} {salary} hello", submit="1")
    assert "The draft is saved but not submitted. There is no placeholder {salary}." in said
    assert "hello</textarea>" in said
    # The page goes on from the draft.
    draft = TemplateVersion.objects.get(state="draft")
    assert draft.written_at.isoformat() in said
    shown = page(kai, "text", *TEXT)
    assert "It can be submitted once nothing is wrong with it." in shown
    assert reverse("texts:submit", args=[draft.pk]) not in shown


def test_a_colleagues_draft_is_not_written_over_from_an_old_page() -> None:
    write(browser(writer("kai")))
    answer = write(browser(writer("xue")), GOOD + " Mine.")
    assert "Somebody else has written a draft meanwhile" in answer
    assert TemplateVersion.objects.get(state="draft").body == GOOD


def test_the_preview_shows_a_real_case_with_name_and_loan_masked() -> None:
    case = a_case(loan_no="L20250001")
    body = "{lender}: {name}, {loan}, {amount}. {path_to_green} {how_to_pay}"
    shown = preview(browser(writer()), body=body)
    assert f"Case {case}" in shown
    assert "Example Finance: Ms 李*, ****0001, CNY 8,160.00." in shown
    assert "李顺华" not in shown and "L20250001" not in shown
    assert "UCS-2" in shown
    plain = preview(browser(writer()))
    assert "7-bit alphabet" in plain and "2 parts of a text message" in plain
    assert "Nothing is wrong with it." in plain


def test_the_preview_says_what_is_wrong_with_a_wording_while_it_is_typed() -> None:
    a_case()
    client = browser(writer())
    assert "There is no placeholder {salary}." in preview(client, body="{salary}")
    assert "The text cannot be filled in." in preview(client, body="{salary}")
    assert "It does not name {how_to_pay}." in preview(client, body="{amount} {path_to_green}")
    assert "The text is empty." in preview(client, body="")
    mail = preview(client, "overdue_1", "email", "en", title="{loan} is overdue")
    assert "tells of the debt: loan" in mail
    Voice.objects.update(hotline="")
    assert "There is no value for {hotline}." in preview(client)
    Voice.objects.all().delete()
    lacking = preview(client)
    assert "Nobody has said yet who the lender is" in lacking
    assert reverse("texts:lenders") in lacking


def test_a_case_is_chosen_by_its_number_and_one_of_another_team_is_not_shown_to_a_supervisor() -> None:
    east, south = a_case(seen_by="East"), a_case(loan_no="L2", portfolio="cards", seen_by="South")
    anybody, supervisor = browser(writer()), browser(person(Role.SUPERVISOR, of="East"))
    assert f"Case {south}" in preview(anybody, case_no=str(south))
    assert f"Case {south}" in preview(anybody, case_no=str(south.pk))
    assert f"Case {east}" in preview(supervisor, case_no=str(east))
    for number in (str(south), "C9999999999999999999", "abc"):
        assert "There is no open case of that number" in preview(supervisor, case_no=number)
    assert f"Case {east}" in preview(supervisor)


def test_the_first_case_that_a_text_fits_is_taken_those_who_read_its_language_first() -> None:
    chinese, english = a_case("zh-hans"), a_case("en", loan_no="L2")
    client = browser(writer())
    assert f"Case {english}" in preview(client)
    assert f"Case {chinese}" in preview(client, "overdue_1", "sms", "zh-hans")
    nothing = preview(client, "promise_eve", "sms", "en", body="{promise_amount}")
    assert "none that this text fits" in nothing
    promise(chinese, "2000.00", "02-14")
    promised = preview(client, "promise_eve", "sms", "en", body="{promise_amount} on {promise_date}")
    assert f"Case {chinese}" in promised
    assert "CNY 2,000.00 on 14 Feb 2025" in promised
    assert "none that this text fits" in preview(client, "promise_eve", "sms", "en", case_no=str(english))


def test_a_text_before_a_due_date_is_shown_on_a_loan_that_is_not_late() -> None:
    client = browser(writer())
    body = "{amount} on {due_date}"
    late = a_case()
    assert "none that this text fits" in preview(client, "before_due_3", "sms", "en", body=body)
    assert "none that this text fits" in preview(client, "before_due_3", "sms", "en", body=body, case_no=str(late))
    a_loan(("02-12", "1000.00", "50.00"), loan_no="L2")
    shown = preview(client, "before_due_3", "sms", "en", body=body)
    assert "CNY 1,050.00 on 12 Feb 2025" in shown
    assert "that is not late" in shown
    assert "CNY 1,050.00" in preview(browser(person(Role.SUPERVISOR)), "watch_1", "sms", "en", body=body)


def test_an_older_version_is_shown_and_compared_with_the_one_in_use() -> None:
    kai, xue = browser(writer("kai")), browser(writer("xue"))
    write(kai, submit="1")
    version = TemplateVersion.objects.get(state="submitted")
    xue.post(reverse("texts:decide", args=[version.pk]), {"approve": "1"})
    assert "Compared with" not in page(kai, "text", *TEXT)
    assert "Compared with v2, which is in use" in page(kai, "text", *TEXT, query="?v=1")
    assert "v2 · in use" in page(kai, "text", *TEXT, query="?v=99")


def test_a_text_whose_step_no_policy_has_says_that_it_is_not_sent() -> None:
    version = TemplateVersion.objects.get(template__step="overdue_1", template__medium="sms", template__language="en")
    version.template.step = "overdue_2"
    version.template.save()
    assert "No policy in force has this step" in page(browser(writer()), "text", "overdue_2", "sms", "en")
    assert "no policy has this step" in page(browser(writer()), "list")
    assert browser(writer()).get(reverse("texts:text", args=["overdue_9", "sms", "en"])).status_code == 404


def test_the_lender_of_a_portfolio_is_described_and_what_is_missing_blocks() -> None:
    client = browser(writer())
    assert "No portfolios yet" in page(client, "lenders")
    portfolio = a_loan(seen_by="East").portfolio
    assert "For 1 portfolio it is not said who the lender is" in page(client, "list")
    url = reverse("texts:lender", args=[portfolio.pk])
    said = {"lender": "Example Finance", "lender_zh": "示例金融", "hotline": "400-000-0000"}
    answer = client.post(url, said, follow=True).content.decode()
    assert "What is said of the lender is saved." in answer
    assert "No message is sent that names what is missing: how to pay, in English · how to pay, in Chinese" in answer
    said |= {"how_to_pay": "In our app.", "how_to_pay_zh": "请在App内支付。"}
    assert "No message is sent" not in client.post(url, said, follow=True).content.decode()
    long = client.post(url, {**said, "lender": "x" * 61})
    assert long.status_code == 422
    supervisor = browser(person(Role.SUPERVISOR, of="East"))
    assert "示例金融" in page(supervisor, "lenders")
    assert url not in page(supervisor, "lenders")


def test_the_navigation_leads_to_the_texts(client: Client) -> None:
    client.force_login(writer())
    assert 'href="/texts/"' in client.get("/").content.decode()
