"""The steps of the policy at which borrowers are written to, in words."""

import re

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

PROMISE_EVE = _("on the eve of a promise")
COUNTED = re.compile(r"(before_due|overdue|watch)_([0-9]+)")


def step_name(code: str) -> str:
    """What the message of a step is about; a step of the policy's own making shows its code."""
    if code == "promise_eve":
        return str(PROMISE_EVE)
    found = COUNTED.fullmatch(code)
    if found is None:
        return code.replace("_", " ")
    days = int(found[2])
    steps = {
        "before_due": ngettext("%(days)s day before the due date", "%(days)s days before the due date", days),
        "overdue": ngettext("%(days)s day past due", "%(days)s days past due", days),
        "watch": ngettext(
            "watched, %(days)s day before the due date", "watched, %(days)s days before the due date", days
        ),
    }
    return steps[found[1]] % {"days": days}
