"""Who may open the pages of letters."""

from typing import Any

from cases.models import Case
from staff.roles import Role
from tests.access_rows import AUDITOR, Row, some_case
from tests.letters.build import a_letter
from tests.reminders.build import a_voice

WRITERS = frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER})
REFUSED = frozenset({422})


def some_letter() -> dict[str, Any]:
    case = Case.objects.get(**some_case())
    a_voice(case.portfolio)
    return {"pk": a_letter(case).pk}


LETTER_PAGES: dict[str, Row] = {
    "letters:list": Row(WRITERS | AUDITOR),
    "letters:letter": Row(WRITERS | AUDITOR, kwargs=some_letter),
    "letters:pdf": Row(WRITERS | AUDITOR, kwargs=some_letter),
    "letters:post": Row(WRITERS, "post", kwargs=some_letter, answers=REFUSED),
    "letters:note": Row(WRITERS, "post", kwargs=some_letter, answers=REFUSED),
    "letters:void": Row(WRITERS, "post", kwargs=some_letter, answers=REFUSED),
    "letters:write": Row(WRITERS, kwargs=some_case),
    "letters:panel": Row(WRITERS | AUDITOR, kwargs=some_case),
}
