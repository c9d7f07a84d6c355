"""Small steps of the contact log through the real services; moments as the clock in Shanghai shows them."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from borrowers.models import Phone, ThirdParty
from borrowers.services import register
from cases.models import Case
from cases.selectors import target_of
from contacts.clearance import Target
from contacts.models import Attempt, Clearance, Promise
from contacts.services import log_attempt, reserve
from intake.booking_services import receive_payment, reverse_booking
from loans.models import Loan, LoanEvent
from rulebook.tape import NewContact
from staff.models import User
from staff.roles import Role
from tests.cases.build import a_case, a_loan, close, day, person
from tests.loans.build import team

__all__ = ["a_case", "a_loan", "close", "day", "person"]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(text: str) -> dt.datetime:
    """A moment of 2025 as "02-09 10:00"."""
    return dt.datetime.fromisoformat(f"2025-{text}").replace(tzinfo=SHANGHAI)


def caller() -> User:
    return person(Role.COLLECTOR)


def colleague(name: str = "colleague") -> User:
    """Another collector of the same team."""
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, role=Role.COLLECTOR, team=team())


def phone_of(case: Case) -> Phone:
    return case.borrower.phones.order_by("pk")[0]


def third_party(case: Case, number: str = "17700000001") -> ThirdParty:
    """A colleague whom the borrower named."""
    named = NewContact(case.borrower.borrower_no, "李贵", "colleague", number, "contract")
    register(borrowers=[], contacts=[named], by=None, at=moment("02-09 08:00"))
    return case.borrower.third_parties.get()


def target(case: Case, point: Phone | ThirdParty | None = None) -> Target:
    return target_of(case, point or phone_of(case))


def ask(case: Case, at: str, *, by: User | None = None, point: Phone | ThirdParty | None = None) -> Clearance:
    return reserve(target=target(case, point), by=by or caller(), at=moment(at))


def log(  # the moment has no name, so that "at" can be said of a call back
    case: Case,
    outcome: str,
    at: str = "02-09 10:00",
    /,
    *,
    by: User | None = None,
    point: Phone | ThirdParty | None = None,
    is_inbound: bool = False,
    **said: Any,
) -> Attempt:
    its = target(case, point)
    return log_attempt(target=its, outcome=outcome, said=said, by=by or caller(), at=moment(at), is_inbound=is_inbound)


def promise(case: Case, amount: str, due: str, at: str = "02-09 10:00", **more: Any) -> Promise:
    """A promise as a collector takes it."""
    return log(case, "PTP", at, amount=Decimal(amount), date=day(due), **more).promises.get()


def pay(case: Case, amount: str, at: str, *, value: str | None = None, reference: str = "R1") -> LoanEvent:
    """Money booked at a moment, received that day unless another is said."""
    return receive_payment(
        loan=Loan.objects.get(borrower=case.borrower, portfolio=case.portfolio),
        amount=Decimal(amount),
        received_on=day(value or at[:5]),
        reference=reference,
        by=person(),
        on=day(at[:5]),
        at=moment(at),
    )


def undo(event: LoanEvent, at: str) -> LoanEvent:
    return reverse_booking(event=event, reason="wrong loan", by=person(), on=day(at[:5]), at=moment(at))
