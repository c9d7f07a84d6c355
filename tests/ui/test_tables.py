"""Lists sort and page by their address, never count a whole table and never show a row twice."""

from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_tables2 import RequestConfig

from staff.models import Team
from ui import tables
from ui.tables import MoneyColumn, PortalTable, Total


class Teams(PortalTable):
    """A list to try with."""

    class Meta(PortalTable.Meta):
        model = Team
        fields = ("name",)
        order_by = ("-name",)


@pytest.fixture
def many(db: None) -> None:
    Team.objects.bulk_create(Team(name=f"team {n:03}") for n in range(60))


def shown(address: str = "/") -> Teams:
    table = Teams(Team.objects.all())
    RequestConfig(RequestFactory().get(address), paginate={}).configure(table)
    table.paginate(page=int(table.request.GET.get("page", 1)), per_page=int(table.request.GET.get("per_page", 25)))
    return table


def names(table: PortalTable) -> list[str]:
    return [row.record.name for row in table.paginated_rows]


def test_rows_that_tie_are_ordered_by_their_key_in_the_direction_of_the_last_column(db: None) -> None:
    assert Teams(Team.objects.all()).data.data.query.order_by == ("-name", "-pk")
    assert Teams(Team.objects.all(), order_by="name").data.data.query.order_by == ("name", "pk")
    assert Teams(Team.objects.order_by("-pk"), order_by=()).data.data.query.order_by == ("-pk",)


def test_the_address_sorts_and_pages(many: None) -> None:
    assert names(shown())[0] == "team 059"
    assert names(shown("/?sort=name"))[0] == "team 000"
    assert names(shown("/?sort=name&page=3")) == [f"team {n:03}" for n in range(50, 60)]
    assert (shown("/?page=3").page_start, shown("/?page=3").page_end) == (51, 60)


def test_a_page_that_is_not_there_becomes_the_first(many: None) -> None:
    assert names(shown("/?page=99")) == names(shown())


def test_nobody_asks_for_a_page_of_a_million_rows(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_PER_PAGE", 30)

    assert len(names(shown("/?per_page=1000000"))) == 30


def test_the_number_of_rows_is_counted_only_up_to_a_cap(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown().paginator.total == Total(60, False)
    monkeypatch.setattr(tables, "COUNT_CAP", 50)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert shown().paginator.total == Total(50, True)
    counts = [query["sql"] for query in queries if "COUNT" in query["sql"]]
    assert counts
    assert all("LIMIT 51" in sql for sql in counts)


def test_rows_that_are_no_queryset_page_too() -> None:
    table = Teams([{"name": f"team {n}"} for n in range(30)])
    table.paginate()

    assert (table.page_end, table.paginator.total) == (25, Total(30, False))


def test_the_sorted_column_says_so_and_amounts_stand_right(db: None) -> None:
    class Amounts(PortalTable):
        """A list of amounts."""

        amount = MoneyColumn()

    table = Amounts([{"amount": 1234}], order_by="-amount")
    request = RequestFactory().get("/?page=2")
    RequestConfig(request).configure(table)
    page: Any = table.as_html(request)

    assert 'aria-sort="descending"' in page
    assert '<td class="amount">1,234.00</td>' in page
    assert 'href="?sort=amount"' in page
