"""The list of messages."""

from typing import ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from reminders.board_selectors import masked_target
from reminders.lifecycle import State
from reminders.models import OutboxMessage
from reminders.wording import step_words, why_words
from ui.formats import money
from ui.tables import DayColumn, MomentColumn, MoneyColumn, PortalTable

IN_ONE_LINE = {"td": {"class": "text-nowrap"}}
EXPLAINED_BY_ITSELF = {State.SENT, State.DELIVERED}


class OutboxTable(PortalTable):
    """Messages, the newest day first."""

    message = tables.Column(
        _("Message"),
        accessor="pk",
        linkify=lambda record: reverse("outbox:message", args=[record.pk]),
        order_by=("pk",),
    )
    borrower = tables.Column(
        _("Borrower"),
        accessor="borrower__masked_name",
        orderable=False,
        linkify=lambda record: reverse("loans:borrower", args=[record.borrower.borrower_no]),
    )
    case = tables.Column(
        _("Case"),
        orderable=False,
        linkify=lambda record: reverse("cases:case", args=[record.case_id]) if record.case_id else None,
    )
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name", orderable=False)
    step = tables.Column(_("Step"), orderable=False, attrs=IN_ONE_LINE)
    to = tables.Column(_("Recipient"), empty_values=(), orderable=False, attrs=IN_ONE_LINE)
    planned_on = DayColumn(_("Planned for"))
    state = tables.Column(_("State"), orderable=False)
    sent_at = MomentColumn(_("Sent"), orderable=False)
    amount = MoneyColumn(_("Amount named"), orderable=False)

    class Meta(PortalTable.Meta):
        model = OutboxMessage
        fields: ClassVar[list[str]] = [
            *("message", "borrower", "case", "portfolio", "step", "to", "planned_on", "state"),
            *("sent_at", "amount"),
        ]
        order_by = ("-planned_on",)

    def render_message(self, record: OutboxMessage) -> str:
        """The message as people call it."""
        return str(record)

    def render_step(self, record: OutboxMessage) -> str:
        """What the step is."""
        return step_words(record.anchor, record.step)

    def render_to(self, record: OutboxMessage) -> str:
        """The number or address, masked, and the medium."""
        return format_html("{} <small>{}</small>", masked_target(record), record.get_medium_display())

    def render_state(self, record: OutboxMessage) -> str:
        """Where it is and why; of one that arrived there is nothing to explain."""
        why = "" if record.state in EXPLAINED_BY_ITSELF else why_words(record.why, record.state)
        if not why:
            return record.get_state_display()
        return format_html("{} <small>{}</small>", record.get_state_display(), why)

    def render_amount(self, record: OutboxMessage) -> str:
        """The amount with its currency."""
        return f"{money(record.amount)} {record.portfolio.currency}"
