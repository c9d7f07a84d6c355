"""Texts filled in with what the ledger says: the right amounts in the reader's language, or a refusal that says why."""

import datetime as dt
import inspect
import re
from decimal import Decimal
from typing import Any

import pytest

from borrowers.models import Borrower
from cases.models import Case
from cases.selectors import found_for
from contacts.models import Promise
from loans.models import Loan
from reminders.models import Language, Template, TemplateVersion, Voice
from reminders.template_selectors import Place, findings_of
from reminders.text_selectors import Filled, Occasion, TextRefused, Texts, language_of
from reminders.text_wording import FINDINGS, SAYS, path_to_green, salutation, step_label
from rulebook import message_text
from rulebook.message_text import PLACEHOLDERS, Money
from rulebook.sms_segments import segments
from rulebook.terms import ReminderTerms
from tests.cases.build import close
from tests.contacts.build import promise
from tests.loans.build import a_loan, day, pay
from tests.reminders.build import a_voice

pytestmark = pytest.mark.django_db

STEPS = ReminderTerms().steps


def occasion(loan: Loan, step: str = "overdue_1", medium: str = "sms", on: str = "02-09", **more: Any) -> Occasion:
    pair = (loan.borrower_id, loan.portfolio_id)
    found = found_for([pair], day(on))[pair]
    its: dict[str, Any] = {
        "anchor": next(each.anchor for each in STEPS if each.code == step),
        "step": step,
        "medium": medium,
        "borrower": Borrower.objects.get(pk=loan.borrower_id),
        "portfolio": loan.portfolio,
        "loan": loan,
        "anchor_on": day("01-10"),
        "promise": None,
        "found": found,
        "on": day(on),
    }
    return Occasion(**{**its, **more})


def say(loan: Loan, **more: Any) -> Filled:
    return Texts([loan.portfolio_id]).fill(occasion(loan, **more))


def refused(loan: Loan, **more: Any) -> tuple[str, str]:
    with pytest.raises(TextRefused) as refusal:
        say(loan, **more)
    return refusal.value.code, refusal.value.detail


def a_promise(loan: Loan) -> Promise:
    close("02-09")
    return promise(Case.objects.get(borrower=loan.borrower), "800.00", "02-14")


def in_english(loan: Loan) -> Loan:
    Borrower.objects.filter(pk=loan.borrower_id).update(language="en")
    return loan


def test_an_overdue_text_names_what_is_owed_today_and_what_it_will_be() -> None:
    loan = a_loan()
    a_voice()
    filled = say(loan)
    # 8,000 at 24 % / 360 for 30 nights; Friday the 14th is five nights later.
    assert filled.amount == Decimal("8160.00")
    assert filled.body == (
        "【示例金融】李顺华女士您好，贷款L1于2025年1月10日到期的款项尚未收到，今日应还8,160.00元，周五为8,186.67元。"
        "2025年2月9日还清8,160.00元，账户即恢复正常，不再计收罚息，征信记录随后据实更新。"
        "请在本公司App内“还款”页面支付。 咨询400-000-0000。回复TD退订"
    )
    assert (filled.language, filled.title, filled.version.is_shipped) == ("zh-hans", "", True)


def test_a_payment_of_the_morning_is_in_the_text_of_the_same_day() -> None:
    loan = a_loan()
    a_voice()
    pay(loan, "5160.00", "02-09")
    assert say(loan).amount == Decimal("3000.00")
    pay(loan, "3000.00", "02-09", reference="R2")
    assert refused(loan) == ("nothing_owed", "overdue_1")


def test_paying_what_the_path_to_green_names_puts_the_account_in_order() -> None:
    loan = a_loan()
    a_voice()
    amount = say(loan, medium="email").amount
    pay(loan, str(amount), "02-09")
    assert occasion(loan).found.facts.overdue_amount == 0


def test_a_text_speaks_the_language_of_the_borrower() -> None:
    loan = in_english(a_loan())
    a_voice()
    filled = say(loan, medium="email")
    assert filled.title == "Example Finance: please look at your account"
    assert filled.body.startswith("Dear Ms 李顺华,")
    assert "Owed today: CNY 8,160.00, of which penalty interest CNY 160.00." in filled.body
    assert "Pay CNY 8,160.00 on 9 Feb 2025 and your account is back in order" in filled.body


@pytest.mark.parametrize(("spoken", "read"), [("en", "en"), ("en-GB", "en"), ("zh-hans", "zh-hans"), ("fr", "zh-hans")])
def test_somebody_whose_language_has_no_texts_reads_chinese(spoken: str, read: str) -> None:
    assert language_of(Borrower(language=spoken)) == read


def test_a_text_before_the_due_date_names_what_will_be_owed_that_day() -> None:
    loan = a_loan(("02-12", "1000.00", "50.00"), ("03-12", "1000.00", "40.00"))
    a_voice()
    told = {"step": "before_due_3", "anchor_on": day("02-12")}
    assert say(loan, **told).amount == Decimal("1050.00")
    assert "1,050.00元将于2025年2月12日到期" in say(loan, **told).body
    pay(loan, "300.00", "02-08")
    assert say(loan, **told).amount == Decimal("750.00")
    pay(loan, "750.00", "02-09", reference="R2")
    assert refused(loan, **told) == ("nothing_owed", "before_due_3")
    assert refused(loan, step="watch_1", anchor_on=day("02-13")) == ("nothing_owed", "watch_1")


def test_a_text_about_a_promise_names_the_promise_and_nothing_else_that_is_owed() -> None:
    loan = a_loan()
    a_voice()
    filled = say(loan, step="promise_eve", promise=a_promise(loan))
    assert "您约定于2025年2月14日就贷款L1还款800.00元" in filled.body
    assert filled.amount == Decimal("800.00")
    assert "8,160" not in filled.body
    assert refused(loan, step="promise_eve") == ("no_promise", "promise_eve")


def test_nothing_is_sent_without_a_text_a_lender_or_a_value() -> None:
    loan = a_loan()
    assert refused(loan) == ("no_lender", "consumer")
    voice = a_voice()
    Voice.objects.update(how_to_pay_zh=" ")
    assert refused(loan) == ("empty_value", "how_to_pay")
    Voice.objects.update(how_to_pay_zh=voice.how_to_pay_zh)
    assert say(loan).amount
    assert refused(loan, step="overdue_3", anchor="due") == ("no_text", "overdue_3 sms zh-hans")
    TemplateVersion.objects.filter(template__step="overdue_1").update(state="superseded")
    assert refused(loan) == ("no_text", "overdue_1 sms zh-hans")


def test_what_the_borrower_would_read_is_looked_at_once_more() -> None:
    loan = a_loan()
    a_voice()
    shipped = TemplateVersion.objects.filter(template__step="overdue_1", template__language="zh-hans")
    Voice.objects.update(how_to_pay_zh="不还则通知你 单位。")
    assert refused(loan) == ("wording", "forbidden_phrase")
    assert refused(loan, medium="email") == ("wording", "forbidden_phrase")
    Voice.objects.update(how_to_pay_zh="请转账至{账户}。")
    assert refused(loan) == ("wording", "brackets_left")
    Voice.objects.update(how_to_pay_zh="请还款。" * 40)
    shipped.update(body="{how_to_pay}" * 3)
    assert refused(loan) == ("wording", "sms_long")
    shipped.update(body="{lender")
    assert refused(loan) == ("broken_text", "{lender")


def test_the_number_of_queries_does_not_grow_with_the_number_of_messages(django_assert_num_queries: Any) -> None:
    told = [occasion(a_loan(loan_no=f"L{number}")) for number in range(1, 4)]
    a_voice()
    ids = {each.portfolio.pk for each in told}
    with django_assert_num_queries(2):
        Texts(ids).fill(told[0])
    with django_assert_num_queries(2):
        texts = Texts(ids)
        assert len({texts.fill(each).body for each in told}) == 3


@pytest.mark.parametrize(
    ("id_number", "chinese", "english"),
    [
        ("990000200202020022", "李顺华女士", "Ms 李顺华"),
        ("990000200202020014", "李顺华先生", "Mr 李顺华"),
        ("990000020202002", "李顺华客户", "李顺华"),
        ("99000020020202X022", "李顺华女士", "Ms 李顺华"),
        ("9900002002020200X2", "李顺华客户", "李顺华"),
        ("", "李顺华客户", "李顺华"),
    ],
)
def test_somebody_is_addressed_by_what_the_id_number_says(id_number: str, chinese: str, english: str) -> None:
    assert salutation("李顺华", id_number, "zh-hans") == chinese
    assert salutation("李顺华", id_number, "en") == english


def shipped() -> list[TemplateVersion]:
    return list(TemplateVersion.objects.filter(is_shipped=True).select_related("template"))


def test_every_step_of_the_policy_comes_with_a_text_in_every_medium_and_language() -> None:
    asked = {(s.code, s.anchor, medium, lang) for s in STEPS for medium in s.media for lang in Language.values}
    there = {(t.step, t.anchor, t.medium, t.language) for t in Template.objects.all()}
    assert there == asked
    assert {version.state for version in shipped()} == {"approved"}
    assert len(shipped()) == len(asked) == 36


def test_nothing_is_wrong_with_the_texts_that_come_with_the_portal() -> None:
    wrong = {}
    for version in shipped():
        its = version.template
        place = Place(its.step, its.anchor, its.medium, its.language, None)
        wrong[str(version)] = findings_of(version.title, version.body, place)
    assert {name: findings for name, findings in wrong.items() if findings} == {}


@pytest.mark.parametrize("language", Language.values)
def test_every_text_that_comes_with_the_portal_is_filled_in_on_a_real_case(language: str) -> None:
    loan = a_loan(("01-10", "8000.00", "0.00"), ("02-12", "1234.56", "50.00"), loan_no="L00000001")
    Borrower.objects.filter(pk=loan.borrower_id).update(language=language)
    a_voice()
    promised = a_promise(loan)
    for step in STEPS:
        ahead = day("02-12") if step.anchor in ("due", "watch") else day("02-14")
        for medium in step.media:
            filled = say(loan, step=step.code, medium=medium, anchor_on=ahead, promise=promised)
            assert filled.version.template.language == language
            assert "{" not in filled.title + filled.body
            assert filled.amount
            assert "400-000-0000" in filled.body
            assert re.search(r"回复.*(TD|退订)|[Rr]eply STOP", filled.body)
            if medium == "sms":
                parts = segments(filled.body)
                assert parts.parts <= 3, (step.code, parts)
                assert parts.encoding == ("gsm7" if language == "en" else "ucs2")
            if step.anchor == "overdue":
                its = filled.version.body
                assert "{amount}" in its and "{due_date}" in its and "{path_to_green}" in its and "{how_to_pay}" in its
                assert "{amount_friday}" in its or "{amount_month_end}" in its


def test_every_placeholder_and_every_fault_has_its_words() -> None:
    assert {name: str(words) for name, words in SAYS.items()} == {name: its.says for name, its in PLACEHOLDERS.items()}
    codes = set(re.findall(r'Finding\("(\w+)"', inspect.getsource(message_text)))
    assert codes <= set(FINDINGS)


def test_a_step_is_named_by_its_days() -> None:
    labels = [step_label(step.anchor, step.days) for step in STEPS]
    assert labels[0] == "3 days before a due date"
    assert labels[1:3] == ["1 day past due", "3 days past due"]
    assert labels[-3:] == [
        "1 day before a promise is due",
        "5 days before a due date, while watched",
        "1 day before a due date, while watched",
    ]


def test_the_path_to_green_names_the_amount_and_the_day_it_is_right_on() -> None:
    amount = Money(Decimal("8160.00"), "CNY")
    assert path_to_green(amount, dt.date(2025, 2, 9), "zh-hans").startswith("2025年2月9日还清8,160.00元，")
    assert path_to_green(amount, dt.date(2025, 2, 9), "en").startswith("Pay CNY 8,160.00 on 9 Feb 2025 and ")
