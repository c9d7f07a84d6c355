"""The cases behind one figure of a brief."""

from decimal import Decimal
from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reports.models import BriefLine
from rulebook.money import ZERO
from ui.formats import money
from ui.tables import MoneyColumn, PortalTable

RIGHT = {name: {"class": "amount"} for name in ("th", "td", "tf")}


def signed(amount: Decimal) -> str:
    """A difference as people read it, with its sign."""
    return f"+{money(amount)}" if amount > 0 else money(amount)


class SumColumn(MoneyColumn):
    """An amount whose column ends in the sum of all rows, also of those on other pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, attrs=RIGHT, **kwargs)

    def footer(self, bound_column: Any, table: "LineTable") -> str:
        """The sum."""
        return money(table.sums[bound_column.name])


class DifferenceColumn(SumColumn):
    """A difference, with its sign, and the sum of all rows."""

    def render(self, value: Decimal) -> str:
        """The difference as people read it."""
        return signed(value)

    def footer(self, bound_column: Any, table: "LineTable") -> str:
        """The sum."""
        return signed(table.sums["difference"])


class LineTable(PortalTable):
    """Cases with what they counted for in the brief before and count for now."""

    case = tables.Column(
        _("Case"),
        accessor="case__pk",
        linkify=lambda record: reverse("cases:case", args=[record.case_id]),
        order_by=("case_id",),
        footer=_("All of them"),
    )
    borrower = tables.Column(
        _("Borrower"),
        accessor="case__borrower__masked_name",
        orderable=False,
        linkify=lambda record: reverse("loans:borrower", args=[record.case.borrower.borrower_no]),
    )
    lead_loan = tables.Column(
        _("Lead loan"),
        accessor="case__lead_loan__loan_no",
        orderable=False,
        linkify=lambda record: reverse("loans:loan", args=[record.case.lead_loan.loan_no]),
    )
    kind = tables.Column(_("Why"))
    before = SumColumn(_("Before"))
    after = SumColumn(_("After"))
    difference = DifferenceColumn(_("Difference"), order_by=("change",))

    class Meta(PortalTable.Meta):
        model = BriefLine
        fields: ClassVar[list[str]] = ["case", "borrower", "lead_loan", "kind", "before", "after", "difference"]

    @cached_property
    def sums(self) -> dict[str, Decimal]:
        """What all rows of the list add up to."""
        rows: QuerySet[BriefLine] = self.data.data
        found = rows.order_by().aggregate(Sum("before"), Sum("after"), Sum("change"))
        names = {"before": "before", "after": "after", "difference": "change"}
        return {name: found[f"{column}__sum"] or ZERO for name, column in names.items()}

    def render_case(self, record: BriefLine) -> str:
        """The case as people call it."""
        return str(record.case)

    def render_kind(self, record: BriefLine) -> str:
        """Why it counts for more or less; of a new one also that it had been here already."""
        label = record.get_kind_display()
        return f"{label} · {BriefLine._meta.get_field('is_back').verbose_name}" if record.is_back else label
