"""Reading cases: who may see which, and on what facts they move."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from borrowers.models import Address, Phone, Status, ThirdParty
from cases.lifecycle import Stage
from cases.models import Case
from contacts.clearance import Target
from contacts.reminded_selectors import Sent, collecting_messages, unreachable
from contacts.selectors import Work, work_on
from holds.selectors import Held, Pair, held
from loans.models import Loan, LoanEvent
from loans.selectors import LoanBook, books_of, portfolios_visible_to
from policies.selectors import version_ids
from rulebook.contact_rules import Purpose
from rulebook.escalation import CaseFacts, LoanFacts
from rulebook.money import ZERO
from rulebook.terms import DatedTerms
from staff.models import User

CHUNK = 500
NIGHT = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """What a case is decided on: its facts, the loan that leads it, and the policy version that rules it on the day."""

    facts: CaseFacts
    work: Work
    holds: Held
    books: Sequence[LoanBook]
    lead: Loan
    terms: DatedTerms
    version_id: int
    # When something changes next that is known already: a due date has passed, or money has its value date.
    next_change_on: dt.date | None

    @property
    def oldest_due_on(self) -> dt.date | None:
        """The due date from which the lead loan is late; None while it is not."""
        lead = next(book for book in self.books if book.loan.pk == self.lead.pk)
        return lead.standing(self.facts.on).oldest_unpaid_due_on

    def as_json(self) -> dict[str, Any]:
        """The facts as they are kept with a move."""
        facts = self.facts
        return {
            "dpd": facts.days_past_due,
            "arrears": str(facts.arrears),
            "overdue_amount": str(facts.overdue_amount),
            "lead_loan": self.lead.loan_no,
            "loans": [loan.loan_no for loan in facts.loans if loan.overdue_amount],
        }


def cases_visible_to(user: User) -> QuerySet[Case]:
    """The cases in portfolios the user may see."""
    visible = Case.objects.filter(portfolio__in=portfolios_visible_to(user))
    return visible.select_related("borrower", "portfolio", "lead_loan")


def open_cases() -> QuerySet[Case]:
    """Cases in which there is something to do or to watch."""
    return Case.objects.exclude(stage=Stage.CLOSED)


def cases_of_loans(loan_ids: Collection[int]) -> QuerySet[Case]:
    """The open cases that these loans belong to."""
    of_case = Loan.objects.filter(pk__in=loan_ids, borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"))
    return open_cases().filter(Exists(of_case))


def found_for(pairs: Collection[Pair], on: dt.date) -> dict[Pair, Found]:
    """The facts of many cases on a date, from all loans of each borrower in the portfolio."""
    borrowers, portfolios = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    loans = Loan.objects.filter(borrower__in=borrowers, portfolio__in=portfolios).select_related("portfolio")
    grouped: dict[Pair, list[LoanBook]] = defaultdict(list)
    for book in books_of(list(loans.order_by("pk"))):
        pair = (book.loan.borrower_id, book.loan.portfolio_id)
        if pair in pairs:
            grouped[pair].append(book)
    lines = {books[0].loan.portfolio.policy_line for books in grouped.values()}
    ids = {line: version_ids(line) for line in lines}
    holds, work, written = (
        held(grouped.keys(), on),
        work_on(grouped.keys(), on),
        collecting_messages(grouped.keys(), on),
    )
    silent = unreachable({pair[0] for pair in grouped})
    settled = set(Address.objects.filter(borrower__in=borrowers, status=Status.OK).values_list("borrower", flat=True))
    return {
        pair: _found(
            books,
            holds[pair],
            work[pair],
            on,
            ids[books[0].loan.portfolio.policy_line],
            written=written.get(pair, []),
            has_address=pair[0] in settled,
            is_unreachable=pair[0] in silent,
        )
        for pair, books in grouped.items()
    }


def _found(
    books: list[LoanBook],
    holds: Held,
    work: Work,
    on: dt.date,
    ids: dict[int, int],
    *,
    written: Sequence[Sent],
    has_address: bool,
    is_unreachable: bool,
) -> Found:
    standings = {book.loan.loan_no: book.standing(on) for book in books}
    # What was written about arrears that were paid since is no reminder of these.
    since = min((s.oldest_unpaid_due_on for s in standings.values() if s.oldest_unpaid_due_on), default=on)
    written = [message for message in written if message.on > since]
    terms = books[0].history.on(on)
    facts = CaseFacts(
        on=on,
        loans=[LoanFacts(no, s.days_past_due, s.arrears, s.overdue_amount, s.penalty) for no, s in standings.items()],
        penalty_and_costs=sum((s.penalty + s.cost for s in standings.values()), ZERO),
        grace_days=terms.terms.penalty.grace_days,
        # A courtesy call that reached the borrower reminds as a message does.
        reminders_attempted=len(written) + len(work.call_days),
        reminders_delivered=sum(message.is_delivered for message in written) + work.times_reached,
        every_channel_undeliverable=is_unreachable,
        calls_on=work.call_days,
        last_kept_promise_on=work.last_kept_on,
        has_open_promise=work.open_promise is not None,
        has_usable_address=has_address,
        is_held=holds.stops_escalation,
        is_disputed=holds.is_disputed,
    )
    lead = next(book.loan for book in books if facts.lead and book.loan.loan_no == facts.lead.loan_no)
    dues = [row.due_on + NIGHT for book in books for row in book.contract.schedule if row.due_on >= on]
    events = [event.value_on for book in books for event in book.events if event.value_on > on]
    changes = dues + events + ([holds.changes_on] if holds.changes_on else [])
    if work.promise_until_on:
        changes.append(work.promise_until_on + NIGHT)
    return Found(facts, work, holds, books, lead, terms, ids[terms.version], min(changes, default=None))


def found_of(case: Case, on: dt.date) -> Found:
    """The facts of one case on a date."""
    pair = (case.borrower_id, case.portfolio_id)
    return found_for([pair], on)[pair]


def target_of(case: Case, point: Phone | ThirdParty) -> Target:
    """A call about a case; somebody the borrower named is only asked where the borrower is."""
    purpose = Purpose.COLLECT if isinstance(point, Phone) else Purpose.LOCATE
    return Target(case.borrower, case.portfolio, point, purpose.value)


def pairs_without_case(on: dt.date) -> Iterator[list[Pair]]:
    """Borrowers with something late in a portfolio and no open case there, a chunk at a time."""
    open_case = open_cases().filter(borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"))
    # What was paid after the date does not show in the projection, but was late on the date.
    paid_later = LoanEvent.objects.filter(loan=OuterRef("pk"), value_on__gt=on)
    late = Loan.objects.filter(Q(oldest_unpaid_due_on__lt=on) | Exists(paid_later)).exclude(Exists(open_case))
    pairs = late.order_by("borrower_id", "portfolio_id").values_list("borrower_id", "portfolio_id").distinct()
    last: Pair | None = None
    while chunk := list((pairs if last is None else pairs.filter(_after(last)))[:CHUNK]):
        yield chunk
        last = chunk[-1]


def _after(pair: Pair) -> Q:
    return Q(borrower_id__gt=pair[0]) | Q(borrower_id=pair[0], portfolio_id__gt=pair[1])


def cases_to_review(on: dt.date, after: int) -> QuerySet[Case]:
    """The next chunk of cases that the calendar may have changed by a date."""
    return open_cases().filter(review_on__lte=on, pk__gt=after).order_by("pk")[:CHUNK]
