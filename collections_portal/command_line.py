"""What stands behind manage.py: servers for the command, tables in a new embedded database, refusals in one line."""

import os
import sys
from collections.abc import Sequence

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, execute_from_command_line
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from collections_portal.embedded.lease import servers
from collections_portal.embedded.processes import ServerRefused

# One command at a time makes tables; any fixed number does.
MIGRATING = 7_209_433
# These look at no table, or make them.
WITHOUT_TABLES = {"", "check", "compilemessages", "diffsettings", "help", "makemigrations", "migrate", "version"}


def run(arguments: Sequence[str]) -> None:
    """Run one manage.py command."""
    try:
        with servers() as embedded:
            if embedded and _looks_at_tables(arguments):
                _make_tables()
            execute_from_command_line(list(arguments))
            sys.stdout.flush()
    except (ImproperlyConfigured, ServerRefused) as refusal:
        sys.exit(f"{arguments[0]}: {refusal}")
    except BrokenPipeError:  # `manage.py loan_states | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _looks_at_tables(arguments: Sequence[str]) -> bool:
    command = next((word for word in arguments[1:] if not word.startswith("-")), "")
    return command not in WITHOUT_TABLES and not {"--help", "-h", "--version"} & set(arguments)


def _make_tables() -> None:
    """Whatever tables the embedded database lacks; of two commands that begin at once the second waits."""
    django.setup()
    if not _migrations_to_come():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            if _migrations_to_come():
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def _migrations_to_come() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
