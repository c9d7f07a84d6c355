"""The list of letters."""

from decimal import Decimal
from typing import ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from letters.models import Letter
from ui.formats import money
from ui.tables import DayColumn, MoneyColumn, PortalTable


class LetterTable(PortalTable):
    """Letters, the latest first."""

    letter = tables.Column(
        _("Letter"),
        accessor="pk",
        linkify=lambda record: reverse("letters:letter", args=[record.pk]),
        order_by=("pk",),
    )
    kind = tables.Column(_("Kind"), orderable=False)
    borrower = tables.Column(
        _("Borrower"),
        accessor="borrower__masked_name",
        orderable=False,
        linkify=lambda record: reverse("loans:borrower", args=[record.borrower.borrower_no]),
    )
    case = tables.Column(
        _("Case"), orderable=False, linkify=lambda record: reverse("cases:case", args=[record.case_id])
    )
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name", orderable=False)
    written_on = DayColumn(_("As of"))
    total = MoneyColumn(_("Amount named"), empty_values=(), orderable=False)
    state = tables.Column(_("State"), orderable=False)
    posted_on = DayColumn(_("Posted"), accessor="sent__on", orderable=False)
    reference = tables.Column(_("Registered mail"), accessor="sent__reference", orderable=False)

    class Meta(PortalTable.Meta):
        model = Letter
        fields: ClassVar[list[str]] = [
            *("letter", "kind", "borrower", "case", "portfolio", "written_on", "total", "state", "posted_on"),
            "reference",
        ]
        order_by = ("-letter",)

    def render_letter(self, record: Letter) -> str:
        """The reference that stands on the letter."""
        return record.reference

    def render_total(self, record: Letter) -> str:
        """The amount with its currency; nothing where the letter names none."""
        total = Decimal(record.facts["total"])
        return f"{money(total)} {record.portfolio.currency}" if total else ""
