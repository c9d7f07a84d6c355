"""The list of legal."""

import datetime as dt
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from legal.list_selectors import Look, looks_at
from legal.wording import time_limit, warning_text
from ui.formats import day, money
from ui.tables import DayColumn, MoneyColumn, NumberColumn, PortalTable


class LegalTable(PortalTable):
    """Cases before the courts, or on their way there."""

    case = tables.Column(
        _("Case"), accessor="pk", linkify=lambda record: reverse("legal:case", args=[record.pk]), order_by=("pk",)
    )
    borrower = tables.Column(_("Borrower"), accessor="borrower__masked_name", orderable=False)
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name")
    stage = tables.Column(_("Stage"))
    stage_since = DayColumn(_("In this stage since"))
    step = tables.Column(_("Step"), empty_values=(), orderable=False)
    deadline = tables.Column(_("Next deadline"), empty_values=(), orderable=False)
    limitation = tables.Column(_("Limitation ends on"), empty_values=(), orderable=False)
    days_past_due = NumberColumn(_("Days past due"), empty_values=(), orderable=False)
    overdue_amount = MoneyColumn(_("Overdue amount"), empty_values=(), orderable=False)

    class Meta(PortalTable.Meta):
        model = Case
        fields: ClassVar[list[str]] = [
            *("case", "borrower", "portfolio", "stage", "stage_since", "step", "deadline"),
            *("limitation", "days_past_due", "overdue_amount"),
        ]
        order_by = ("stage_since",)

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)

    @cached_property
    def looks(self) -> dict[int, Look]:
        """What there is to say of the cases of this page; a page costs the same queries however many it shows."""
        return looks_at([row.record for row in self.page.object_list], self.on)

    def render_case(self, record: Case) -> Any:
        """The case as people call it."""
        return str(record)

    def render_step(self, record: Case) -> str:
        """Where its referral stands."""
        referral = self.looks[record.pk].referral
        if referral is None:
            return ""
        ending = f": {referral.get_ended_as_display()}" if referral.ended_as else ""
        return f"{referral.get_state_display()}{ending}"

    def render_deadline(self, record: Case) -> str:
        """The deadline that runs, marked where it is near or over."""
        look = self.looks[record.pk]
        limit = time_limit(look.deadline, look.urgency)
        if limit is None:
            return ""
        return format_html(
            '<span class="due is-{}">{}</span> <small class="d-block">{}</small>', limit.urgency, limit.on, limit.text
        )

    def render_limitation(self, record: Case) -> str:
        """Until when the debt can be enforced, marked where that ends soon."""
        look = self.looks[record.pk]
        if look.warning is None:
            return day(look.expires_on)
        urgency = "soon" if look.warning else "passed"
        return format_html(
            '<span class="due is-{}">{}</span> <small class="d-block">{}</small>',
            *(urgency, day(look.expires_on), warning_text(look.warning)),
        )

    def render_days_past_due(self, record: Case) -> int:
        """Of the lead loan, today."""
        return self.looks[record.pk].found.facts.days_past_due

    def render_overdue_amount(self, record: Case) -> str:
        """Of all loans of the case, today."""
        return money(self.looks[record.pk].found.facts.overdue_amount)
