"""The lists about nights: the days, what moved, and what was set aside."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.lifecycle import Stage
from cases.models import CaseMove, ClosedDay, SetAside
from ui.formats import money
from ui.tables import DayColumn, MomentColumn, MoneyColumn, NumberColumn, PortalTable


class NightTable(PortalTable):
    """Every business date that was closed."""

    on = DayColumn(_("Business date"), linkify=lambda record: reverse("nights:night", args=[record.on]))
    opened = NumberColumn(_("Opened"))
    moved = NumberColumn(_("Moved"))
    aside = NumberColumn(_("Set aside"))
    state = tables.Column(_("State"), empty_values=(), orderable=False)
    finished_at = MomentColumn(_("Finished"))
    minutes = NumberColumn(_("Minutes"), accessor="took", orderable=False)

    class Meta(PortalTable.Meta):
        model = ClosedDay
        fields: ClassVar[list[str]] = ["on", "opened", "moved", "aside", "state", "finished_at", "minutes"]
        order_by = ("-on",)

    def render_state(self, record: ClosedDay) -> Any:
        """Whether it is still worked on."""
        return _("finished") if record.finished_at else _("under way")

    def render_minutes(self, value: dt.timedelta) -> str:
        """How long the latest run took, to a tenth of a minute."""
        return f"{value.total_seconds() / 60:.1f}"


class NightMoveTable(PortalTable):
    """Moves of one kind, each with what it was decided on."""

    case = tables.Column(
        _("Case"), linkify=lambda record: reverse("cases:case", args=[record.case_id]), order_by=("case",)
    )
    borrower = tables.Column(_("Borrower"), accessor="case__borrower__masked_name", orderable=False)
    portfolio = tables.Column(_("Portfolio"), accessor="case__portfolio__name", orderable=False)
    stages = tables.Column(_("Stage"), empty_values=(), orderable=False)
    days_past_due = NumberColumn(_("Days past due"), accessor="facts__dpd", orderable=False)
    arrears = MoneyColumn(_("Arrears"), accessor="arrears", orderable=False)
    policy = tables.Column(_("Policy version"), accessor="policy_version", orderable=False)
    at = MomentColumn(_("When"), orderable=False)

    class Meta(PortalTable.Meta):
        model = CaseMove
        fields: ClassVar[list[str]] = [
            "case",
            "borrower",
            "portfolio",
            "stages",
            "days_past_due",
            "arrears",
            "policy",
            "at",
        ]

    def render_stages(self, record: CaseMove) -> str:
        """From where to where; a case that opened comes from nowhere."""
        return " → ".join(str(Stage(stage).label) for stage in (record.source, record.target) if stage)

    def render_arrears(self, value: Decimal) -> str:
        """What was in arrears when it was decided."""
        return money(value)


class SetAsideTable(PortalTable):
    """What failed in a night, with its error; whoever may can try it again."""

    case = tables.Column(_("Case"), empty_values=(), orderable=False)
    borrower = tables.Column(
        _("Borrower"),
        accessor="borrower__masked_name",
        orderable=False,
        linkify=lambda record: reverse("loans:borrower", args=[record.borrower.borrower_no]),
    )
    portfolio = tables.Column(_("Portfolio"), accessor="portfolio__name", orderable=False)
    error = tables.Column(_("Error"), orderable=False)
    message = tables.Column(_("What it said"), orderable=False)
    at = MomentColumn(_("When"))
    state = tables.TemplateColumn(
        template_name="cases/_set_aside_state.html", verbose_name=_("State"), orderable=False, empty_values=()
    )

    class Meta(PortalTable.Meta):
        model = SetAside
        fields: ClassVar[list[str]] = ["case", "borrower", "portfolio", "error", "message", "at", "state"]

    def render_case(self, record: SetAside) -> Any:
        """The case as people call it, or that one was to be opened."""
        return record.case or _("to be opened")
