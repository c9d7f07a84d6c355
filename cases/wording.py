"""Why a case cannot move, in sentences: what there is, what it takes, and how to mend it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rulebook.escalation import Blocker
from ui.formats import money

SENTENCES: dict[str, Promise] = {
    "stage": _("The case is in another stage now."),
    "reason": _("Say why."),
    "late": _("%(have)s days late; it takes %(need)s."),
    "dpd": _("%(have)s of %(need)s days past due."),
    "arrears": _("%(have)s in arrears; it takes %(need)s or more."),
    "arrears_left": _("%(have)s is still in arrears."),
    "overdue": _("%(have)s overdue; it takes %(need)s or more."),
    "remainder": _("%(have)s of penalty and costs is left; %(need)s may stay."),
    "reminders": _("%(have)s of %(need)s reminders delivered."),
    "reminders_or_dpd": _("Too few reminders were delivered; without them it takes %(need)s days past due."),
    "hold": _("A hold stops it."),
    "open_promise": _("The borrower has promised to pay; wait for the day."),
    "call_attempts": _("%(have)s of %(need)s call attempts."),
    "call_days": _("Calls on %(have)s of %(need)s distinct days."),
    "kept_promise": _("A promise was kept on %(have)s; %(need)s days must pass."),
    "address": _("There is no usable address."),
    "visits": _("%(have)s of %(need)s visits done."),
    "letter": _("No demand letter was delivered; %(need)s days must pass after it."),
    "letter_days": _("%(have)s of %(need)s days since the demand letter."),
    "limitation": _("The limitation period ended on %(have)s."),
    "dispute": _("The borrower disputes the debt."),
    "promise_past": _("%(have)s is past."),
    "promise_far": _("%(have)s days ahead; %(need)s at most."),
    "promise_small": _("%(have)s is little; it takes %(need)s or more."),
    "promise_broken": _("%(have)s promises were broken lately; %(need)s may have been."),
    "nothing_owed": _("Nothing is overdue."),
    "agreed_sum": _("Say for which sum it is settled."),
    "agreed_sum_paid": _("%(have)s of the agreed %(need)s has come in."),
    "watch": _("%(have)s of %(need)s days of the watch have passed."),
    "watch_dues": _("%(have)s of %(need)s due dates kept."),
    "dues_to_come": _("Due dates still to come: %(have)s."),
    "settled": _("What was owed before it closed is still paid."),
}
# Reasons that speak of money.
AMOUNTS = {"arrears", "arrears_left", "overdue", "remainder", "promise_small", "agreed_sum_paid"}
# What somebody can do about it; the others mend themselves with time or with money.
MENDS: dict[str, Promise] = {
    "reminders": _("Send a reminder."),
    "call_attempts": _("Call again, at another time of the day."),
    "call_days": _("Call on another day."),
    "address": _("Ask for an address, or verify one."),
    "visits": _("Arrange a visit, or have it waived with a reason."),
    "letter": _("Send the demand letter."),
    "remainder": _("Collect it, or have it waived."),
    "limitation": _("Only a new promise of the borrower begins it anew."),
    "dispute": _("Answer the dispute first."),
    "hold": _("See which hold it is, and until when."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One blocker as people read it."""

    text: str
    earliest_on: dt.date | None
    mend: str


def reason(blocker: Blocker) -> Reason:
    """A blocker in the reader's language."""
    have, need = blocker.have, blocker.need
    if blocker.code in AMOUNTS:
        have, need = money(Decimal(have)), money(Decimal(need))
    text = str(SENTENCES[blocker.code]) % {"have": have, "need": need}
    return Reason(text, blocker.earliest_on, str(MENDS.get(blocker.code, "")))


def move_label(name: str, labels: dict[str, str]) -> str:
    """What a move is called; opening is no transition."""
    return gettext("Opened") if name == "open" else labels.get(name, name)
