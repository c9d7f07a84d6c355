"""Lists of imports, and of what was wrong with one."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_tables2 as tables
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext_lazy as _

from intake.models import ImportRun
from intake.rules import sentence
from ui.tables import MomentColumn, NumberColumn, PortalTable


class RunTable(PortalTable):
    """Who brought a tape when, and what became of it."""

    uploaded_at = MomentColumn(_("Uploaded"), linkify=("intake:run", {"pk": tables.A("pk")}))
    uploaded_by = tables.Column(_("Uploaded by"), empty_values=(), orderable=False)
    state = tables.Column(_("State"))
    read = NumberColumn(_("Rows read"), accessor="total__read", orderable=False)
    new = NumberColumn(_("New"), accessor="total__new", orderable=False)
    rejected = NumberColumn(_("Rejected"), accessor="total__rejected", orderable=False)
    loaded_at = MomentColumn(_("Loaded at"))

    class Meta(PortalTable.Meta):
        model = ImportRun
        fields: ClassVar[list[str]] = ["uploaded_at", "uploaded_by", "state", "read", "new", "rejected", "loaded_at"]
        order_by = ("-uploaded_at",)

    def render_read(self, value: int) -> str:
        """With separators."""
        return intcomma(value)

    render_new = render_rejected = render_read

    def render_uploaded_by(self, value: Any) -> str:
        """The person, or the portal itself, when the tape came by the command."""
        return str(value or _("the portal"))


class FindingTable(PortalTable):
    """Everything that was wrong, line by line; values are masked."""

    file = tables.Column(_("File"))
    line = NumberColumn(_("Line"))
    field = tables.Column(_("Field"), empty_values=())
    value = tables.Column(_("Value"), empty_values=(), orderable=False)
    rule = tables.Column(_("What is wrong"))

    class Meta(PortalTable.Meta):
        order_by = ()

    def render_rule(self, record: Mapping[str, Any]) -> str:
        """The rule in the reader's language."""
        return sentence(record["rule"], record["details"])

    def render_line(self, value: int) -> str:
        """The line; nothing where the whole file is meant."""
        return str(value or "")
