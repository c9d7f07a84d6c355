"""What happened to money stays: the database itself refuses changes, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.loans.build import a_loan, lines, pay

pytestmark = pytest.mark.django_db
TABLES = {
    "loans_loanevent": "amount = amount + 1",
    "loans_ledgerentry": "amount = amount + 1",
    "policies_policyversion": "note = 'changed'",
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_the_database_refuses(table, statement):
    loan = a_loan()
    pay(loan, "2000.00", "01-25")
    before = lines(loan)
    connection.check_constraints()
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table, TABLES[table]))
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
    assert lines(loan) == before


@pytest.mark.parametrize("table", TABLES)
def test_a_statement_that_matches_no_row_is_refused_too(table):
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute(f"DELETE FROM {table} WHERE false")
