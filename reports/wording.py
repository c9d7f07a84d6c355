"""The figures of a brief in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reports.models import Brief, Kind
from ui.formats import day

SENTENCES: dict[str, Promise] = {
    "before": _("what every case counted for"),
    Kind.NEW: _("late for the first time, or late again after having owed nothing"),
    Kind.REVERSED: _("a payment or a cost was taken back"),
    Kind.GROWN: _("penalty interest, new instalments and costs"),
    Kind.PAID: _("payments that left something open, and penalty that was stopped"),
    Kind.CURED: _("nothing in arrears any more; watched from now on"),
    Kind.ENDED: _("a case, or a loan of it, that is no longer collected"),
    Kind.CLOSED: _("paid off, or the watch was kept: no longer collected"),
    Kind.SAME: _("neither paid nor grown"),
    "after": _("what every open case counts for"),
}

# The numbers of the relapse rate, as a list of cases is called.
FOLLOW_UP: dict[str, Promise] = {
    "cured": _("Cured"),
    "over": _("Cured more than 90 days ago"),
    "relapsed": _("Late again within 90 days"),
    "running": _("Still running: cured less than 90 days ago"),
    "running_back": _("Still running and late again already"),
}


def label(figure: str, brief: Brief) -> str:
    """What a figure of a brief is called; the totals name their day."""
    if figure == "after":
        return gettext("Overdue on %(day)s") % {"day": day(brief.on)}
    if figure == "before":
        return gettext("Overdue on %(day)s") % {"day": day(brief.before_on)} if brief.before_on else gettext("Before")
    return str(Kind(figure).label)
