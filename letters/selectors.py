"""Reading letters: who may see which, what waits, and what happened since one was written."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from borrowers.models import Address, Borrower, Status
from cases.lifecycle import Outcome
from cases.models import Case
from contacts.letter_models import LetterKind, LetterReceipt
from contacts.letter_services import PURPOSES
from contacts.place_clearance import PlaceDecision, PlaceTarget, decide_places
from evidence.selectors import content_of
from letters.lifecycle import IN_WORK
from letters.models import Letter
from loans.models import EventKind, Loan, LoanEvent
from loans.selectors import portfolios_visible_to
from rulebook.contact_rules import Channel
from staff.models import User

# How many days after a case closed its letter is still written by itself.
CLOSING_WITHIN = dt.timedelta(days=30)
# Events that change what a letter says is owed.
OF_MONEY = (
    *(EventKind.PAYMENT, EventKind.COST, EventKind.REVERSAL),
    *(EventKind.WAIVER, EventKind.ACCELERATION, EventKind.CLOSING),
)


def letters_visible_to(user: User) -> QuerySet[Letter]:
    """The letters about portfolios the user may see."""
    visible = Letter.objects.filter(portfolio__in=portfolios_visible_to(user))
    return visible.select_related("borrower", "portfolio", "address", "sent")


def letters_of(case: Case) -> QuerySet[Letter]:
    """The letters of one case, newest first."""
    return Letter.objects.filter(case=case).select_related("sent").order_by("-pk")


def in_work(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """Those that somebody still has to post, or to say of what became of them."""
    return letters.filter(state__in=IN_WORK)


def addresses_of(borrower: Borrower) -> QuerySet[Address]:
    """The addresses a letter may go to, the latest first."""
    return borrower.addresses.filter(status=Status.OK).order_by("-pk")


def receipts_of(letter: Letter) -> QuerySet[LetterReceipt]:
    """What was said to have become of a letter, in order."""
    return LetterReceipt.objects.filter(letter=letter.sent_id).order_by("pk")


def events_since(letter: Letter) -> Sequence[LoanEvent]:
    """What was booked on the borrower's loans after the letter was written: it may say too much, or too little."""
    booked = LoanEvent.objects.filter(
        loan__borrower=letter.borrower_id, loan__portfolio=letter.portfolio_id, booked_at__gt=letter.written_at
    )
    return list(booked.filter(kind__in=OF_MONEY).select_related("loan").order_by("pk"))


def loans_of(case: Case) -> list[str]:
    """The numbers of the loans a case is about, the one that leads it first."""
    loans = Loan.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id)
    numbers = list(loans.order_by("loan_no").values_list("loan_no", flat=True))
    return sorted(numbers, key=lambda loan_no: loan_no != case.lead_loan.loan_no)


def gate_refusal_of(letter: Letter, at: dt.datetime) -> PlaceDecision | None:
    """What stands in the way of posting a letter now, as the gate says it; None where it may go. Nothing is written."""
    decision = decide_places([target_of(letter)], at)[0]
    return decision if decision.refusal else None


def target_of(letter: Letter) -> PlaceTarget:
    """What the gate is asked about a letter."""
    return PlaceTarget(
        borrower=letter.borrower,
        portfolio=letter.portfolio,
        address=letter.address,
        channel=Channel.LETTER.value,
        purpose=PURPOSES[letter.kind].value,
    )


def content_of_letter(letter: Letter) -> bytes:
    """The PDF as it was written. Raises FileDamaged. The caller writes down who read it."""
    return content_of(letter.file)


def cases_without_closing_letter(on: dt.date) -> QuerySet[Case]:
    """Cases that ended well in the last thirty days and have no closing letter, not even one that was called off."""
    its = Letter.objects.filter(case=OuterRef("pk"), kind=LetterKind.CLOSING)
    ended = Case.objects.filter(
        closed_as__in=[Outcome.CURED, Outcome.SETTLED], closed_on__gte=on - CLOSING_WITHIN, closed_on__lte=on
    )
    return ended.exclude(Exists(its)).select_related("borrower", "portfolio").order_by("pk")


def without_address(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of some cases whose borrower cannot be written to: there is no address that may be used."""
    usable = Address.objects.filter(borrower=OuterRef("borrower"), status=Status.OK)
    return cases.exclude(Exists(usable))
