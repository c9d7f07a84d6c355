"""Writing many rows at once; row objects would cost most of an import."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, models
from psycopg import sql

from loans.models import Loan


def copy_in(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows of plain values in the order of the field names. Raises IntegrityError like any other insert."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    wanted = sql.SQL(", ").join([sql.Identifier(columns[name]) for name in names])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), wanted)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def keep_projections(kept: dict[int, tuple[dt.date | None, dt.date | None, str]]) -> None:
    """Set the oldest unpaid due date of many loans, and when and how they were closed, by their rows."""
    table = sql.Identifier(Loan._meta.db_table)
    statement = sql.SQL(
        "UPDATE {} AS loan SET oldest_unpaid_due_on = new.due_on, closed_on = new.closed_on, closed_as = new.closed_as"
        " FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::text[]) AS new(id, due_on, closed_on, closed_as)"
        " WHERE loan.id = new.id"
    ).format(table)
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(kept), *map(list, zip(*kept.values(), strict=True))])
