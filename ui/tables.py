"""The one kind of table: sorted and paged by the address, cheap to draw, numbers to the right."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.utils.functional import cached_property
from django_tables2.data import TableQuerysetData

from ui.formats import day, moment, money

PER_PAGE = 25
MOST_PER_PAGE = 100
# Beyond this many rows nobody needs the exact number, and counting a million of them would cost more than the page.
COUNT_CAP = 1000


class Total(NamedTuple):
    """How many rows there are, exactly or "more than"."""

    rows: int
    more: bool


class CappedPaginator(tables.LazyPaginator):
    """Finds the next page by looking one row further; counts no further than the cap."""

    @cached_property
    def total(self) -> Total:
        """How many rows there are, up to the cap."""
        rows = self.object_list
        data = rows.data.data if isinstance(rows.data, TableQuerysetData) else rows.data
        found = data[: COUNT_CAP + 1].count() if hasattr(data, "query") else len(data)
        return Total(min(found, COUNT_CAP), found > COUNT_CAP) if hasattr(data, "query") else Total(found, False)


class MoneyColumn(tables.Column):
    """An amount: separators, two decimals, right-aligned."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"attrs": {"th": {"class": "amount"}, "td": {"class": "amount"}}, **kwargs})

    def render(self, value: Decimal) -> str:
        """The amount as people read it."""
        return money(value)


class NumberColumn(tables.Column):
    """A count or a number of days, right-aligned."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"attrs": {"th": {"class": "amount"}, "td": {"class": "amount"}}, **kwargs})


class DayColumn(tables.Column):
    """A calendar day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"attrs": {"td": {"class": "day"}}, **kwargs})

    def render(self, value: dt.date) -> str:
        """The day as 2026-10-31."""
        return day(value)


class MomentColumn(tables.Column):
    """A day and a time, in the reader's zone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"attrs": {"td": {"class": "day"}}, **kwargs})

    def render(self, value: dt.datetime) -> str:
        """The moment as 2026-10-31 14:05:09."""
        return moment(value)


class PortalTable(tables.Table):
    """Base of every list: rows that tie are ordered by their key, so that no row shows on two pages."""

    class Meta:
        template_name = "ui/table.html"
        attrs: ClassVar[dict[str, Any]] = {"class": "table table-hover portal-table"}
        empty_text = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settle_order()

    @property
    def order_by(self) -> Any:
        """The columns the rows are sorted by."""
        return self._order_by

    @order_by.setter
    def order_by(self, value: Any) -> None:
        tables.Table.order_by.fset(self, value)
        self._settle_order()

    @property
    def page_start(self) -> int:
        """The number of the first row on the page; Django's own `start_index` would count the whole table."""
        return int((self.page.number - 1) * self.paginator.per_page + 1)

    @property
    def page_end(self) -> int:
        """The number of the last row on the page."""
        return self.page_start + len(self.page.object_list) - 1

    def _settle_order(self) -> None:
        if not isinstance(self.data, TableQuerysetData):
            return
        queryset = self.data.data
        order = list(queryset.query.order_by or queryset.model._meta.ordering)
        key = queryset.model._meta.pk.name
        if any(term in {"pk", "-pk", key, f"-{key}"} for term in order if isinstance(term, str)):
            return
        # The key runs the same way as the last column, so that one index can serve both.
        backwards = bool(order) and isinstance(order[-1], str) and order[-1].startswith("-")
        self.data.data = queryset.order_by(*order, "-pk" if backwards else "pk")

    def paginate(
        self,
        paginator_class: Any = CappedPaginator,
        per_page: int | None = None,
        page: int = 1,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Show one page; a page that is not there becomes the first one."""
        rows = min(max(per_page or PER_PAGE, 1), MOST_PER_PAGE)
        try:
            super().paginate(paginator_class, rows, page, *args, **kwargs)
        except (EmptyPage, PageNotAnInteger):
            super().paginate(paginator_class, rows, 1, *args, **kwargs)
