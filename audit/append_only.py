"""A table whose rows the database itself refuses to change: one line in a migration."""

from django.db.migrations import RunSQL

REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> RunSQL:
    """The migration step after which the database refuses UPDATE, DELETE and TRUNCATE on `table`.

    Refused statements raise IntegrityError. Statement level, so that a statement which matches no row is refused too.
    """
    # Every migration carries the function again, so that no room depends on another's migration for it.
    return RunSQL(
        sql=f"""{REFUSE}
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
""",
        reverse_sql=f'DROP TRIGGER append_only ON "{table}";',
    )
