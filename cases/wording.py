"""Why a case cannot move, in sentences: what there is, what it takes, and how to mend it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from rulebook.escalation import Blocker

SENTENCES: dict[str, Promise] = {
    "stage": _lazy("The case is in another stage now."),
    "reason": _lazy("Say why."),
    "late": _lazy("%(have)s days late; it takes %(need)s."),
    "dpd": _lazy("%(have)s of %(need)s days past due."),
    "arrears": _lazy("%(have)s in arrears; it takes %(need)s or more."),
    "arrears_left": _lazy("%(have)s is still in arrears."),
    "overdue": _lazy("%(have)s overdue; it takes %(need)s or more."),
    "remainder": _lazy("%(have)s of penalty and costs is left; %(need)s may stay."),
    "reminders": _lazy("%(have)s of %(need)s reminders delivered."),
    "reminders_or_dpd": _lazy("Too few reminders were delivered; without them it takes %(need)s days past due."),
    "hold": _lazy("A hold stops it."),
    "open_promise": _lazy("The borrower has promised to pay; wait for the day."),
    "call_attempts": _lazy("%(have)s of %(need)s call attempts."),
    "call_days": _lazy("Calls on %(have)s of %(need)s distinct days."),
    "kept_promise": _lazy("A promise was kept on %(have)s; %(need)s days must pass."),
    "address": _lazy("There is no usable address."),
    "visits": _lazy("%(have)s of %(need)s visits done."),
    "letter": _lazy("No demand letter was delivered; %(need)s days must pass after it."),
    "letter_days": _lazy("%(have)s of %(need)s days since the demand letter."),
    "limitation": _lazy("The limitation period ended on %(have)s."),
    "dispute": _lazy("The borrower disputes the debt."),
    "watch": _lazy("%(have)s of %(need)s days of the watch have passed."),
}
# What somebody can do about it; the others mend themselves with time or with money.
MENDS: dict[str, Promise] = {
    "reminders": _lazy("Send a reminder."),
    "call_attempts": _lazy("Call again, at another time of the day."),
    "call_days": _lazy("Call on another day."),
    "address": _lazy("Ask for an address, or verify one."),
    "visits": _lazy("Arrange a visit, or have it waived with a reason."),
    "letter": _lazy("Send the demand letter."),
    "remainder": _lazy("Collect it, or have it waived."),
    "dispute": _lazy("Answer the dispute first."),
    "hold": _lazy("See which hold it is, and until when."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One blocker as people read it."""

    text: str
    earliest_on: dt.date | None
    mend: str


def reason(blocker: Blocker) -> Reason:
    """A blocker in the reader's language."""
    text = str(SENTENCES[blocker.code]) % {"have": blocker.have, "need": blocker.need}
    return Reason(text, blocker.earliest_on, str(MENDS.get(blocker.code, "")))


def move_label(name: str, labels: dict[str, str]) -> str:
    """What a move is called; opening is no transition."""
    return _("Opened") if name == "open" else labels.get(name, name)
