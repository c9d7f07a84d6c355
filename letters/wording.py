"""Sentences about letters."""

from django.utils.functional import Promise as Words
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contacts.letter_models import LetterKind
from contacts.models import Clearance
from rulebook.contact_rules import preset
from ui.formats import moment

# What each kind is for, to whoever is about to write one.
ABOUT: dict[str, Words] = {
    LetterKind.DEMAND: _("Asks for everything overdue by a day. Once delivered, it opens the way to legal."),
    LetterKind.ACCELERATION: _("Says that a whole loan is due from a day on."),
    LetterKind.REPORT_NOTICE: _("Says beforehand that the arrears will be reported to the credit bureau."),
    LetterKind.DISPUTE_ANSWER: _("Answers what the borrower disputes in the record, within 20 days."),
    LetterKind.CLOSING: _("Says that the matter is closed, and when the record of it drops."),
}


def refusal_text(clearance: Clearance) -> str:
    """Why the gate refused a letter: what the rule says, and from when it may go."""
    rule = preset(clearance.preset).rules.get(clearance.rule_id)
    said = rule.said(get_language() or "en") if rule else ""
    text = f"{clearance.rule_id}: {said}"
    if clearance.next_allowed_at:
        text += " " + str(_("It may go from %(when)s on.") % {"when": moment(clearance.next_allowed_at)})
    return text
