"""The list of visits."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ui.tables import DayColumn, MomentColumn, PortalTable
from visits.models import Visit


class VisitTable(PortalTable):
    """Visits, masked: who and in which district."""

    visit = tables.Column(
        _("Visit"), accessor="pk", linkify=lambda record: reverse("visits:visit", args=[record.pk]), order_by=("pk",)
    )
    case = tables.Column(
        _("Case"), accessor="case", orderable=False, linkify=lambda record: reverse("cases:case", args=[record.case_id])
    )
    borrower = tables.Column(_("Borrower"), accessor="borrower__masked_name", orderable=False)
    district = tables.Column(_("District"), accessor="address__city")
    state = tables.Column(_("State"))
    day = DayColumn(_("Day"))
    lead = tables.Column(_("Lead"))
    companion = tables.Column(_("Companion"))
    requested_at = MomentColumn(_("Asked for"))

    class Meta(PortalTable.Meta):
        model = Visit
        fields: ClassVar[list[str]] = [
            *("visit", "case", "borrower", "district", "state", "day", "lead", "companion", "requested_at"),
        ]
        order_by = ("-requested_at",)

    def render_visit(self, record: Visit) -> Any:
        """The visit as people call it."""
        return str(record)
