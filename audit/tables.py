"""The list of what happened."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from ui.tables import MomentColumn, PortalTable


class EntryTable(PortalTable):
    """Who did what, to what, when and why."""

    at = MomentColumn(linkify=("audit:entry", {"pk": tables.A("pk")}))
    actor_name = tables.Column(empty_values=())

    class Meta(PortalTable.Meta):
        model = AuditEntry
        fields = ("at", "actor_name", "action", "subject", "reason")
        order_by = ("-at",)

    def render_actor_name(self, value: str) -> str:
        """The person, or the portal itself."""
        return value or str(_("the portal"))
