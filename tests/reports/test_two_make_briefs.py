"""Two sweeps at once make a brief once."""

from django.db import connections

from reports.services import make_missing_briefs
from tests.cases.build import a_case, day
from tests.reports.build import at_one

ON, AT = day("02-09"), at_one("02-09")


def test_a_portfolio_whose_brief_somebody_is_making_is_left_to_them(committed: None) -> None:
    a_case(on="02-09")
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM loans_portfolio FOR NO KEY UPDATE")
        assert make_missing_briefs(on=ON, at=AT) == 0
    finally:
        other.close()
    assert make_missing_briefs(on=ON, at=AT) == 1
