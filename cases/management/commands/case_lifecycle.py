"""`manage.py case_lifecycle`: the life of a case as the code has it, for docs/case-lifecycle.md."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from cases.lifecycle import Stage
from cases.services import AGREED, AUTOMATIC, described_moves
from staff.roles import PERMISSIONS

HEAD = """# The life of a case

Written by `manage.py case_lifecycle` from `cases/lifecycle.py`; a test compares them. Why a move is not possible on a
day is decided by `rulebook/escalation.py`, under the policy version that rules on it.

| from | to | move | made by |
|---|---|---|---|
| | Reminder | Open | the portal, at close of day |
"""


class Command(BaseCommand):
    """Prints every move of a case with who may make it."""

    help = "Print the life of a case as the code has it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page, in English."""
        with translation.override("en"):
            self.stdout.write(HEAD + "\n".join(_row(*move) for move in described_moves()))


def _row(name: str, label: str, sources: list[str], target: str, permission: str) -> str:
    roles = ", ".join(sorted(str(role.label) for role in PERMISSIONS.get(permission, ())))
    by = "the portal, by itself" if name in AUTOMATIC else roles
    if name in AGREED:
        by += ", by agreement"
    froms = ", ".join(str(Stage(source).label) for source in sources)
    return f"| {froms} | {target} | {label} (`{name}`) | {by} |"
