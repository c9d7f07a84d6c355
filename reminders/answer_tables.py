"""The list of what borrowers wrote and still waits for an answer."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from contacts.message_models import InboundMessage
from reminders.answer_selectors import is_chased, words_of
from ui.tables import MomentColumn, PortalTable


def _case_url(record: Any) -> str | None:
    return reverse("cases:case", args=[record.case_pk]) if record.case_pk else None


class AnswerTable(PortalTable):
    """Messages from borrowers, the one that waits longest first."""

    at = MomentColumn(_("Waits since"))
    borrower = tables.Column(
        _("Borrower"),
        accessor="borrower__masked_name",
        orderable=False,
        linkify=lambda record: reverse("loans:borrower", args=[record.borrower.borrower_no]),
    )
    case = tables.Column(_("Case"), accessor="case_pk", orderable=False, linkify=_case_url)
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name", orderable=False)
    medium = tables.Column(_("Medium"), orderable=False)
    text = tables.Column(_("What they wrote"), orderable=False)
    answer = tables.TemplateColumn(
        template_name="reminders/answer_cell.html",
        verbose_name=_("What was done"),
        orderable=False,
        extra_context=lambda record: {"is_chased": is_chased(record.case_stage)},
    )

    class Meta(PortalTable.Meta):
        model = InboundMessage
        fields: ClassVar[list[str]] = ["at", "borrower", "case", "portfolio", "medium", "text", "answer"]
        order_by = ("at",)

    def render_case(self, value: int) -> str:
        """The case as people call it."""
        return str(Case(pk=value))

    def render_text(self, record: InboundMessage) -> str:
        """Their own words, numbers and addresses in them masked."""
        return format_html('<q class="their-words">{}</q>', words_of(record))
