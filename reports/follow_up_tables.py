"""The cures behind one number of the relapse rate."""

from typing import ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import CaseMove
from ui.tables import DayColumn, NumberColumn, PortalTable


class CureTable(PortalTable):
    """Cures, and when the borrower was late again."""

    case = tables.Column(
        _("Case"), accessor="case__pk", linkify=lambda record: reverse("cases:case", args=[record.case_id])
    )
    borrower = tables.Column(
        _("Borrower"),
        accessor="case__borrower__masked_name",
        orderable=False,
        linkify=lambda record: reverse("loans:borrower", args=[record.case.borrower.borrower_no]),
    )
    portfolio = tables.Column(_("Portfolio"), accessor="case__portfolio__name")
    on = DayColumn(_("Cured"))
    until_on = DayColumn(_("Counts until"), orderable=False)
    back_on = DayColumn(_("Late again"))
    days = NumberColumn(_("Days after the cure"), empty_values=(), orderable=False)
    stage = tables.Column(_("Stage now"), accessor="case__get_stage_display", orderable=False)

    class Meta(PortalTable.Meta):
        model = CaseMove
        fields: ClassVar[list[str]] = ["case", "borrower", "portfolio", "on", "until_on", "back_on", "days", "stage"]

    def render_case(self, record: CaseMove) -> str:
        """The case as people call it."""
        return str(record.case)

    def render_days(self, record: CaseMove) -> str:
        """How many days the cure lasted; nothing while it does."""
        back_on = getattr(record, "back_on", None)
        return str((back_on - record.on).days) if back_on else ""
