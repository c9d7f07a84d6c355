"""Letters through the real services, and what a reader would see in them."""

import datetime as dt
import html
import json
import re
from typing import Any

import typst

from cases.models import Case
from contacts.letter_models import LetterKind
from letters.content import TEMPLATES, content_of
from letters.models import Letter
from letters.services import note_delivery, post, write
from letters.typeset_services import _fonts
from reminders.models import Voice
from staff.models import User
from staff.roles import Role
from tests.cases.build import a_case
from tests.loans.build import AT, day, person
from tests.reminders.build import a_voice

LATER = AT + dt.timedelta(minutes=5)


def legal() -> User:
    return person(Role.LEGAL_OFFICER)


def a_late_case(*schedule: tuple[str, str, str], **loan: Any) -> Case:
    """A case of 8,000 due 2025-01-10, on 9 February, whose lender has a voice."""
    case = a_case(*schedule, **loan)
    a_voice(case.portfolio)
    return case


def a_letter(case: Case, kind: str = LetterKind.DEMAND, **more: str) -> Letter:
    """A letter written on 9 February 2025."""
    return write(case=case, kind=kind, by=legal(), on=day("02-09"), at=AT, more=more)


def posted(letter: Letter) -> Letter:
    return post(letter=letter, reference="XA12345678944", by=legal(), on=day("02-09"), at=LATER)


def noted(letter: Letter, *, delivered: bool, on: str = "02-12") -> Letter:
    at = dt.datetime(2025, 2, 13, 2, 0, tzinfo=dt.UTC)
    return note_delivery(letter=letter, delivered=delivered, on=day(on), how="slip of the post", by=legal(), at=at)


def text_of(letter: Letter, answer: str = "") -> str:
    """What a reader sees below the head: the same template with the same data, set as text in place of a PDF."""
    voice = Voice.objects.get(portfolio=letter.portfolio)
    its: dict[str, Any] = {"to": letter.address, "voice": voice, "reference": letter.reference, "answer": answer}
    content = content_of(letter.facts, letter.language, **its)
    page = typst.compile(
        str(TEMPLATES / f"{letter.kind}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(content)},
        format="html",
    )
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.decode())))
