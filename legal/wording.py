"""Deadlines and limitation in sentences."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rulebook.legal_steps import Deadline, Urgency
from rulebook.limitation import RestartKind
from ui.formats import day

DEADLINES: dict[str, str | Promise] = {
    "accept": gettext_lazy("The court says whether it accepts the application"),
    "issue": gettext_lazy("The court issues the payment order"),
    "object": gettext_lazy("The borrower may object until then"),
    "enforce": gettext_lazy("Enforcement has to be applied for"),
}
RESTARTS: dict[str, str | Promise] = {
    RestartKind.LETTER: gettext_lazy("a demand letter was delivered"),
    RestartKind.MESSAGE: gettext_lazy("a message was delivered"),
    RestartKind.PROMISE: gettext_lazy("the borrower promised to pay"),
    RestartKind.PAYMENT: gettext_lazy("a part was paid"),
    RestartKind.SUIT: gettext_lazy("suit in court"),
    RestartKind.PAYMENT_ORDER: gettext_lazy("payment order applied for"),
}


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A deadline as people read it."""

    text: str
    on: str
    why: str
    urgency: Urgency


def time_limit(deadline: Deadline | None, urgency: Urgency | None) -> TimeLimit | None:
    """A deadline with from where it is counted and by which law; None where none runs."""
    if deadline is None or urgency is None:
        return None
    words = {"length": deadline.length, "start": day(deadline.starts_on), "source": deadline.source}
    days, years = _("%(length)s days from %(start)s, %(source)s"), _("%(length)s years from %(start)s, %(source)s")
    why = (days if deadline.unit == "days" else years) % words
    return TimeLimit(str(DEADLINES[deadline.code]), day(deadline.on), why, urgency)


def warning_text(warning: int | None) -> str:
    """What the list says of a limitation period that ends soon."""
    if warning is None:
        return ""
    return _("within %(days)s days") % {"days": warning} if warning else _("over")


def step_label(step: str, labels: dict[str, str]) -> str:
    """What a row of a referral is called; opening is no step."""
    return _("Referral opened") if step == "open" else labels.get(step, step)
