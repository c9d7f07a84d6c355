"""What somebody needs who has a case on the desk: the numbers to dial, what is left of the day, and what to say."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from borrowers.models import OptOut, Phone, ThirdParty
from cases.models import Case
from cases.selectors import target_of
from contacts.clearance import Decision, budgets, decide
from contacts.message_models import InboundMessage
from contacts.message_selectors import unanswered_of
from contacts.models import Attempt, FollowUp, Promise, Reservation
from loans.models import Loan
from loans.selectors import LoanBook, loans_visible_to
from rulebook.contact_checks import Budget
from rulebook.masking import redact
from rulebook.money import ZERO
from staff.models import User

FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Number:
    """A number that could be called: whose, what the gate says now, and what is left of the day."""

    key: str
    place: str
    point: Phone | ThirdParty
    decision: Decision
    budget: Budget

    @property
    def relation(self) -> str:
        """What the person is to the borrower; empty for the borrower."""
        return self.point.get_relation_display() if isinstance(self.point, ThirdParty) else ""

    @property
    def is_allowed(self) -> bool:
        """Whether the gate would let a call through now."""
        return self.decision.refusal is None


def points_of(case: Case) -> dict[str, Phone | ThirdParty]:
    """Every number about a borrower, the borrower's own first, by the name under which a page asks for it."""
    own = {f"phone:{row.pk}": row for row in case.borrower.phones.order_by("pk")}
    others = {f"third:{row.pk}": row for row in case.borrower.third_parties.order_by("pk")}
    return {**own, **others}


def numbers_of(case: Case, at: dt.datetime) -> list[Number]:
    """Every number with the gate's answer; the same number of queries however many there are."""
    points = points_of(case)
    decisions = decide([target_of(case, point) for point in points.values()], at)
    left = budgets(decisions, at)
    found, counts = [], {"p": 0, "t": 0}
    for (key, point), decision, budget in zip(points.items(), decisions, left, strict=True):
        letter = "p" if isinstance(point, Phone) else "t"
        counts[letter] += 1
        found.append(Number(key, f"{letter}{counts[letter]}", point, decision, budget))
    return found


@dataclass(frozen=True, slots=True)
class Consequence:
    """What would be overdue on a day if nothing is paid until then."""

    code: str
    on: dt.date
    amount: Decimal


def consequences(books: Sequence[LoanBook], today: dt.date) -> list[Consequence]:
    """What the borrower is told: what it costs today, on Friday, and at the month's end, when the record is made."""
    friday = today + dt.timedelta(days=(FRIDAY - today.weekday()) % 7 or 7)
    month_end = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    days = {"today": today, "friday": friday, "month_end": month_end}
    return [
        Consequence(code, on, sum((book.standing(on).overdue_amount for book in books), ZERO))
        for code, on in sorted(days.items(), key=lambda item: item[1])
    ]


def slot_of(case: Case, by: User, at: dt.datetime) -> Reservation | None:
    """The call about this case that somebody was cleared for and has not logged yet."""
    mine = Reservation.objects.filter(by=by, borrower=case.borrower_id, logged_at=None, expires_at__gt=at)
    about = mine.filter(clearance__portfolio=case.portfolio_id).order_by("-pk")
    return about.select_related("clearance__phone", "clearance__third_party").first()


def attempt_of(case: Case, pk: int) -> Attempt | None:
    """An attempt about what this case is about."""
    its = Attempt.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id, pk=pk)
    return its.select_related("outcome").first()


def follow_ups_of(case: Case) -> Sequence[FollowUp]:
    """What is still to be done about a case, the first due first."""
    open_ones = FollowUp.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id, done_at=None)
    return list(open_ones.order_by("due_at"))


def unanswered_messages_of(case: Case) -> Sequence[tuple[InboundMessage, str]]:
    """What the borrower wrote and waits for an answer, the first first, with its text as a page may show it."""
    return [(row, redact(row.text)) for row in unanswered_of(case.borrower_id, case.portfolio_id)]


def opt_outs_of(case: Case) -> Sequence[OptOut]:
    """What the borrower does not want to be written to by, since when and how they said so."""
    return list(OptOut.objects.filter(borrower=case.borrower_id, lifted_at=None).order_by("at"))


def promises_of(case: Case) -> Sequence[Promise]:
    """The promises about a case, the newest first."""
    return list(Promise.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id).order_by("-pk")[:5])


def other_loans(case: Case, user: User) -> QuerySet[Loan]:
    """The borrower's loans outside of the case that the user may see."""
    return loans_visible_to(user).filter(borrower=case.borrower_id).exclude(portfolio=case.portfolio_id)
