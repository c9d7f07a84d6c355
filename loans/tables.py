"""Lists of loans and borrowers."""

import datetime as dt
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from loans.models import Loan
from loans.selectors import closed_words
from ui.tables import DayColumn, MoneyColumn, PortalTable


class LoanTable(PortalTable):
    """Loans; what each owes stands on its own page, to the day."""

    loan_no = tables.Column(_("Loan"), linkify=lambda record: reverse("loans:loan", args=[record.loan_no]))
    borrower = tables.Column(
        _("Borrower"),
        accessor="borrower__masked_name",
        orderable=False,
        linkify=lambda record: reverse("loans:borrower", args=[record.borrower.borrower_no]),
    )
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name")
    product = tables.Column(_("Product"))
    principal = MoneyColumn(_("Principal"))
    disbursed_on = DayColumn(_("Disbursed"))
    oldest_unpaid_due_on = DayColumn(_("Overdue since"), empty_values=())

    class Meta(PortalTable.Meta):
        model = Loan
        fields: ClassVar[list[str]] = [
            "loan_no",
            "borrower",
            "portfolio",
            "product",
            "principal",
            "disbursed_on",
            "oldest_unpaid_due_on",
        ]
        order_by = "loan_no"

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)

    def render_oldest_unpaid_due_on(self, record: Loan) -> str:
        """The due date that made the loan late; nothing while it is not, and how it ended where it was closed."""
        if record.closed_on:
            return format_html('<span class="badge text-bg-secondary">{}</span>', closed_words(record))
        late_since = record.oldest_unpaid_due_on
        if late_since is None or late_since >= self.on:
            return format_html('<span class="text-body-secondary">{}</span>', "–")
        return late_since.isoformat()
