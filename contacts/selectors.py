"""Reading the contact log: what was tried, what was promised, what is to be done."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import QuerySet

from contacts.letter_selectors import Delivered, delivered_letters
from contacts.lifecycle import JUDGED, PromiseState
from contacts.message_models import InboundMessage
from contacts.models import Attempt, Channel, FollowUp, FollowUpKind, Outcome, Promise, PromiseChange, Reservation
from holds.selectors import Pair
from loans.models import Loan, LoanEvent
from loans.selectors import LoanBook, books_of
from policies.selectors import terms_history
from rulebook.local_time import local
from rulebook.money import ZERO
from rulebook.one_breath import OutcomeWords
from rulebook.promises import Received, last_day
from rulebook.replay import EventKind, live

# What a borrower committed to and nobody declined or took back as a slip.
STOOD = (*JUDGED, PromiseState.SUPERSEDED)
NOT_KEPT = (PromiseState.PARTIAL, PromiseState.BROKEN)


@dataclass(frozen=True, slots=True)
class Work:
    """What was done about what one borrower owes in a portfolio, up to a day.

    `call_days` has one entry for each call attempt of ours, and `last` is the latest call; `visits` are the visits,
    oldest first, `letters` the letters that reached the borrower. `promise_until_on` is the last day of the open
    promise; `promised_on` has the day of each promise that stood. `unanswered` has the moments of the borrower's
    messages that wait for an answer, oldest first. Whom a visit reached, and what they said, counts as after a call.
    """

    call_days: Sequence[dt.date] = ()
    times_reached: int = 0
    last: Attempt | None = None
    last_reached: Attempt | None = None
    said: Attempt | None = None
    open_promise: Promise | None = None
    promise_until_on: dt.date | None = None
    last_kept_on: dt.date | None = None
    broken: Promise | None = None
    follow_ups: Sequence[FollowUp] = field(default_factory=tuple)
    unanswered: Sequence[dt.datetime] = ()
    visits: Sequence[Attempt] = ()
    letters: Sequence[Delivered] = ()
    promised_on: Sequence[dt.date] = ()

    def due(self, kind: str) -> dt.datetime | None:
        """When the first open follow-up of a kind is due."""
        return min((task.due_at for task in self.follow_ups if task.kind == kind), default=None)

    @property
    def verifying_until(self) -> dt.datetime | None:
        """Until when a payment that was said to be made is being looked for: the last of such searches."""
        return max((task.due_at for task in self.follow_ups if task.kind == FollowUpKind.VERIFY), default=None)

    @property
    def unanswered_since(self) -> dt.datetime | None:
        """Since when a message of the borrower's waits for an answer: the first of them."""
        return self.unanswered[0] if self.unanswered else None

    @property
    def has_written_since(self) -> bool:
        """Whether a message that waits came after the last attempt, so that whoever tried did not know of it."""
        return bool(self.unanswered and (self.last is None or self.unanswered[-1] > self.last.at))

    @property
    def was_worked_since_broken(self) -> bool:
        """Whether anybody has tried again since the last promise was broken, which it is when a day begins."""
        settled_on = self.broken.settled_on if self.broken else None
        tries = [attempt for attempt in (self.last, *self.visits[-1:]) if attempt]
        return bool(settled_on and any(attempt.on >= settled_on for attempt in tries))

    @property
    def visit_days(self) -> list[dt.date]:
        """The days of the visits that count: one that was broken off before a word was said does not."""
        return [visit.on for visit in self.visits if visit.counts_as_attempt]


def attempts_of(borrowers: Collection[int]) -> QuerySet[Attempt]:
    """The attempts that count, oldest first; what was taken back is left out."""
    return Attempt.objects.filter(borrower__in=borrowers, undone=None).order_by("at", "pk")


def work_on(pairs: Collection[Pair], on: dt.date) -> dict[Pair, Work]:
    """What was done about many up to a day, in five queries and one a policy line; everybody is in the answer."""
    borrowers = {pair[0] for pair in pairs}
    attempts: dict[Pair, list[Attempt]] = defaultdict(list)
    for attempt in attempts_of(borrowers).filter(on__lte=on).select_related("outcome"):
        attempts[attempt.borrower_id, attempt.portfolio_id].append(attempt)
    promises: dict[Pair, list[Promise]] = defaultdict(list)
    for promise in Promise.objects.filter(borrower__in=borrowers).select_related("portfolio").order_by("pk"):
        promises[promise.borrower_id, promise.portfolio_id].append(promise)
    tasks: dict[Pair, list[FollowUp]] = defaultdict(list)
    for task in FollowUp.objects.filter(borrower__in=borrowers, done_at=None).order_by("due_at", "pk"):
        tasks[task.borrower_id, task.portfolio_id].append(task)
    unanswered: dict[Pair, list[dt.datetime]] = defaultdict(list)
    inbound = InboundMessage.objects.filter(borrower__in=borrowers, answered_at=None).order_by("at", "pk")
    for borrower, portfolio, at in inbound.values_list("borrower_id", "portfolio_id", "at"):
        unanswered[borrower, portfolio].append(at)
    ends = promises_end([promise for its in promises.values() for promise in its if promise.state == PromiseState.OPEN])
    letters = delivered_letters(pairs, on)
    return {
        pair: replace(
            _work(attempts[pair], promises[pair], tasks[pair], ends, unanswered[pair]),
            letters=letters.get(pair, ()),
            promised_on=_promised_on(promises[pair], on),
        )
        for pair in pairs
    }


def _promised_on(promises: Sequence[Promise], on: dt.date) -> list[dt.date]:
    days = (local_day(p.made_at, p.portfolio.timezone) for p in promises if p.state in STOOD)
    return [day for day in days if day <= on]


def _work(
    attempts: Sequence[Attempt],
    promises: Sequence[Promise],
    tasks: Sequence[FollowUp],
    ends: dict[int, dt.date],
    unanswered: Sequence[dt.datetime],
) -> Work:
    calls = [a for a in attempts if a.channel == Channel.CALL]
    open_one = next((p for p in promises if p.state == PromiseState.OPEN), None)
    settled = [p for p in promises if p.settled_on and p.state in JUDGED]
    latest = max(settled, key=lambda p: p.pk, default=None)
    return Work(
        call_days=[a.on for a in calls if a.counts_as_attempt and not a.is_inbound],
        times_reached=sum(a.right_party and not a.is_inbound for a in calls),
        last=calls[-1] if calls else None,
        last_reached=next((a for a in reversed(attempts) if a.contacted), None),
        said=next((a for a in reversed(attempts) if a.willingness is not None and a.ability is not None), None),
        open_promise=open_one,
        promise_until_on=ends[open_one.pk] if open_one else None,
        last_kept_on=max(
            (p.settled_on for p in settled if p.state == PromiseState.KEPT and p.settled_on), default=None
        ),
        broken=latest if latest and latest.state in NOT_KEPT else None,
        follow_ups=tasks,
        unanswered=unanswered,
        visits=[a for a in attempts if a.channel == Channel.VISIT],
    )


def promises_end(promises: Collection[Promise]) -> dict[int, dt.date]:
    """The last day on which money still counts for each promise, by its row; their portfolios are selected."""
    histories = {line: terms_history(line) for line in {promise.portfolio.policy_line for promise in promises}}
    return {
        promise.pk: last_day(
            promise.due_on,
            histories[promise.portfolio.policy_line]
            .on(local_day(promise.made_at, promise.portfolio.timezone))
            .terms.promises,
        )
        for promise in promises
    }


def local_time(at: dt.datetime, zone: str) -> dt.datetime:
    """A moment by the clock where a portfolio's borrowers are; of an unknown zone, by the clock in Greenwich."""
    return local(at, zone) or at.astimezone(dt.UTC)


def local_day(at: dt.datetime, zone: str) -> dt.date:
    """The calendar day of a moment where a portfolio's borrowers are."""
    return local_time(at, zone).date()


@dataclass(frozen=True, slots=True)
class Money:
    """What judges the promises about one pair: its payments that count, and the loans they went to."""

    books: Sequence[LoanBook] = ()
    received: Sequence[Received] = ()

    def overdue(self, on: dt.date) -> Decimal:
        """Arrears, penalty and costs of all its loans on a day, but for those that were closed by then."""
        return sum((book.standing(on).overdue_amount for book in self.books if not book.is_closed(on)), ZERO)

    def cleared_on(self, promised: Collection[dt.datetime], on: dt.date) -> set[dt.date]:
        """The days up to one on which money left nothing in arrears after something was promised.

        `promised` has the moments by the clock of the portfolio. Money booked later with an earlier value date clears
        the day of the promise itself; what was booked before that day's promise does not.
        """
        days = {
            max(paid.value_on, made_at.date())
            for paid in self.received
            for made_at in promised
            if paid.booked_at >= made_at or paid.value_on > made_at.date()
        }
        return {
            day
            for day in days
            if day <= on and not any(book.standing(day).arrears for book in self.books if not book.is_closed(day))
        }


def money_of(pairs: Collection[Pair]) -> dict[Pair, Money]:
    """The loans and payments of many; a reversed payment is as if it had never been."""
    found: dict[Pair, list[LoanBook]] = defaultdict(list)
    loans = Loan.objects.filter(
        borrower__in={pair[0] for pair in pairs}, portfolio__in={pair[1] for pair in pairs}
    ).select_related("portfolio")
    for book in books_of(list(loans.order_by("pk"))):
        found[book.loan.borrower_id, book.loan.portfolio_id].append(book)
    counting = [
        event.sequence
        for books in found.values()
        for book in books
        for event in live(book.events)
        if event.kind is EventKind.PAYMENT
    ]
    booked = dict(LoanEvent.objects.filter(pk__in=counting).values_list("pk", "booked_at"))
    return {pair: Money(found[pair], _received(found[pair], booked)) for pair in pairs}


def _received(books: Iterable[LoanBook], booked: dict[int, dt.datetime]) -> list[Received]:
    return sorted(
        (
            Received(event.sequence, booked[event.sequence], event.value_on, event.amount)
            for book in books
            for event in book.events
            if event.sequence in booked
        ),
        key=lambda paid: paid.number,
    )


def outcome_words() -> dict[str, OutcomeWords]:
    """The outcomes of calls as the one-breath line reads them."""
    return {code: OutcomeWords(code, tuple(needs)) for code, needs in outcomes().values_list("code", "requires")}


def outcomes() -> QuerySet[Outcome]:
    """Every outcome a call can have, in the order of lists."""
    return Outcome.objects.filter(on_calls=True).order_by("place", "code")


def visit_outcomes() -> QuerySet[Outcome]:
    """Every outcome a visit can have, in the order of lists."""
    return Outcome.objects.filter(on_visits=True).order_by("place", "code")


def unlogged_of(user_id: int) -> QuerySet[Reservation]:
    """The calls somebody was cleared for and has not logged, newest first."""
    open_slots = Reservation.objects.filter(by=user_id, logged_at=None).order_by("-reserved_at")
    return open_slots.select_related("clearance", "borrower")


def promise_changes_of(borrower_id: int, portfolio_id: int) -> QuerySet[PromiseChange]:
    """How the promises of one pair changed, newest first."""
    mine = PromiseChange.objects.filter(promise__borrower=borrower_id, promise__portfolio=portfolio_id)
    return mine.select_related("promise").order_by("-at", "-pk")
