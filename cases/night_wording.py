"""Why a case moved by itself, in a sentence; the figures stand with each move."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In the order in which a case makes them.
BECAUSE: dict[str, Promise] = {
    "open": _("late after the days of grace, with as much overdue as the policy asks for"),
    "start_phoning": _("late for as long as the policy says; reminders were not enough"),
    "cure": _("nothing in arrears any more, and no more of penalty and costs than the policy lets stay"),
    "relapse": _("late again during the watch"),
    "close_finished": _("nothing in arrears and nothing left to fall due: paid off"),
    "close_cured": _("the watch passed without new arrears, with enough due dates kept"),
    "take_up_again": _("the money that had settled it was taken back"),
}
