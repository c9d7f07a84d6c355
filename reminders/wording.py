"""Why a message is where it is, and the step that asked for it, in words."""

import re

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from reminders.lifecycle import State
from reminders.models import Anchor
from reminders.text_wording import refusal_text, step_label

WHY: dict[str, Words] = {
    "by_hand": _("a person decided"),
    "opted_out": _("the borrower wants no more of these messages"),
    "cured": _("nothing is overdue any more"),
    "settled": _("what it reminded of is paid"),
    "closed": _("the case is not worked on any more"),
    "error": _("something failed while it was written"),
    "paid_ahead": _("money that clears it is booked already"),
    "held": _("a hold stops it"),
    "promised": _("the borrower has promised to pay"),
    "verifying": _("a payment is being looked for"),
    "gate": _("a rule of the gate refused it"),
    "text": _("its text could not be written"),
    "no_way": _("there is no other way to write to the borrower"),
    "expired": _("its time was over"),
    "superseded": _("another message took its place"),
    "rejected": _("the gateway refused it"),
    "bad_address": _("the number or address does not exist"),
    "not_sent": _("the gateway took nothing; it is tried again"),
    "not_reached": _("its turn did not come; it goes again"),
    "unknown": _("the gateway did not say whether it took it"),
    "lease_over": _("whoever was sending it stopped in the middle"),
    "receipt": _("a receipt of the gateway"),
    "wait": _("it may not go out yet; it waits"),
    "promise_over": _("the promise does not stand any more"),
    "not_watched": _("the case is not watched any more"),
    "gateway": _("the gateway's answer"),
    "step": _("a step of the policy"),
    "next_way": _("it did not arrive by another way"),
}
# The gate allows as well as it refuses: it depends on where the message went.
ALLOWED = _("the gate allowed it")
EVE_OF_A_PROMISE = "promise_eve"
_DAYS = re.compile(r"_([0-9]+)$")


def why_words(code: str, state: str = "") -> str:
    """Why a message came to a state, in the reader's language; a code that has no words shows itself."""
    if code == "gate" and state == State.SENDING:
        return str(ALLOWED)
    return str(WHY.get(code, code))


def detail_words(code: str, detail: str) -> str:
    """The detail beside why: a text that could not be written says what it lacks; all else is somebody's own words."""
    refusal, colon, about = detail.partition(": ")
    return refusal_text(refusal, about) if code == "text" and colon else detail


def step_words(anchor: str, step: str) -> str:
    """What a step of the policy is, in the reader's language; a step with a name of its own shows it."""
    if step == EVE_OF_A_PROMISE:
        return step_label(anchor, 1)
    days = _DAYS.search(step)
    return step_label(anchor, int(days[1])) if days and anchor in Anchor.values else step


def step_order(anchor: str, step: str) -> tuple[int, int, str]:
    """Where a step stands among others: before the due date, past due, promises, watched; each in the order of days."""
    anchors = list(Anchor.values)
    place = anchors.index(anchor) if anchor in anchors else len(anchors)
    days = _DAYS.search(step)
    number = int(days[1]) if days else 0
    return (place, number if anchor == Anchor.OVERDUE else -number, step)
