"""The list of cases."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from ui.tables import DayColumn, PortalTable


class CaseTable(PortalTable):
    """Cases; what each owes stands on its own page, to the day."""

    case = tables.Column(
        _("Case"), accessor="pk", linkify=lambda record: reverse("cases:case", args=[record.pk]), order_by=("pk",)
    )
    borrower = tables.Column(
        _("Borrower"),
        accessor="borrower__masked_name",
        orderable=False,
        linkify=lambda record: reverse("loans:borrower", args=[record.borrower.borrower_no]),
    )
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name")
    stage = tables.Column(_("Stage"))
    stage_since = DayColumn(_("In this stage since"))
    lead_loan = tables.Column(
        _("Lead loan"),
        orderable=False,
        linkify=lambda record: reverse("loans:loan", args=[record.lead_loan.loan_no]),
    )
    opened_on = DayColumn(_("Opened"))
    review_on = DayColumn(_("Next review"))

    class Meta(PortalTable.Meta):
        model = Case
        fields: ClassVar[list[str]] = [
            "case",
            "borrower",
            "portfolio",
            "stage",
            "stage_since",
            "lead_loan",
            "opened_on",
            "review_on",
        ]
        order_by = ("-stage_since",)

    def render_case(self, record: Case) -> Any:
        """The case as people call it."""
        return str(record)
