"""The rows of the table of who may open what, for `tests/test_permissions.py` and the tables of the rooms."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cases.models import Case
from cases.night_services import close_day
from staff.roles import Role
from tests.cast import AT
from tests.loans.build import a_loan, day

EVERYBODY = frozenset(Role)
VIEWERS = EVERYBODY - {Role.POLICY_ADMIN, Role.SYSTEM_ADMIN}
OPERATIONS = frozenset({Role.OPERATIONS})
AUDITOR = frozenset({Role.AUDITOR})
SUPERVISOR = frozenset({Role.SUPERVISOR})
ADMIN = frozenset({Role.SYSTEM_ADMIN})


@dataclass(frozen=True)
class Row:
    """Who may open an address, and what they then get; everybody else gets 403."""

    allowed: frozenset[Role]
    method: str = "get"
    kwargs: Callable[[], dict[str, Any]] = dict
    answers: frozenset[int] = field(default=frozenset({200, 302}))
    open_to_strangers: bool = False


def some_case() -> dict[str, Any]:
    a_loan(seen_by="East")
    close_day(on=day("02-09"), at=AT)
    return {"pk": Case.objects.get().pk}
