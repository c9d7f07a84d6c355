"""The queue as a list: why each case is where it is, and when it may be called."""

import datetime as dt
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import django_tables2 as tables
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from borrowers.models import Phone, Status
from cases.models import Case
from cases.queue_wording import LINES, reasons
from cases.selectors import Found, found_for, target_of
from contacts.clearance import Decision, decide
from holds.selectors import Pair
from ui.formats import money
from ui.tables import MoneyColumn, NumberColumn, PortalTable


class QueueTable(PortalTable):
    """Cases in the order of the queue, which is the only order there is."""

    case = tables.Column(_("Case"), accessor="pk", linkify=lambda record: reverse("cases:case", args=[record.pk]))
    borrower = tables.Column(_("Borrower"), accessor="borrower__masked_name")
    why = tables.Column(_("Why here"), empty_values=())
    lawful = tables.Column(_("May be called"), empty_values=())
    days_past_due = NumberColumn(_("Days past due"), empty_values=())
    overdue_amount = MoneyColumn(_("Overdue amount"), empty_values=())
    last = tables.Column(_("Last result"), empty_values=())
    owner = tables.Column(_("Owner"), empty_values=())

    class Meta(PortalTable.Meta):
        model = Case
        orderable = False
        row_attrs: ClassVar[dict[str, Any]] = {
            "data-row": lambda record: record.pk,
            "data-href": lambda record: reverse("cases:case", args=[record.pk]),
            "tabindex": "-1",
        }
        fields: ClassVar[list[str]] = [
            *("case", "borrower", "why", "lawful", "days_past_due", "overdue_amount", "last", "owner")
        ]

    def __init__(self, *args: Any, on: dt.date, at: dt.datetime, **kwargs: Any) -> None:
        self.on, self.at = on, at
        super().__init__(*args, **kwargs)

    @cached_property
    def cases(self) -> list[Case]:
        """The cases of this page."""
        return [row.record for row in self.page.object_list]

    @cached_property
    def found(self) -> dict[Pair, Found]:
        """What the cases of this page owe; a page costs the same queries however many it shows."""
        return found_for([(case.borrower_id, case.portfolio_id) for case in self.cases], self.on)

    @cached_property
    def decisions(self) -> dict[int, Decision]:
        """What the gate says of the first usable number of each case, by the row of the case."""
        phones: dict[int, Phone] = {}
        borrowers = {case.borrower_id for case in self.cases}
        for phone in Phone.objects.filter(borrower__in=borrowers, status=Status.OK).order_by("pk"):
            phones.setdefault(phone.borrower_id, phone)
        callable_ones = [case for case in self.cases if case.borrower_id in phones]
        answers = decide([target_of(case, phones[case.borrower_id]) for case in callable_ones], self.at)
        return {case.pk: answer for case, answer in zip(callable_ones, answers, strict=True)}

    def render_case(self, record: Case) -> str:
        """The case as people call it."""
        return str(record)

    def render_why(self, record: Case) -> SafeString:
        """The line, its reason, and what gave points."""
        first, *others = reasons(record.why, record.portfolio.timezone)
        points = format_html_join(" · ", "{} +{}", others)
        line = LINES[record.line or 0]
        return format_html('<strong>{}</strong> {} <small class="d-block">{}</small>', line, first[0], points)

    def render_lawful(self, record: Case) -> Any:
        """Now, or the next lawful moment and the rule that says so."""
        decision = self.decisions.get(record.pk)
        if decision is None:
            return gettext("No usable number")
        if decision.refusal is None:
            return gettext("now")
        rule = decision.refusal.rule
        moment = decision.next_allowed_at
        when = moment.astimezone(ZoneInfo(record.portfolio.timezone)).strftime("%m-%d %H:%M") if moment else "—"
        return format_html(
            '<span title="{}">{}</span> <small class="d-block">{}</small>',
            rule.said(get_language() or "en"),
            when,
            rule.id,
        )

    def render_days_past_due(self, record: Case) -> int:
        """Of the lead loan, today."""
        return self.found[record.borrower_id, record.portfolio_id].facts.days_past_due

    def render_overdue_amount(self, record: Case) -> str:
        """Of all loans of the case, today."""
        return money(self.found[record.borrower_id, record.portfolio_id].facts.overdue_amount)

    def render_last(self, record: Case) -> Any:
        """What the last contact came to, and when."""
        last = self.found[record.borrower_id, record.portfolio_id].work.last
        if last is None:
            return "—"
        when = last.at.astimezone(ZoneInfo(record.portfolio.timezone)).strftime("%m-%d %H:%M")
        return format_html('{} <small class="d-block">{} · {}</small>', last.outcome.label, when, last.by_name)

    def render_owner(self, record: Case) -> Any:
        """Whose it is, and who is on it now."""
        owner = str(record.owner) if record.owner else gettext("the pool")
        if record.lease_until and record.lease_until > self.at:
            here = gettext("%(person)s is on it") % {"person": record.lease_by}
            return format_html('{} <small class="d-block">{}</small>', owner, here)
        return owner
