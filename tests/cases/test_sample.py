"""The lender's real sample: how many cases open on 2026-10-31, and what a night costs afterwards."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.night_services import close_day
from loans.services import book_payments
from tests.loans.sample import AS_OF, AT, load_contracts, payments

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample() -> None:
    load_contracts()
    book_payments(payments=payments(), by=None, at=AT)


def test_639_cases_open_and_a_second_run_reports_0_changes(sample: Any) -> None:
    assert close_day(on=AS_OF, at=AT).opened == 639
    assert Case.objects.filter(stage="reminder").count() == 639
    with CaptureQueriesContext(connection) as queries:
        assert close_day(on=AS_OF, at=AT).changes == 0
    assert len(queries) < 60
