"""What stands behind manage.py: servers for the command, tables in a new embedded database, refusals in one line."""

import os
import sys
from collections.abc import Sequence

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, execute_from_command_line
from django.db import connection

from collections_portal.embedded.lease import servers
from collections_portal.embedded.processes import ServerRefused

# These look at no table, or make them.
WITHOUT_TABLES = {"", "check", "compilemessages", "diffsettings", "help", "makemigrations", "migrate", "version"}


def run(arguments: Sequence[str]) -> None:
    """Run one manage.py command."""
    try:
        with servers() as embedded:
            if embedded and _looks_at_tables(arguments):
                _make_tables_once()
            execute_from_command_line(list(arguments))
            sys.stdout.flush()
    except (ImproperlyConfigured, ServerRefused) as refusal:
        sys.exit(f"{arguments[0]}: {refusal}")
    except BrokenPipeError:  # `manage.py loan_states | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _looks_at_tables(arguments: Sequence[str]) -> bool:
    command = next((word for word in arguments[1:] if not word.startswith("-")), "")
    return command not in WITHOUT_TABLES and not {"--help", "-h", "--version"} & set(arguments)


def _make_tables_once() -> None:
    django.setup()
    if not connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
