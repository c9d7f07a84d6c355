"""Who may open the pages of visits."""

from typing import Any

from staff.roles import Role
from tests.access_rows import SUPERVISOR, VIEWERS, Row
from tests.visits.build import a_field_case, done, requested

SEES = VIEWERS - {Role.OPERATIONS}
ASKS = frozenset({Role.COLLECTOR, Role.SUPERVISOR})
AGENT = frozenset({Role.FIELD_AGENT})


def some_field_case() -> dict[str, Any]:
    return {"pk": a_field_case(seen_by="East").pk}


def some_visit() -> dict[str, Any]:
    return {"pk": requested(of="East").pk}


def some_photo() -> dict[str, Any]:
    return {"pk": done(of="East").pk, "number": 1}


# Of a visit that somebody else makes there is nothing for a visitor: the room's own tests go there themselves.
VISITS = {
    "visits:board": Row(SEES),
    "visits:list": Row(SEES),
    "visits:today": Row(AGENT),
    "visits:my_day": Row(SEES),
    "visits:panel": Row(SEES, kwargs=some_field_case),
    "visits:request": Row(ASKS, "post", kwargs=some_field_case),
    "visits:visit": Row(SEES, kwargs=some_visit),
    "visits:decide": Row(SUPERVISOR, "post", kwargs=some_visit),
    "visits:plan": Row(SUPERVISOR, kwargs=some_visit),
    "visits:review": Row(SUPERVISOR, "post", kwargs=some_visit, answers=frozenset({422})),
    "visits:photo": Row(SUPERVISOR | {Role.LEGAL_OFFICER, Role.AUDITOR}, kwargs=some_photo),
    **{
        f"visits:{name}": Row(AGENT, "post", kwargs=some_visit, answers=frozenset({404}))
        for name in ("address", "accept", "arrive", "add_photo", "answer")
    },
    "visits:finish": Row(AGENT, kwargs=some_visit, answers=frozenset({404})),
}
