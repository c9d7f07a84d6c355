"""What the pages about visits say: what speaks against one, and what is missing in its evidence."""

from decimal import Decimal

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from rulebook.escalation import Blocker
from ui.formats import day, money
from visits.change_selectors import ADDRESS, LEFT, PAID
from visits.selectors import Against, Missing, Standing

AGAINST: dict[str, Words] = {
    Against.PAID: PAID,
    Against.LEFT: LEFT,
    Against.ADDRESS: ADDRESS,
    Against.HOLD: _("A hold stops visits: %(kind)s."),
    Against.PROMISE: _("A promise is open until %(day)s; before that day nobody asks for the money."),
}
MISSING: dict[str, Words] = {
    Missing.NO_PHOTO: _("There is no photo."),
    Missing.NO_POSITION: _("The telephone gave no position."),
    Missing.INACCURATE: _("The position is no more exact than 100 m."),
    Missing.CLOCK: _("The telephone's clock is missing or differs by more than 10 minutes from ours at arrival."),
    Missing.OUTSIDE_WINDOW: _("They arrived outside the window of the visit."),
    Missing.PHOTO_CLOCK: _("A photo says no time, or one more than 10 minutes from when it came in."),
    Missing.PHOTO_KNOWN: _("A photo is the same as one of another visit."),
}


def against(standing: Standing) -> str:
    """What speaks against a visit, in a sentence."""
    kind = standing.hold.get_kind_display() if standing.hold else ""
    return str(AGAINST[standing.code]) % {"kind": kind, "day": day(standing.until_on)}


PROMISES: dict[str, Words] = {
    "promise_past": _("%(have)s is past."),
    "promise_far": _("%(have)s days ahead; %(need)s at most."),
    "promise_small": _("%(have)s is little; it takes %(need)s or more."),
    "promise_broken": _("%(have)s promises were broken lately; %(need)s may have been."),
    "nothing_owed": _("Nothing is overdue."),
}


def promise_blocked(blocker: Blocker) -> str:
    """Why a promise cannot be taken, in a sentence."""
    have, need = blocker.have, blocker.need
    if blocker.code == "promise_small":
        have, need = money(Decimal(have)), money(Decimal(need))
    return str(PROMISES[blocker.code]) % {"have": have, "need": need}
