"""Reading cases: who may see which, and on what facts they move."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from borrowers.models import Address, Phone, Status, ThirdParty
from cases.lifecycle import Outcome, Stage
from cases.limitation_selectors import first_to_end, limitations, restarts_of
from cases.models import Case, VisitsWaived
from contacts.clearance import Target
from contacts.letter_models import LetterKind
from contacts.reminded_selectors import Sent, collecting_messages, unreachable
from contacts.selectors import Work, work_on
from holds.selectors import Held, Pair, held
from loans.models import Loan, LoanEvent
from loans.selectors import LoanBook, books_of, portfolios_visible_to
from policies.selectors import version_ids
from rulebook.contact_rules import Purpose
from rulebook.escalation import CaseFacts, LoanFacts
from rulebook.limitation import Limitation, Restart
from rulebook.money import ZERO
from rulebook.standing import Standing
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
    # What began the limitation period of its loans anew, besides part payments.
    restarts: Sequence[Restart] = ()

    def limitations(self, more: Sequence[Restart] = ()) -> dict[str, Limitation]:
        """Until when each overdue loan can be enforced, by its number; `more` are restarts that courts have made."""
        standings = {book.loan.loan_no: book.standing(self.facts.on) for book in self.books}
        return limitations(self.books, standings, [*self.restarts, *more], self.terms.terms.legal.limitation_years)

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


def that_may_move() -> QuerySet[Case]:
    """Open cases, and settled ones that were the last of their borrower: their money may be taken back."""
    newer = Case.objects.filter(borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"), pk__gt=OuterRef("pk"))
    return Case.objects.filter(~Q(stage=Stage.CLOSED) | Q(closed_as=Outcome.SETTLED) & ~Exists(newer))


def cases_of_loans(loan_ids: Collection[int]) -> QuerySet[Case]:
    """The cases that may move and that these loans belong to."""
    of_case = Loan.objects.filter(pk__in=loan_ids, borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"))
    return that_may_move().filter(Exists(of_case))


def found_for(pairs: Collection[Pair], on: dt.date) -> dict[Pair, Found]:
    """The facts of many cases on a date, from all loans of each borrower in the portfolio."""
    borrowers, portfolios = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    loans = Loan.objects.filter(borrower__in=borrowers, portfolio__in=portfolios).select_related("portfolio")
    grouped: dict[Pair, list[LoanBook]] = defaultdict(list)
    for book in books_of(list(loans.order_by("pk"))):
        pair = (book.loan.borrower_id, book.loan.portfolio_id)
        if pair in pairs:
            grouped[pair].append(book)
    # A closed loan is nobody's business any more; where all are, they are all that can be shown.
    grouped = {pair: [b for b in books if not b.is_closed(on)] or books for pair, books in grouped.items()}
    lines = {books[0].loan.portfolio.policy_line for books in grouped.values()}
    ids = {line: version_ids(line) for line in lines}
    holds, work, written = (
        held(grouped.keys(), on),
        work_on(grouped.keys(), on),
        collecting_messages(grouped.keys(), on),
    )
    silent = unreachable({pair[0] for pair in grouped})
    waived = _visits_waived_on(borrowers)
    settled = set(Address.objects.filter(borrower__in=borrowers, status=Status.OK).values_list("borrower", flat=True))
    return {
        pair: _found(
            books,
            holds[pair],
            work[pair],
            on,
            ids[books[0].loan.portfolio.policy_line],
            written=written.get(pair, []),
            visits_waived_on=waived.get(pair),
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
    visits_waived_on: dt.date | None,
    has_address: bool,
    is_unreachable: bool,
) -> Found:
    standings = {book.loan.loan_no: book.standing(on) for book in books}
    restarts = restarts_of(work, written)
    # What was written about arrears that were paid since is no reminder of these.
    chased = [standings[book.loan.loan_no] for book in books if not book.is_closed(on)]
    oldest = min((s.oldest_unpaid_due_on for s in chased if s.oldest_unpaid_due_on), default=None)
    written = [message for message in written if message.on > (oldest or on)]
    terms = books[0].history.on(on)
    limited = first_to_end(limitations(books, standings, restarts, terms.terms.legal.limitation_years))
    facts = CaseFacts(
        on=on,
        loans=[_loan_facts(book, standings[book.loan.loan_no]) for book in books],
        penalty_and_costs=sum((s.penalty + s.cost for s in chased), ZERO),
        grace_days=terms.terms.penalty.grace_days,
        dues_on=_dues_on(books, on),
        oldest_unpaid_due_on=oldest,
        # A courtesy call that reached the borrower reminds as a message does.
        reminders_attempted=len(written) + len(work.call_days),
        reminders_delivered=sum(message.is_delivered for message in written) + work.times_reached,
        every_channel_undeliverable=is_unreachable,
        calls_on=work.call_days,
        last_kept_promise_on=work.last_kept_on,
        has_open_promise=work.open_promise is not None,
        has_usable_address=has_address,
        visits_on=work.visit_days,
        visits_waived_on=visits_waived_on,
        letter_delivered_on=max((its.on for its in work.letters if its.kind == LetterKind.DEMAND), default=None),
        limitation_expires_on=limited.expires_on if limited else None,
        is_held=holds.stops_escalation,
        is_disputed=holds.is_disputed,
    )
    lead = next(book.loan for book in books if facts.lead and book.loan.loan_no == facts.lead.loan_no)
    dues = [day + NIGHT for day in facts.dues_to_come]
    events = [event.value_on for book in books for event in book.events if event.value_on > on]
    changes = dues + events + ([holds.changes_on] if holds.changes_on else [])
    if work.promise_until_on:
        changes.append(work.promise_until_on + NIGHT)
    return Found(facts, work, holds, books, lead, terms, ids[terms.version], min(changes, default=None), restarts)


def _loan_facts(book: LoanBook, its: Standing) -> LoanFacts:
    """What a loan counts for: a closed one owes what it owes, and counts for nothing."""
    if book.is_closed(its.on):
        return LoanFacts(book.loan.loan_no, 0, ZERO, ZERO)
    return LoanFacts(book.loan.loan_no, its.days_past_due, its.arrears, its.overdue_amount, its.penalty)


def _dues_on(books: Sequence[LoanBook], on: dt.date) -> list[dt.date]:
    """The days on which anything falls or fell due, each once; nothing falls due any more on a loan that is closed."""
    return sorted({row.due_on for book in books if not book.is_closed(on) for row in book.schedule})


def _visits_waived_on(borrowers: Collection[int]) -> dict[Pair, dt.date | None]:
    """The day on which somebody waived the visits of an open case; None where that was taken back since."""
    rows = VisitsWaived.objects.filter(case__borrower__in=borrowers).exclude(case__stage=Stage.CLOSED).order_by("pk")
    columns = ("case__borrower_id", "case__portfolio_id", "on", "is_taken_back")
    return {(borrower, portfolio): None if back else on for borrower, portfolio, on, back in rows.values_list(*columns)}


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
    running = Loan.objects.filter(Q(closed_on=None) | Q(closed_on__gt=on))
    late = running.filter(Q(oldest_unpaid_due_on__lt=on) | Exists(paid_later)).exclude(Exists(open_case))
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
