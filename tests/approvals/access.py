"""Who may open the pages of what waits for a second pair of eyes."""

from typing import Any

from approvals.selectors import Asked
from approvals.services import ask
from cases.models import Case
from staff.roles import Role
from tests.access_rows import SUPERVISOR, Row, some_case
from tests.cast import AT
from tests.loans.build import day, person

READERS = frozenset({Role.COLLECTOR, Role.SUPERVISOR, Role.LEGAL_OFFICER, Role.AUDITOR})
REQUESTERS = READERS - {Role.AUDITOR}


def some_approval() -> dict[str, Any]:
    case = Case.objects.get(**some_case())
    by = person(Role.COLLECTOR, of="East")
    asked = ask(case=case, kind="withdraw", asked=Asked(), reason="sold", by=by, on=day("02-09"), at=AT)
    return {"pk": asked.pk}


def some_kind() -> dict[str, Any]:
    return {**some_case(), "kind": "withdraw"}


APPROVALS: dict[str, Row] = {
    "approvals:list": Row(READERS),
    "approvals:my_day": Row(READERS),
    "approvals:approval": Row(READERS, kwargs=some_approval),
    # Who may decide depends on what is asked for; a reader who may not is told on the page.
    "approvals:decide": Row(READERS, "post", some_approval),
    "approvals:withdraw": Row(REQUESTERS, "post", some_approval),
    "approvals:panel": Row(READERS, kwargs=some_case),
    "approvals:ask": Row(REQUESTERS, kwargs=some_kind),
    "approvals:waive": Row(SUPERVISOR, kwargs=some_case),
}
