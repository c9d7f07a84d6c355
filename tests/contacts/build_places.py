"""Small steps to an address through the real services: a visit, a letter, and what came of them."""

from typing import Any

from borrowers.models import Address
from cases.models import Case
from contacts.letter_models import LetterKind, LetterReceipt, LetterSent
from contacts.letter_services import note_letter, send_letter
from contacts.models import Attempt, Clearance
from contacts.place_clearance import PlaceTarget
from contacts.visit_services import clear_visit, log_visit
from staff.models import User
from staff.roles import Role
from tests.contacts.build import day, moment, person


def agent() -> User:
    return person(Role.FIELD_AGENT)


def address_of(case: Case) -> Address:
    return case.borrower.addresses.get()


def place(case: Case, channel: str = "visit", **more: Any) -> PlaceTarget:
    return PlaceTarget(case.borrower, case.portfolio, address_of(case), channel, **more)


def at_the_door(case: Case, at: str = "02-09 10:00", *, by: User | None = None, **more: Any) -> Clearance:
    return clear_visit(target=place(case, **more), by=by or agent(), at=moment(at))


def visit(
    case: Case, outcome: str, at: str = "02-09 10:00", /, *, met: str = "nobody", by: User | None = None, **said: Any
) -> Attempt:
    """A visit that the gate allowed, logged in the same moment."""
    clearance = at_the_door(case, at, by=by)
    return log_visit(
        target=place(case), clearance=clearance, outcome=outcome, met=met, said=said, by=by or agent(), at=moment(at)
    )


def letter(case: Case, kind: str = LetterKind.DEMAND, at: str = "02-09 10:00") -> LetterSent:
    its = place(case, "letter")
    return send_letter(target=its, kind=kind, reference="EMS 1", by=person(), on=day(at[:5]), at=moment(at))


def arrived(sent: LetterSent, on: str, *, kind: str = "delivered", at: str | None = None) -> LetterReceipt:
    return note_letter(
        sent=sent, kind=kind, on=day(on), how="slip of the post", by=person(), at=moment(at or f"{on} 18:00")
    )
