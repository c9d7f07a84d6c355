"""What was done about a visit and why, in words; also for the rooms above."""

from django.utils.functional import Promise as Words
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from visits.selectors import Against

PAID = _("Nothing is in arrears any more.")
LEFT = _("The case is no longer in field visits.")
ADDRESS = _("The address is not in use any more.")
MOVES: dict[str, Words] = {
    "request": _("a visit is asked for"),
    "approve": _("approved"),
    "decline": _("declined"),
    "schedule": _("planned"),
    "unschedule": _("taken off its day"),
    "accept": _("accepted"),
    "arrive": _("arrived"),
    "finish": _("logged"),
    "hand_in_again": _("handed in again"),
    "stand": _("found to stand"),
    "give_back": _("returned"),
    "cancel": _("cancelled"),
    "expire": _("expired"),
    "reorder": _("put in order"),
    "add_photo": _("photo added"),
}
WHY: dict[str, Words] = {
    Against.PAID.value: PAID,
    Against.LEFT.value: LEFT,
    Against.ADDRESS.value: ADDRESS,
    Against.HOLD.value: _("A hold stops visits."),
    "day_over": _("Nobody went on its day."),
    "too_old": _("It waited longer than the policy allows."),
}


def why(reason: str) -> str:
    """A reason as somebody wrote it, or the portal's own in words."""
    return str(WHY[reason]) if reason in WHY else reason


def move_name(move: str) -> str:
    """What was done."""
    return str(MOVES[move]) if move in MOVES else gettext(move)
