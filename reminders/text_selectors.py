"""Filling in the texts of messages with what the ledger says on the day."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from borrowers.models import Borrower, Medium
from cases.selectors import Found
from cases.workspace_selectors import consequences
from contacts.models import Promise
from loans.models import Loan, Portfolio
from reminders.models import Anchor, Language, TemplateVersion, Voice
from reminders.template_lifecycle import VersionState
from reminders.text_wording import path_to_green, salutation
from rulebook.contact_rules import preset
from rulebook.masking import STARS
from rulebook.message_text import MAX_SEGMENTS, BrokenText, EmptyValue, Finding, Money, Value, fill, lint_filled
from rulebook.money import ZERO, to_cents
from rulebook.sms_segments import segments

SHOWN_OF_A_LOAN = 4


class TextRefused(Exception):
    """Why nothing can be sent: a code, and one line about it that holds no personal data."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why somebody is written to, by what, and what is true on the day: all that a text is filled in from.

    `anchor_on` is the day the step is counted from; `promise` is there where the step is about one.
    """

    anchor: str
    step: str
    medium: str
    borrower: Borrower
    portfolio: Portfolio
    loan: Loan
    anchor_on: dt.date
    promise: Promise | None
    found: Found
    on: dt.date


@dataclass(frozen=True, slots=True)
class Filled:
    """What the borrower will read, the version it was made from, and the amount it names first (to the cent)."""

    version: TemplateVersion
    language: str
    title: str
    body: str
    amount: Decimal | None


class Texts:
    """The texts in use and what each lender says of itself, read once however many messages are filled in."""

    def __init__(self, portfolio_ids: Collection[int]) -> None:
        in_use = TemplateVersion.objects.filter(state=VersionState.APPROVED).select_related("template")
        self._versions = {
            (its.template.anchor, its.template.step, its.template.medium, its.template.language): its for its in in_use
        }
        self._voices = {voice.portfolio_id: voice for voice in Voice.objects.filter(portfolio__in=portfolio_ids)}

    def fill(self, occasion: Occasion) -> Filled:
        """The message as the borrower will read it, with the amounts of the day. Raises TextRefused."""
        language = language_of(occasion.borrower)
        key = (occasion.anchor, occasion.step, occasion.medium, language)
        version = self._versions.get(key)
        if version is None:
            raise TextRefused("no_text", f"{occasion.step} {occasion.medium} {language}")
        voice = self._voices.get(occasion.portfolio.pk)
        values = values_of(occasion, voice, language)
        title, body = filled_in(version.title, version.body, values, language)
        refuse_wording(title, body, occasion)
        named = values.get("amount") or values.get("promise_amount")
        amount = to_cents(named.amount) if isinstance(named, Money) else None
        return Filled(version, language, title, body, amount)


def language_of(borrower: Borrower) -> Language:
    """The language somebody is written to in; Chinese where there are no texts in their own."""
    return Language.EN if borrower.language.lower().startswith("en") else Language.ZH


def values_of(occasion: Occasion, voice: Voice | None, language: str, *, is_masked: bool = False) -> dict[str, Value]:
    """What every placeholder stands for; masked, the name and the loan are too short to be used. Raises TextRefused."""
    if voice is None:
        raise TextRefused("no_lender", occasion.portfolio.code)
    borrower, loan_no = occasion.borrower, occasion.loan.loan_no
    name = borrower.masked_name if is_masked else borrower.name
    is_chinese = language == Language.ZH
    values: dict[str, Value] = {
        "name": salutation(name, borrower.id_number, language),
        "loan": _masked_loan(loan_no) if is_masked else loan_no,
        "lender": voice.lender_zh if is_chinese else voice.lender,
        "how_to_pay": voice.how_to_pay_zh if is_chinese else voice.how_to_pay,
        "hotline": voice.hotline,
    }
    if occasion.anchor == Anchor.OVERDUE:
        return values | _overdue(occasion, language)
    return values | (_promised(occasion) if occasion.anchor == Anchor.PROMISE else _falling_due(occasion))


def filled_in(title: str, body: str, values: dict[str, Value], language: str) -> tuple[str, str]:
    """Subject line and text with the values in them. Raises TextRefused and names the value that is empty."""
    try:
        return fill(title, values, language), fill(body, values, language)
    except EmptyValue as empty:
        raise TextRefused("empty_value", empty.name) from empty
    except BrokenText as broken:
        raise TextRefused("broken_text", broken.args[0]) from broken


def refuse_wording(title: str, body: str, occasion: Occasion) -> None:
    """Look once more at what the borrower would read. Raises TextRefused with the codes of what must not be sent."""
    found = _findings(title, body, occasion.medium, phrases_of(occasion.portfolio.rule_preset))
    codes = list(dict.fromkeys(finding.code for finding in found if finding.severity == "block"))
    if codes:
        raise TextRefused("wording", ", ".join(codes))


def _findings(title: str, body: str, medium: str, phrases: Collection[str]) -> Iterator[Finding]:
    yield from lint_filled(body, phrases)
    if medium == Medium.EMAIL:
        yield from lint_filled(title, phrases, "subject")
    elif segments(body).parts > MAX_SEGMENTS:
        yield Finding("sms_long", "block", "body")


@cache
def phrases_of(rule_preset: str) -> frozenset[str]:
    """What the rules of a place forbid to say."""
    rules = preset(rule_preset).rules.values()
    return frozenset(phrase for rule in rules for phrase in rule.values.get("phrases", ()))


def _masked_loan(loan_no: str) -> str:
    return STARS + (loan_no[-SHOWN_OF_A_LOAN:] if len(loan_no) > SHOWN_OF_A_LOAN else loan_no[-1:])


def _overdue(occasion: Occasion, language: str) -> dict[str, Value]:
    """What is late over all loans of the case, and what it will be if nothing is paid."""
    on, books, currency = occasion.on, occasion.found.books, occasion.portfolio.currency
    standings = [book.standing(on) for book in books]
    since = min((its.oldest_unpaid_due_on for its in standings if its.oldest_unpaid_due_on), default=None)
    amount = Money(sum((its.overdue_amount for its in standings), ZERO), currency)
    if since is None or amount.amount <= 0:
        raise TextRefused("nothing_owed", occasion.step)
    later = {each.code: each for each in consequences(books, on)}
    return {
        "amount": amount,
        "due_date": since,
        "days_late": occasion.found.facts.days_past_due,
        "penalty": Money(sum((its.penalty for its in standings), ZERO), currency),
        "amount_friday": Money(later["friday"].amount, currency),
        "amount_month_end": Money(later["month_end"].amount, currency),
        "month_end": later["month_end"].on,
        "path_to_green": path_to_green(amount, on, language),
    }


def _falling_due(occasion: Occasion) -> dict[str, Value]:
    """What will be owed of the instalment on its due date; money that waits for it is taken off."""
    book = next(book for book in occasion.found.books if book.loan.pk == occasion.loan.pk)
    rows = book.standing(occasion.anchor_on).instalments
    owed = sum((row.principal + row.interest for row in rows if row.due_on == occasion.anchor_on), ZERO)
    if owed <= 0:
        raise TextRefused("nothing_owed", occasion.step)
    return {"amount": Money(owed, occasion.portfolio.currency), "due_date": occasion.anchor_on}


def _promised(occasion: Occasion) -> dict[str, Value]:
    promise = occasion.promise
    if promise is None:
        raise TextRefused("no_promise", occasion.step)
    return {
        "promise_amount": Money(promise.amount, occasion.portfolio.currency),
        "promise_date": promise.due_on,
    }
