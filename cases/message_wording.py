"""The steps of the policy at which borrowers are written to, in words."""

import re

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

# %(days)s stands at the end of the code of a step.
STEPS: dict[str, Words] = {
    "before_due": _("%(days)s days before the due date"),
    "overdue": _("%(days)s days past due"),
    "watch": _("watched, %(days)s days before the due date"),
}
PROMISE_EVE = _("on the eve of a promise")
COUNTED = re.compile(r"([a-z_]+)_([0-9]+)")


def step_name(code: str) -> str:
    """What the message of a step is about; a step of the policy's own making shows its code."""
    if code == "promise_eve":
        return str(PROMISE_EVE)
    found = COUNTED.fullmatch(code)
    if found is None or found[1] not in STEPS:
        return code.replace("_", " ")
    return str(STEPS[found[1]]) % {"days": found[2]}
