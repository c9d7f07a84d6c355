"""The list of requests."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.models import Approval
from approvals.wording import who
from ui.tables import MomentColumn, MoneyColumn, PortalTable


class ApprovalTable(PortalTable):
    """Requests with what was overdue when they were asked, and whom they wait for."""

    approval = tables.Column(
        _("Approval"),
        accessor="pk",
        linkify=lambda record: reverse("approvals:approval", args=[record.pk]),
        order_by=("pk",),
    )
    kind = tables.Column(_("What for"))
    case = tables.Column(
        _("Case"), linkify=lambda record: reverse("cases:case", args=[record.case_id]), order_by=("case",)
    )
    borrower = tables.Column(_("Borrower"), accessor="case__borrower__masked_name", orderable=False)
    overdue_amount = MoneyColumn(_("Overdue amount"), accessor="facts__overdue_amount", orderable=False)
    asked_by_name = tables.Column(_("Asked by"))
    asked_at = MomentColumn(_("Asked"))
    deadline_at = MomentColumn(_("To be decided by"))
    state = tables.Column(_("State"))
    waits_for = tables.Column(_("Waits for"), empty_values=(), orderable=False)

    class Meta(PortalTable.Meta):
        model = Approval
        fields: ClassVar[list[str]] = [
            "approval",
            "kind",
            "case",
            "borrower",
            "overdue_amount",
            "asked_by_name",
            "asked_at",
            "deadline_at",
            "state",
            "waits_for",
        ]
        order_by = ("-asked_at",)

    def render_approval(self, record: Approval) -> str:
        """The request as people call it."""
        return str(record)

    def render_waits_for(self, record: Approval) -> Any:
        """Who still has to agree; nobody once it is decided."""
        return who(record.free_seats) if record.is_waiting else "–"
