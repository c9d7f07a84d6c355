"""The list of handovers."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Handover
from ui.tables import MomentColumn, NumberColumn, PortalTable


class HandoverTable(PortalTable):
    """What was given away, by whom, and what became of it."""

    handover = tables.Column(
        _("Handover"), accessor="pk", linkify=lambda record: reverse("assignment:handover", args=[record.pk])
    )
    asked_at = MomentColumn(_("When"))
    asked_by_name = tables.Column(_("Who"))
    strategy = tables.Column(_("How"), empty_values=(None,))
    reason = tables.Column(_("Reason"), orderable=False)
    total = NumberColumn(_("Cases"))
    moved = NumberColumn(_("Moved"))
    state = tables.Column(_("State"))

    class Meta(PortalTable.Meta):
        model = Handover
        fields: ClassVar[list[str]] = [
            "handover",
            "asked_at",
            "asked_by_name",
            "strategy",
            "reason",
            "total",
            "moved",
            "state",
        ]
        order_by = ("-asked_at",)

    def render_handover(self, record: Handover) -> Any:
        """The handover as people call it."""
        return str(record)

    def render_strategy(self, record: Handover) -> Any:
        """How the cases were spread."""
        return record.get_strategy_display() or _("one case")
