"""The list of messages."""

from typing import ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reminders.board_selectors import masked_target
from reminders.models import OutboxMessage
from reminders.wording import step_words, why_words
from ui.formats import money
from ui.tables import DayColumn, MomentColumn, MoneyColumn, PortalTable


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
    step = tables.Column(_("Step"), orderable=False)
    to = tables.Column(_("To"), empty_values=(), orderable=False)
    planned_on = DayColumn(_("Planned for"))
    state = tables.Column(_("State"), orderable=False)
    why = tables.Column(_("Why"), orderable=False)
    sent_at = MomentColumn(_("Sent"), orderable=False)
    amount = MoneyColumn(_("Amount named"), orderable=False)

    class Meta(PortalTable.Meta):
        model = OutboxMessage
        fields: ClassVar[list[str]] = [
            *("message", "borrower", "case", "portfolio", "step", "to", "planned_on", "state", "why"),
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
        """The medium, and the number or address, masked."""
        return f"{record.get_medium_display()} · {masked_target(record)}"

    def render_why(self, record: OutboxMessage) -> str:
        """Why it is where it is."""
        return why_words(record.why, record.state)

    def render_amount(self, record: OutboxMessage) -> str:
        """The amount with its currency."""
        return f"{money(record.amount)} {record.portfolio.currency}"
