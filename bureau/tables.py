"""Lists of the overdue record: reports, their rows, what waits, and disputes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bureau.models import HeldBack, RecordDispute, RecordRow, ReportRun
from letters.models import Letter
from ui.formats import day
from ui.tables import DayColumn, MomentColumn, MoneyColumn, NumberColumn, PortalTable


def _record_url(record: Any) -> str:
    return reverse("bureau:borrower", args=[record.borrower.borrower_no])


def _code(record: Any, *, is_adverse: bool) -> str:
    style = "record-code is-adverse" if is_adverse else "record-code"
    return format_html('<span class="{}">{}</span> {}', style, record.code, record.get_code_display())


class RunTable(PortalTable):
    """Every monthly report and what it brought."""

    month_end = DayColumn(_("As of"), linkify=lambda record: reverse("bureau:run", args=[record.pk]))
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name")
    number = NumberColumn(_("Run"))
    reported = NumberColumn(_("Reported"))
    corrected = NumberColumn(_("Corrected"))
    cleared = NumberColumn(_("Cleared"))
    held_back = NumberColumn(_("Held back"))
    started_by_name = tables.Column(_("Started by"), orderable=False)
    finished_at = MomentColumn(_("Finished"), empty_values=())

    class Meta(PortalTable.Meta):
        model = ReportRun
        fields: ClassVar[list[str]] = [
            *("month_end", "portfolio", "number", "reported", "corrected", "cleared", "held_back"),
            *("started_by_name", "finished_at"),
        ]
        order_by = ("-month_end", "-number")

    def render_finished_at(self, record: ReportRun) -> str:
        """When, or that it is being made."""
        return MomentColumn().render(record.finished_at) if record.finished_at else str(_("being made"))


class RowTable(PortalTable):
    """What was reported of each loan."""

    loan = tables.Column(
        _("Loan"), accessor="loan__loan_no", linkify=lambda record: reverse("loans:loan", args=[record.loan.loan_no])
    )
    borrower = tables.Column(_("Borrower"), accessor="borrower__masked_name", orderable=False, linkify=_record_url)
    as_of_on = DayColumn(_("As of"))
    code = tables.Column(_("Code"))
    overdue_amount = MoneyColumn(_("Overdue"))
    days_past_due = NumberColumn(_("Days past due"))
    version = NumberColumn(_("Version"))
    reason = tables.Column(_("Why"), orderable=False)

    class Meta(PortalTable.Meta):
        model = RecordRow
        fields: ClassVar[list[str]] = [
            *("loan", "borrower", "as_of_on", "code", "overdue_amount", "days_past_due", "version", "reason")
        ]

    def render_code(self, record: RecordRow) -> str:
        """The code with its words."""
        return _code(record, is_adverse=record.is_adverse)


class HeldTable(PortalTable):
    """What waits until its borrower had notice, and where the notice is."""

    loan = tables.Column(
        _("Loan"), accessor="loan__loan_no", linkify=lambda record: reverse("loans:loan", args=[record.loan.loan_no])
    )
    borrower = tables.Column(_("Borrower"), accessor="borrower__masked_name", orderable=False, linkify=_record_url)
    month_end = DayColumn(_("As of"))
    code = tables.Column(_("Code"))
    overdue_amount = MoneyColumn(_("Overdue"))
    why = tables.Column(_("Why it waits"), orderable=False)
    notice = tables.Column(_("Notice"), empty_values=(), orderable=False)

    class Meta(PortalTable.Meta):
        model = HeldBack
        fields: ClassVar[list[str]] = ["loan", "borrower", "month_end", "code", "overdue_amount", "why", "notice"]
        order_by = ("month_end",)

    def __init__(self, *args: Any, letters: Mapping[int, Letter], may_read: bool, **kwargs: Any) -> None:
        self.letters, self.may_read = letters, may_read
        super().__init__(*args, **kwargs)

    def render_code(self, record: HeldBack) -> str:
        """The code with its words."""
        return _code(record, is_adverse=True)

    def render_why(self, record: HeldBack) -> str:
        """Why, and from which day it may be reported."""
        why = record.get_why_display()
        return f"{why} ({day(record.earliest_on)})" if record.earliest_on else str(why)

    def render_notice(self, record: HeldBack) -> str:
        """The latest letter and where it is, or why there is none."""
        letter = self.letters.get(record.pk)
        if letter is None:
            return str(record.get_refusal_display()) if record.refusal else "–"
        words = f"{letter} · {letter.get_state_display()}"
        url = reverse("letters:letter", args=[letter.pk])
        return format_html('<a href="{}">{}</a>', url, words) if self.may_read else words


class DisputeTable(PortalTable):
    """Disputes with their clocks, the most pressing first."""

    pk = tables.Column(_("Dispute"), linkify=lambda record: reverse("bureau:dispute", args=[record.pk]))
    borrower = tables.Column(_("Borrower"), accessor="borrower__masked_name", orderable=False, linkify=_record_url)
    loan = tables.Column(_("Loan"), accessor="loan__loan_no")
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name")
    opened_on = DayColumn(_("Came in"))
    due_on = DayColumn(_("Answer by"))
    clock = tables.Column(_("Clock"), empty_values=(), orderable=False)

    class Meta(PortalTable.Meta):
        model = RecordDispute
        fields: ClassVar[list[str]] = ["pk", "borrower", "loan", "portfolio", "opened_on", "due_on", "clock"]
        order_by = ("due_on",)

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)

    def render_clock(self, record: RecordDispute) -> str:
        """How many days are left or over; how it was answered."""
        if not record.is_open:
            return f"{record.get_decision_display()} · {day(record.decided_on)}"
        style = "overdue" if record.due_on < self.on else ""
        return format_html('<span class="{}">{}</span>', style, clock(record.due_on, self.on))


def clock(due_on: dt.date, on: dt.date) -> str:
    """How long there is to answer a dispute, in words."""
    left = (due_on - on).days
    if left < 0:
        return ngettext("%(days)d day too late", "%(days)d days too late", -left) % {"days": -left}
    return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
