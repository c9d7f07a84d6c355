"""The texts of reminders: what may be filled in, filling it in, and what is wrong with a text before anybody gets it.

A placeholder is a name in curly brackets, `{amount}`, and nothing else; `{{` stands for the bracket itself.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from rulebook.message_words import DEBT_WORDS, THIRD_PARTIES, found_in
from rulebook.money import to_cents
from rulebook.sms_segments import segments

LONGEST_SUBJECT = 100
MAX_SEGMENTS = 5
LONG_SEGMENTS = 3  # more than these get a warning
SMS = "sms"
MUST_HAVE_WHEN_LATE = ("amount", "how_to_pay", "path_to_green")

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z][a-z0-9_]*)\}|(?P<stray>[{}｛｝])")
_BRACKETS = "{}｛｝"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CURRENCIES_ZH = {"CNY": "元", "HKD": "港元", "USD": "美元", "EUR": "欧元"}


class Kind(StrEnum):
    """What sort of value a placeholder takes."""

    MONEY = "money"
    DAY = "day"
    DAYS = "days"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency (ISO 4217, as "CNY")."""

    amount: Decimal
    currency: str


Value = Money | dt.date | int | str
_TYPES: Mapping[Kind, type] = {Kind.MONEY: Money, Kind.DAY: dt.date, Kind.DAYS: int, Kind.TEXT: str}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One value that a text can name: what it says, whether reading it tells of the debt, and an example of it.

    `example_zh` is None where the example is the same in Chinese; nothing but `may_be_zero` is printed as zero.
    """

    name: str
    kind: Kind
    says: str
    discloses_debt: bool
    example: Value
    example_zh: Value | None = None
    may_be_zero: bool = False


def _yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


_GREEN = "Pay CNY 1,234.56 by 31 Oct 2026: your account is then in order and no more interest is added."
_GREEN_ZH = "2026年10月31日前付清1,234.56元，账户即恢复正常，不再加收利息。"
_HOW_TO_PAY = "In our app, or by transfer to account 9900 0000 1234."
_HOW_TO_PAY_ZH = "请在本公司App内支付，或转账至账户9900 0000 1234。"

_ALL = (
    Placeholder("name", Kind.TEXT, "How the borrower is addressed", False, "Ms Wang", "王女士"),
    Placeholder("lender", Kind.TEXT, "The lender's name", False, "Example Consumer Finance", "示例消费金融"),
    Placeholder("loan", Kind.TEXT, "The number of the loan", True, "L20260001"),
    Placeholder("amount", Kind.MONEY, "What is overdue today, or what is due on the due date", True, _yuan("1234.56")),
    Placeholder("due_date", Kind.DAY, "The day it is due or was due", True, dt.date(2026, 10, 28)),
    Placeholder("days_late", Kind.DAYS, "Days past due today", True, 15),
    Placeholder("penalty", Kind.MONEY, "Penalty interest so far", True, _yuan("12.34"), may_be_zero=True),
    Placeholder("amount_friday", Kind.MONEY, "What will be overdue next Friday", True, _yuan("1240.12")),
    Placeholder("amount_month_end", Kind.MONEY, "What will be overdue at the end of the month", True, _yuan("1251.24")),
    Placeholder("month_end", Kind.DAY, "The last day of the month", False, dt.date(2026, 10, 31)),
    Placeholder("how_to_pay", Kind.TEXT, "How to pay", True, _HOW_TO_PAY, _HOW_TO_PAY_ZH),
    Placeholder("path_to_green", Kind.TEXT, "What brings the account back into order", True, _GREEN, _GREEN_ZH),
    Placeholder("promise_amount", Kind.MONEY, "The amount that was promised", True, _yuan("800.00")),
    Placeholder("promise_date", Kind.DAY, "The day it was promised for", True, dt.date(2026, 10, 31)),
    Placeholder("hotline", Kind.TEXT, "The telephone for questions", False, "400-000-0000"),
)
PLACEHOLDERS: Mapping[str, Placeholder] = MappingProxyType({each.name: each for each in _ALL})

_ALWAYS = frozenset({"name", "lender", "loan", "how_to_pay", "hotline"})
_DUE = _ALWAYS | {"amount", "due_date"}
# What a text may name by what its step is counted from.
ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "due": _DUE,
        "watch": _DUE,
        "overdue": frozenset(PLACEHOLDERS) - {"promise_amount", "promise_date"},
        "promise": _ALWAYS | {"promise_amount", "promise_date"},
    }
)


class TextRefused(ValueError):
    """The text cannot be filled in."""


class BrokenText(TextRefused):
    """A curly bracket is out of place, or there is no placeholder of that name."""


class EmptyValue(TextRefused):
    """A placeholder has no value, or one that says nothing: no letters, or an amount or days of zero or less."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a text; "block" keeps it from being used.

    `field` is "subject" or "body", `have` what stands there, `need` what it takes.
    """

    code: str
    severity: Literal["block", "warn"]
    field: str
    have: str = ""
    need: str = ""


def fields_of(text: str) -> list[str]:
    """The names of the placeholders in a text, each once, in the order in which they come."""
    return list(dict.fromkeys(found["name"] for found in _TOKEN.finditer(text) if found["name"]))


def examples(language: str) -> dict[str, Value]:
    """An example of every value that a text can name, to show a text before there is a case."""
    chinese = _is_chinese(language)
    return {
        name: each.example_zh if chinese and each.example_zh is not None else each.example
        for name, each in PLACEHOLDERS.items()
    }


def fill(text: str, values: Mapping[str, Value], language: str) -> str:
    """Put the values in, written as the language writes amounts and dates.

    BrokenText for a text with a fault in it, EmptyValue for a missing or empty value, TypeError for one of another
    kind than its placeholder takes.
    """
    for fault in (*_strays(text), *_unknown(text)):
        raise BrokenText(fault)
    return _TOKEN.sub(lambda found: _printed(found["name"], values, language) if found["name"] else found[0][0], text)


def lint(
    subject: str, body: str, medium: str, language: str, allowed: Collection[str], phrases: Collection[str]
) -> list[Finding]:
    """Everything wrong with a text; lengths and words are those of the text filled in with the examples.

    `allowed` are the placeholders of its kind of step, `phrases` what the law forbids to say.
    """
    findings = list(_shape(subject, body, medium))
    for field, text in (("subject", subject), ("body", body)):
        findings += _placeholders(field, text, allowed)
        sample = _sample(text, language)
        if sample is not None:
            findings += _brackets_left(field, sample)
        shown = text if sample is None else sample
        findings += _wording(field, shown, phrases)
        findings += _length(field, shown, medium)
    return findings + list(_missing(body, allowed))


def lint_filled(text: str, phrases: Collection[str] = (), field: str = "body") -> list[Finding]:
    """What is wrong with a text as it would go out now: empty, a bracket left, a word that must not be there."""
    empty = () if _says_something(text) else (Finding("empty", "block", field),)
    return [*empty, *_brackets_left(field, text), *_wording(field, text, phrases)]


def _is_chinese(language: str) -> bool:
    return language.lower().startswith("zh")


def _says_something(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _strays(text: str) -> Iterator[str]:
    """The brackets that belong to no placeholder, with what follows them."""
    return (text[found.start() : found.start() + 20] for found in _TOKEN.finditer(text) if found["stray"])


def _unknown(text: str) -> Iterator[str]:
    return (name for name in fields_of(text) if name not in PLACEHOLDERS)


def _sample(text: str, language: str) -> str | None:
    """The text with the examples filled in; None for one that cannot be filled in."""
    try:
        return fill(text, examples(language), language)
    except BrokenText:
        return None


def _printed(name: str, values: Mapping[str, Value], language: str) -> str:
    placeholder, value = PLACEHOLDERS[name], values.get(name)
    if value is None:
        raise EmptyValue(name)
    # A moment is a date and a truth value a number to Python, and neither is what was meant.
    if not isinstance(value, _TYPES[placeholder.kind]) or isinstance(value, dt.datetime | bool):
        raise TypeError(f"{name} takes {placeholder.kind}, not {type(value).__name__}")
    if _is_empty(value, placeholder):
        raise EmptyValue(name)
    if isinstance(value, Money):
        return _money(value, language)
    if isinstance(value, dt.date):
        return _date(value, language)
    return " ".join(str(value).split())  # a line break in a name must not make a header of an e-mail


def _is_empty(value: Value, placeholder: Placeholder) -> bool:
    if isinstance(value, str):
        return not _says_something(value)
    if isinstance(value, dt.date):
        return False
    number = to_cents(value.amount) if isinstance(value, Money) else value
    return number < 0 or (number == 0 and not placeholder.may_be_zero)


def _money(money: Money, language: str) -> str:
    amount = f"{to_cents(money.amount):,}"
    unit = _CURRENCIES_ZH.get(money.currency) if _is_chinese(language) else None
    return amount + unit if unit else f"{money.currency} {amount}"


def _date(day: dt.date, language: str) -> str:
    if _is_chinese(language):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _shape(subject: str, body: str, medium: str) -> Iterator[Finding]:
    """An e-mail has one subject line, a text message none, and both say something."""
    if medium == SMS and subject.strip():
        yield Finding("subject_in_sms", "block", "subject")
    if medium != SMS and not _says_something(subject):
        yield Finding("no_subject", "block", "subject")
    if "".join(subject.splitlines()) != subject:
        yield Finding("subject_line_break", "block", "subject")
    if not _says_something(body):
        yield Finding("empty", "block", "body")


def _placeholders(field: str, text: str, allowed: Collection[str]) -> Iterator[Finding]:
    for stray in _strays(text):
        yield Finding("broken_brackets", "block", field, stray)
    for name in fields_of(text):
        if name not in PLACEHOLDERS:
            yield Finding("unknown_placeholder", "block", field, name)
            continue
        if name not in allowed:
            yield Finding("placeholder_not_allowed", "block", field, name)
        if field == "subject" and PLACEHOLDERS[name].discloses_debt:
            yield Finding("subject_discloses", "block", field, name)


def _brackets_left(field: str, text: str) -> Iterator[Finding]:
    if any(bracket in text for bracket in _BRACKETS):
        yield Finding("brackets_left", "block", field)


def _wording(field: str, text: str, phrases: Collection[str]) -> Iterator[Finding]:
    for phrase in found_in(text, phrases):
        yield Finding("forbidden_phrase", "block", field, phrase)
    for words in found_in(text, THIRD_PARTIES):
        yield Finding("third_party", "block", field, words)
    for word in found_in(text, DEBT_WORDS) if field == "subject" else ():
        yield Finding("subject_discloses", "block", field, word)


def _length(field: str, text: str, medium: str) -> Iterator[Finding]:
    if field == "subject":
        if len(text) > LONGEST_SUBJECT:
            yield Finding("subject_long", "block", field, str(len(text)), str(LONGEST_SUBJECT))
        return
    parts = segments(text).parts if medium == SMS else 0
    if parts > MAX_SEGMENTS:
        yield Finding("sms_long", "block", field, str(parts), str(MAX_SEGMENTS))
    elif parts > LONG_SEGMENTS:
        yield Finding("sms_long", "warn", field, str(parts), str(LONG_SEGMENTS))


def _missing(body: str, allowed: Collection[str]) -> Iterator[Finding]:
    """Only a text about something late may say how late it is: by that it is told apart."""
    if "days_late" not in allowed:
        return
    for name in MUST_HAVE_WHEN_LATE:
        if name not in fields_of(body):
            yield Finding("missing", "warn", "body", need=name)
