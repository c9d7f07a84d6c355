"""A text that may go out and, beside it, each fault that keeps it from going."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.message_text import (
    ALLOWED,
    PLACEHOLDERS,
    BrokenText,
    EmptyValue,
    Finding,
    Kind,
    Money,
    Value,
    examples,
    fields_of,
    fill,
    lint,
    lint_filled,
)
from rulebook.sms_segments import segments
from tests.rulebook.histories import examples as tries

ZH, EN = "zh-hans", "en"
OVERDUE = ALLOWED["overdue"]
PHRASES = ("法院传票", "黑名单")
GOOD_ZH = "【{lender}】{name}，您的借款{loan}已逾期{days_late}天，应还{amount}。{path_to_green}{how_to_pay}{hotline}"
GOOD_EN = "{name}, {amount} was due on {due_date}. {path_to_green} {how_to_pay} Questions: {hotline}"
SUBJECT = "{name}, a message from {lender}"


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def linted(body: str = GOOD_ZH, subject: str = "", medium: str = "sms", **more: Any) -> list[Finding]:
    known: dict[str, Any] = {"language": ZH, "allowed": OVERDUE, "phrases": PHRASES}
    return lint(subject, body, medium, **(known | more))


def mailed(subject: str = SUBJECT, body: str = GOOD_EN, **more: Any) -> list[Finding]:
    return linted(body, subject, "email", **({"language": EN} | more))


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_the_placeholders_of_a_text_are_named_once_and_in_order() -> None:
    assert fields_of("{name}: {amount}, {name}") == ["name", "amount"]
    assert fields_of("nothing {{amount}} to fill in") == []
    assert fields_of("{{{amount}}}") == ["amount"]
    assert fields_of("{nobody_knows_it}") == ["nobody_knows_it"]


@pytest.mark.parametrize(
    ("name", "value", "chinese", "english"),
    [
        ("amount", yuan("1234.56"), "1,234.56元", "CNY 1,234.56"),
        ("amount", yuan("0.005"), "0.01元", "CNY 0.01"),
        ("amount", yuan("1234567"), "1,234,567.00元", "CNY 1,234,567.00"),
        ("amount", Money(Decimal("9.9"), "USD"), "9.90美元", "USD 9.90"),
        ("amount", Money(Decimal("9.9"), "CHF"), "CHF 9.90", "CHF 9.90"),
        ("due_date", dt.date(2026, 10, 31), "2026年10月31日", "31 Oct 2026"),
        ("due_date", dt.date(2027, 1, 2), "2027年1月2日", "2 Jan 2027"),
        ("days_late", 7, "7", "7"),
        ("name", "王女士", "王女士", "王女士"),
    ],
)
def test_values_are_written_as_the_language_writes_them(name: str, value: Value, chinese: str, english: str) -> None:
    assert fill(f"<{{{name}}}>", {name: value}, ZH) == f"<{chinese}>"
    assert fill(f"<{{{name}}}>", {name: value}, EN) == f"<{english}>"


def test_doubled_brackets_stand_for_the_bracket_itself() -> None:
    assert fill("{{{name}}} {{name}}", {"name": "王女士"}, ZH) == "{王女士} {name}"


def test_a_value_is_never_read_as_a_text_to_fill_in() -> None:
    assert fill("{name} {lender}", {"name": "{lender}", "lender": "A"}, EN) == "{lender} A"


def test_a_line_break_in_a_value_becomes_a_space() -> None:
    assert fill("{name}", {"name": " 王\r\nBcc: 女士\t"}, ZH) == "王 Bcc: 女士"


@pytest.mark.parametrize("value", [None, "", "  ", "—", "\u200b"])
def test_a_text_without_letters_is_an_empty_value(value: Any) -> None:
    with pytest.raises(EmptyValue, match="name") as refused:
        fill("{name}", {"name": value}, ZH)
    assert refused.value.name == "name"


def test_a_missing_value_is_refused_and_one_too_many_is_not() -> None:
    assert fill("{name}", {"name": "王女士", "loan": ""}, ZH) == "王女士"
    with pytest.raises(EmptyValue, match="loan"):
        fill("{name} {loan}", {"name": "王女士"}, ZH)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", yuan("0.00")),
        ("amount", yuan("0.004")),
        ("amount", yuan("-1.00")),
        ("promise_amount", yuan("0.00")),
        ("penalty", yuan("-0.01")),
        ("days_late", 0),
        ("days_late", -1),
    ],
)
def test_nothing_owed_is_an_empty_value(name: str, value: Value) -> None:
    with pytest.raises(EmptyValue, match=name):
        fill(f"{{{name}}}", {name: value}, ZH)


def test_only_penalty_interest_may_be_zero() -> None:
    assert fill("{penalty}", {"penalty": yuan("0.00")}, ZH) == "0.00元"
    assert [name for name, each in PLACEHOLDERS.items() if each.may_be_zero] == ["penalty"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", 5),
        ("amount", "1,234.56"),
        ("due_date", "2026-10-31"),
        ("due_date", dt.datetime(2026, 10, 31, tzinfo=dt.UTC)),
        ("days_late", "7"),
        ("days_late", True),
        ("name", 7),
    ],
)
def test_a_value_of_another_kind_is_refused(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"{name} takes"):
        fill(f"{{{name}}}", {name: value}, ZH)


BROKEN = ["{amount", "amount}", "{ amount }", "{amount:.2f}", "{amount.currency}", "{amount!r}", "{Amount}", "{}"]
BROKEN += ["{0}", "{amount}}", "｛amount｝", "{金额}"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_bracket_out_of_place_is_found_and_cannot_be_filled_in(text: str) -> None:
    assert "broken_brackets" in codes(linted(text))
    with pytest.raises(BrokenText):
        fill(text, examples(ZH), ZH)


def test_an_unknown_placeholder_is_found_and_cannot_be_filled_in() -> None:
    assert Finding("unknown_placeholder", "block", "body", "balance") in linted("{balance} 元")
    with pytest.raises(BrokenText, match="balance"):
        fill("{balance}", {"balance": 1}, ZH)


@pytest.mark.parametrize("language", [ZH, EN])
def test_there_is_an_example_for_every_placeholder_and_it_is_no_fault_itself(language: str) -> None:
    every = "".join(f"{{{name}}} " for name in PLACEHOLDERS)
    assert lint_filled(fill(every, examples(language), language)) == []
    assert examples(ZH)["name"] == "王女士"
    assert examples(EN)["name"] == "Ms Wang"
    assert {each.kind for each in PLACEHOLDERS.values()} == set(Kind)


def test_a_good_text_has_no_findings() -> None:
    assert linted() == []
    assert mailed() == []


def test_every_kind_of_step_allows_only_placeholders_that_there_are() -> None:
    assert set(ALLOWED) == {"due", "overdue", "promise", "watch"}
    assert set().union(*ALLOWED.values()) == set(PLACEHOLDERS)


def test_a_placeholder_of_another_kind_of_step_is_refused() -> None:
    body = "{name}: {promise_amount}, {promise_date}"
    assert linted(body, allowed=ALLOWED["promise"]) == []
    refused = [Finding("placeholder_not_allowed", "block", "body", name) for name in ("promise_amount", "promise_date")]
    assert linted(body, allowed=ALLOWED["due"]) == refused


@pytest.mark.parametrize("body", ["", " \n", "……！", "\u200b"])
def test_a_text_that_says_nothing_is_refused(body: str) -> None:
    assert linted(body, allowed=()) == [Finding("empty", "block", "body")]


def test_an_e_mail_needs_a_subject_line_and_a_text_message_has_none() -> None:
    assert mailed("") == [Finding("no_subject", "block", "subject")]
    assert linted(subject="{name}") == [Finding("subject_in_sms", "block", "subject")]


def test_a_subject_line_is_one_line() -> None:
    assert mailed("{name}") == []
    assert mailed("{name}\nBcc: x") == mailed("{name}\n") == [Finding("subject_line_break", "block", "subject")]


def test_a_subject_line_is_at_most_a_hundred_signs_long_when_filled_in() -> None:
    assert mailed("{name}" + "s" * 93) == []
    assert mailed("{name}" + "s" * 94) == [Finding("subject_long", "block", "subject", "101", "100")]


@pytest.mark.parametrize("name", [name for name, each in PLACEHOLDERS.items() if each.discloses_debt])
def test_what_tells_of_the_debt_is_no_placeholder_for_a_subject_line(name: str) -> None:
    assert codes(mailed(f"A message: {{{name}}}", allowed=set(PLACEHOLDERS)))[0] == "subject_discloses"
    assert mailed(body=GOOD_EN + f" {{{name}}}", allowed=set(PLACEHOLDERS)) == []


@pytest.mark.parametrize("word", ["逾期", "还 款", "催-收", "overdue", "Arrears", "ｄｅｂｔ", "Repayment", "late fees"])
def test_a_word_that_tells_of_the_debt_does_not_stand_in_a_subject_line(word: str) -> None:
    told = [(finding.code, finding.severity, finding.field) for finding in mailed(f"Your {word}")]
    assert told == [("subject_discloses", "block", "subject")]
    assert mailed(body=GOOD_EN + f" Your {word}.") == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("您的亲友", "我们将联系您的亲友。"),
        ("请转告", "请 转 告 王女士"),
        ("your family", "Tell YOUR FAMILY members."),
    ],
)
def test_a_text_that_speaks_to_or_of_somebody_else_is_refused(words: str, text: str) -> None:
    assert linted(GOOD_ZH + text) == [Finding("third_party", "block", "body", words)]
    assert lint_filled(text) == [Finding("third_party", "block", "body", words)]


@pytest.mark.parametrize("text", ["法院传票", "法 院。传＿票", "法\u200b院传票"])
def test_a_forbidden_phrase_is_found_also_in_disguise(text: str) -> None:
    found = Finding("forbidden_phrase", "block", "body", "法院传票")
    assert linted(GOOD_ZH + text) == [found]
    assert linted(GOOD_ZH + text, phrases=()) == []
    assert lint_filled(text, PHRASES) == [found]
    assert lint_filled(text) == []


def test_a_phrase_is_found_in_a_text_that_cannot_be_filled_in() -> None:
    assert codes(linted("{amount 黑名单", allowed=())) == ["broken_brackets", "forbidden_phrase"]


@pytest.mark.parametrize("name", ["amount", "how_to_pay", "path_to_green"])
def test_a_text_about_something_late_says_how_much_how_to_pay_and_how_it_ends(name: str) -> None:
    without = GOOD_ZH.replace(f"{{{name}}}", "")
    assert linted(without) == [Finding("missing", "warn", "body", need=name)]
    assert linted("{name}，您好", allowed=ALLOWED["due"]) == []


def test_a_text_message_is_warned_of_from_four_parts_on_and_refused_from_six() -> None:
    def long(length: int) -> list[Finding]:
        return linted("字" * length, allowed=())

    assert long(67 * 3) == []
    assert long(67 * 3 + 1) == [Finding("sms_long", "warn", "body", "4", "3")]
    assert long(67 * 5) == [Finding("sms_long", "warn", "body", "5", "3")]
    assert long(67 * 5 + 1) == [Finding("sms_long", "block", "body", "6", "5")]
    assert mailed("A message", "字" * 5000, allowed=()) == []


def test_the_parts_of_a_text_message_are_those_of_the_text_filled_in() -> None:
    body = "{path_to_green}" * 9
    assert segments(body).parts == 1
    assert codes(linted(body, allowed={"path_to_green"})) == ["sms_long"]


@pytest.mark.parametrize("text", ["Pay {amount} now", "{{amount}}", "｛金额｝", "Pay}"])
def test_a_text_with_a_bracket_left_does_not_go_out(text: str) -> None:
    assert lint_filled(text) == [Finding("brackets_left", "block", "body")]
    assert lint_filled("Pay CNY 1.00 now") == []


def test_who_writes_brackets_into_a_text_hears_of_it_before_it_would_go_out() -> None:
    assert linted("{{amount}}", allowed=()) == [Finding("brackets_left", "block", "body")]


@pytest.mark.parametrize("text", ["", " ", "。"])
def test_an_empty_text_does_not_go_out(text: str) -> None:
    assert lint_filled(text, field="subject") == [Finding("empty", "block", "subject")]


def test_a_value_may_not_tell_of_the_debt_in_a_subject_line_either() -> None:
    subject = fill("A message from {lender}", {"lender": "Acme Debt Recovery"}, EN)
    assert lint_filled(subject, field="subject") == [Finding("subject_discloses", "block", "subject", "debt")]
    assert lint_filled(subject) == []


@tries(200)
@given(st.text(alphabet="{}｛｝ab_1:.! 字", max_size=20))
def test_any_text_is_filled_in_whole_or_found_broken(text: str) -> None:
    found = set(codes(linted(text, allowed=()))) & {"broken_brackets", "unknown_placeholder"}
    try:
        filled = fill(text, examples(ZH), ZH)
    except BrokenText:
        assert found
    else:
        assert not found
        assert filled == text.replace("{{", "{").replace("}}", "}")


@tries(100)
@given(st.lists(st.sampled_from([*PLACEHOLDERS]), max_size=8), st.sampled_from([ZH, EN]))
def test_a_text_of_known_placeholders_is_filled_in_without_a_bracket_left(names: list[str], language: str) -> None:
    text = "x" + "".join(f" {{{name}}}" for name in names)
    assert fields_of(text) == list(dict.fromkeys(names))
    assert lint_filled(fill(text, examples(language), language)) == []
