"""The list of cases."""

import datetime as dt
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.selectors import Pair, found_for
from rulebook.escalation import CaseFacts
from ui.formats import money
from ui.tables import DayColumn, MoneyColumn, NumberColumn, PortalTable


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
    days_past_due = NumberColumn(_("Days past due"), empty_values=(), orderable=False)
    overdue_amount = MoneyColumn(_("Overdue amount"), empty_values=(), orderable=False)
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
            "days_past_due",
            "overdue_amount",
            "opened_on",
            "review_on",
        ]
        order_by = ("-stage_since",)

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)

    @cached_property
    def facts(self) -> dict[Pair, CaseFacts]:
        """What the cases of this page owe; a page costs the same queries however many it shows."""
        pairs = [(row.record.borrower_id, row.record.portfolio_id) for row in self.page.object_list]
        return {pair: found.facts for pair, found in found_for(pairs, self.on).items()}

    def render_days_past_due(self, record: Case) -> int:
        """Of the lead loan, today."""
        return self.facts[record.borrower_id, record.portfolio_id].days_past_due

    def render_overdue_amount(self, record: Case) -> str:
        """Of all loans of the case, today."""
        return money(self.facts[record.borrower_id, record.portfolio_id].overdue_amount)

    def render_case(self, record: Case) -> Any:
        """The case as people call it."""
        return str(record)
