"""Words of messages that are no part of a text, and what a person reads about texts.

What a borrower reads stands here in the borrower's languages side by side, as the texts do: it must never come out in
another language because somebody has not translated it yet.
"""

import datetime as dt

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reminders.models import Anchor, Language
from rulebook.message_text import Finding, Money, fill

ID_DIGITS = 18
SEX_DIGIT = 16  # the 17th digit is odd for men (GB 11643)

# The exact amount, the day on which it is exact, and what then happens.
PATHS = {
    Language.ZH: "{due_date}还清{amount}，账户即恢复正常，不再计收罚息，征信记录随后据实更新。",
    Language.EN: (
        "Pay {amount} on {due_date} and your account is back in order: no more penalty interest is added, and your "
        "credit record follows."
    ),
}

SAYS: dict[str, Words] = {
    "name": _("How the borrower is addressed"),
    "lender": _("The lender's name"),
    "loan": _("The number of the loan"),
    "amount": _("What is overdue today, or what is due on the due date"),
    "due_date": _("The day it is due or was due"),
    "days_late": _("Days past due today"),
    "penalty": _("Penalty interest so far"),
    "amount_friday": _("What will be overdue next Friday"),
    "amount_month_end": _("What will be overdue at the end of the month"),
    "month_end": _("The last day of the month"),
    "how_to_pay": _("How to pay"),
    "path_to_green": _("What brings the account back into order"),
    "promise_amount": _("The amount that was promised"),
    "promise_date": _("The day it was promised for"),
    "hotline": _("The telephone for questions"),
}

FINDINGS: dict[str, Words] = {
    "subject_in_sms": _("A text message has no subject line."),
    "no_subject": _("An e-mail needs a subject line."),
    "subject_line_break": _("The subject line must be one line."),
    "empty": _("The text is empty."),
    "broken_brackets": _("A curly bracket is out of place: %(have)s"),
    "unknown_placeholder": _("There is no placeholder {%(have)s}."),
    "placeholder_not_allowed": _("A text for this step cannot name {%(have)s}."),
    "subject_discloses": _("The subject line shows on a locked screen and tells of the debt: %(have)s"),
    "brackets_left": _("A curly bracket would be left in what the borrower reads."),
    "forbidden_phrase": _("Nobody may say this: %(have)s"),
    "third_party": _("A message speaks to the borrower only, not of others: %(have)s"),
    "subject_long": _("The subject line has %(have)s characters; %(need)s are the most."),
    "sms_long": _("It takes %(have)s parts; more than %(need)s are too many."),
    "missing": _("It does not name {%(need)s}."),
}

REFUSALS: dict[str, Words] = {
    "no_text": _("No text is in use for this: %(detail)s"),
    "no_lender": _("Nobody has said yet who the lender is, how to pay and whom to call, for the portfolio %(detail)s."),
    "empty_value": _("There is no value for {%(detail)s}."),
    "nothing_owed": _("Nothing is owed that this text could name."),
    "no_promise": _("There is no promise that this text could name."),
    "broken_text": _("The text cannot be filled in."),
    "wording": _("What the borrower would read must not be sent: %(detail)s"),
}


# What may be wrong once everything is filled in, in a word: which letters it was would be personal data.
WRONG_WHEN_FILLED: dict[str, Words] = {
    "subject_line_break": _("a line break in the subject line"),
    "empty": _("nothing in it"),
    "subject_discloses": _("a subject line that tells of the debt"),
    "brackets_left": _("a curly bracket"),
    "forbidden_phrase": _("a forbidden phrase"),
    "third_party": _("somebody else addressed"),
    "subject_long": _("too long a subject line"),
    "sms_long": _("too many parts"),
}


def salutation(name: str, id_number: str, language: str) -> str:
    """How a borrower is addressed: the full name, and what the 17th digit of the ID number says, if there is one."""
    digits = id_number.strip()
    known = len(digits) == ID_DIGITS and digits[SEX_DIGIT].isdecimal()
    is_male = known and int(digits[SEX_DIGIT]) % 2 == 1
    if language == Language.ZH:
        return name + (("先生" if is_male else "女士") if known else "客户")
    return f"{'Mr' if is_male else 'Ms'} {name}" if known else name


def path_to_green(amount: Money, on: dt.date, language: str) -> str:
    """What brings the account back into order: what to pay on which day, and what then happens."""
    return fill(PATHS[Language(language)], {"amount": amount, "due_date": on}, language)


def step_label(anchor: str, days: int) -> str:
    """When a step comes, in words: 7 days past due."""
    count = abs(days)
    words = {
        Anchor.DUE: ngettext("%(days)s day before a due date", "%(days)s days before a due date", count),
        Anchor.OVERDUE: ngettext("%(days)s day past due", "%(days)s days past due", count),
        Anchor.PROMISE: ngettext(
            "%(days)s day before a promise is due", "%(days)s days before a promise is due", count
        ),
        Anchor.WATCH: ngettext(
            "%(days)s day before a due date, while watched", "%(days)s days before a due date, while watched", count
        ),
    }
    return words[Anchor(anchor)] % {"days": count}


def finding_text(finding: Finding) -> str:
    """What is wrong with a text, in a sentence; a finding without one says its code."""
    return str(FINDINGS.get(finding.code, finding.code)) % {"have": finding.have, "need": finding.need}


def refusal_text(code: str, detail: str) -> str:
    """Why a text cannot be filled in, in a sentence; a refusal without one says its code."""
    if code == "wording":
        detail = ", ".join(str(WRONG_WHEN_FILLED.get(found, found)) for found in detail.split(", "))
    return str(REFUSALS.get(code, code)) % {"detail": detail}
