"""May this case move, and if not, why not: the reasons behind every move of a case.

The lifecycle of the cases room says which moves exist; here stands what each of them needs. A reason says what there
is, what it takes, and from which day time alone will have mended it.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rulebook.money import ZERO
from rulebook.terms import AuthorityTerms, EscalationTerms

NIGHT = dt.timedelta(days=1)  # a due date has passed when its day is over


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """What one loan of a case owes on the date."""

    loan_no: str
    days_past_due: int
    arrears: Decimal
    overdue_amount: Decimal
    penalty: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything a move of a case is decided on, on one date.

    `penalty_and_costs` is what is owed besides arrears; `stage_since` is the day the case came into its stage;
    `dues_on` has the days on which anything of its running loans falls or fell due, in order, `oldest_unpaid_due_on` is
    that of the oldest arrears; `calls_on` has the day of each call attempt, in whatever stage it was;
    `visits_on` has that of each visit that was made; `visits_waived_on` is the day on which somebody said last that it
    may go to court without visits, in whatever stage it was then.
    """

    on: dt.date
    loans: Sequence[LoanFacts]
    penalty_and_costs: Decimal = ZERO
    grace_days: int = 0
    stage_since: dt.date | None = None
    dues_on: Sequence[dt.date] = ()
    oldest_unpaid_due_on: dt.date | None = None
    reminders_attempted: int = 0
    reminders_delivered: int = 0
    every_channel_undeliverable: bool = False
    calls_on: Sequence[dt.date] = ()
    last_kept_promise_on: dt.date | None = None
    has_open_promise: bool = False
    is_held: bool = False
    has_usable_address: bool = False
    visits_on: Sequence[dt.date] = ()
    visits_waived_on: dt.date | None = None
    letter_delivered_on: dt.date | None = None
    limitation_expires_on: dt.date | None = None
    is_disputed: bool = False

    @property
    def lead(self) -> LoanFacts | None:
        """The loan that decides for the case: the latest, and of those the one that owes most."""
        return max(self.loans, key=lambda loan: (loan.days_past_due, loan.overdue_amount, loan.loan_no), default=None)

    @property
    def calls_in_stage(self) -> list[dt.date]:
        """The days of the call attempts since the case came into its stage."""
        return [day for day in self.calls_on if self.stage_since is None or day >= self.stage_since]

    @property
    def visits_done(self) -> int:
        """How many visits were made since the case came into its stage."""
        return sum(self.stage_since is None or day >= self.stage_since for day in self.visits_on)

    @property
    def dues_since(self) -> list[dt.date]:
        """The due dates that have passed since the case came into its stage; one is not late on its own day."""
        return [day for day in self.dues_on if self.stage_since and self.stage_since < day < self.on]

    @property
    def dues_to_come(self) -> list[dt.date]:
        """The due dates that have not passed, that of the day itself too."""
        return [day for day in self.dues_on if day >= self.on]

    @property
    def are_visits_waived(self) -> bool:
        """Whether it may go to court without visits, as somebody said since the case came into its stage."""
        waived = self.visits_waived_on
        return waived is not None and (self.stage_since is None or waived >= self.stage_since)

    @property
    def days_past_due(self) -> int:
        return self.lead.days_past_due if self.lead else 0

    @property
    def arrears(self) -> Decimal:
        return sum((loan.arrears for loan in self.loans), ZERO)

    @property
    def penalty(self) -> Decimal:
        return sum((loan.penalty for loan in self.loans), ZERO)

    @property
    def overdue_amount(self) -> Decimal:
        return sum((loan.overdue_amount for loan in self.loans), ZERO)


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason against a move: what there is, what it needs, and when time alone mends it (None: it does not)."""

    code: str
    have: str = ""
    need: str = ""
    earliest_on: dt.date | None = None


def blocks_opening(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """A case opens when something is late after the days of grace and worth a reminder."""
    if not facts.arrears or facts.days_past_due <= facts.grace_days:
        yield _days("late", facts, facts.grace_days + 1)
    if facts.arrears < terms.opening_threshold:
        yield Blocker("arrears", str(facts.arrears), str(terms.opening_threshold))


def blocks_phone(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """Calls begin when reminders were delivered, cannot be delivered, or one was tried and time has passed."""
    reminded = facts.reminders_delivered >= terms.phone_reminders or facts.every_channel_undeliverable
    if not reminded and not facts.reminders_attempted:
        yield Blocker("reminders", str(facts.reminders_delivered), str(terms.phone_reminders))
    elif not reminded and facts.days_past_due < terms.phone_dpd:
        yield _days("reminders_or_dpd", facts, terms.phone_dpd)
    if not facts.arrears or facts.arrears < terms.escalation_threshold:
        yield Blocker("arrears", str(facts.arrears), str(terms.escalation_threshold))
    yield from _stopped(facts)
    if facts.has_open_promise:
        yield Blocker("open_promise")


def blocks_field(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """A visit needs patience on the phone first, a worthwhile sum and an address."""
    if facts.days_past_due < terms.field_dpd:
        yield _days("dpd", facts, terms.field_dpd)
    calls, days = len(facts.calls_in_stage), len(set(facts.calls_in_stage))
    if calls < terms.field_call_attempts:
        yield Blocker("call_attempts", str(calls), str(terms.field_call_attempts))
    if days < terms.field_call_days:
        yield Blocker("call_days", str(days), str(terms.field_call_days))
    kept, patience = facts.last_kept_promise_on, dt.timedelta(days=terms.field_days_without_kept_promise)
    if kept and facts.on - kept < patience:
        yield Blocker("kept_promise", kept.isoformat(), str(patience.days), kept + patience)
    if facts.overdue_amount < terms.field_overdue:
        yield Blocker("overdue", str(facts.overdue_amount), str(terms.field_overdue))
    if not facts.has_usable_address:
        yield Blocker("address")
    yield from _stopped(facts)


def blocks_legal(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """The courts come last: after visits, a delivered demand and time to answer it."""
    if facts.days_past_due < terms.legal_dpd:
        yield _days("dpd", facts, terms.legal_dpd)
    if facts.visits_done < terms.legal_visits and not facts.are_visits_waived:
        yield Blocker("visits", str(facts.visits_done), str(terms.legal_visits))
    letter, patience = facts.letter_delivered_on, dt.timedelta(days=terms.legal_days_after_letter)
    if letter is None:
        yield Blocker("letter", need=str(patience.days))
    elif facts.on - letter < patience:
        yield Blocker("letter_days", str((facts.on - letter).days), str(patience.days), letter + patience)
    if facts.overdue_amount < terms.legal_overdue:
        yield Blocker("overdue", str(facts.overdue_amount), str(terms.legal_overdue))
    if facts.limitation_expires_on and facts.limitation_expires_on <= facts.on:
        yield Blocker("limitation", facts.limitation_expires_on.isoformat())
    if facts.is_disputed:
        yield Blocker("dispute")
    yield from _stopped(facts)


def blocks_watch(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """A case is cured when nothing is in arrears and what is left of penalty and costs is small."""
    if facts.arrears:
        yield Blocker("arrears_left", str(facts.arrears), "0.00")
    if facts.penalty_and_costs > terms.watch_remainder:
        yield Blocker("remainder", str(facts.penalty_and_costs), str(terms.watch_remainder))


def blocks_relapse(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """A watched case goes back to work when something is late again; a remainder alone is no reason."""
    yield from blocks_opening(facts, terms)


def blocks_closing_finished(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """Where nothing is left to fall due there is nothing to watch: what was owed is paid."""
    yield from blocks_watch(facts, terms)
    if to_come := facts.dues_to_come:
        yield Blocker("dues_to_come", str(len(to_come)), earliest_on=to_come[-1] + NIGHT)


def blocks_reopening(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """A settled case goes back to work when what was paid before it closed is owed again: the money was taken back."""
    yield from blocks_opening(facts, terms)
    oldest, closed_on = facts.oldest_unpaid_due_on, facts.stage_since
    if oldest is None or closed_on is None or oldest >= closed_on:
        yield Blocker("settled")


def blocks_closing_cured(facts: CaseFacts, terms: EscalationTerms) -> Iterator[Blocker]:
    """A cured case closes when the watch has passed without new arrears: enough days, and enough due dates kept."""
    if facts.arrears:
        yield Blocker("arrears_left", str(facts.arrears), "0.00")
    ends_on = (facts.stage_since or facts.on) + dt.timedelta(days=terms.watch_days)
    if facts.on < ends_on:
        days = (facts.on - (facts.stage_since or facts.on)).days
        yield Blocker("watch", str(days), str(terms.watch_days), ends_on)
    missing = terms.watch_due_dates - len(facts.dues_since)
    if missing > 0:
        to_come = facts.dues_to_come
        earliest_on = to_come[missing - 1] + NIGHT if len(to_come) >= missing else None
        yield Blocker("watch_dues", str(len(facts.dues_since)), str(terms.watch_due_dates), earliest_on)


def blocks_settling(facts: CaseFacts, _terms: AuthorityTerms) -> Iterator[Blocker]:
    """Only what is overdue can be settled for less."""
    if not facts.overdue_amount:
        yield Blocker("nothing_owed")


def blocks_agreed_sum(agreed: Decimal | None, received: Decimal) -> Iterator[Blocker]:
    """A settlement closes once the agreed sum has come in."""
    if agreed is None:
        yield Blocker("agreed_sum")
    elif received < agreed:
        yield Blocker("agreed_sum_paid", str(received), str(agreed))


def blocks_writing_off(facts: CaseFacts, terms: AuthorityTerms) -> Iterator[Blocker]:
    """A debt is given up only when it is old."""
    if not facts.overdue_amount:
        yield Blocker("nothing_owed")
    if facts.days_past_due < terms.write_off_dpd:
        yield _days("dpd", facts, terms.write_off_dpd)


def blocks_withdrawing(_facts: CaseFacts, _terms: AuthorityTerms) -> Iterator[Blocker]:
    """The lender may take a case back whenever it has a reason."""
    yield from ()


def _days(code: str, facts: CaseFacts, need: int) -> Blocker:
    """Days past due that are still missing; they come by themselves while something is in arrears."""
    missing = need - facts.days_past_due
    earliest = facts.on + dt.timedelta(days=missing) if facts.arrears else None
    return Blocker(code, str(facts.days_past_due), str(need), earliest)


def _stopped(facts: CaseFacts) -> Iterator[Blocker]:
    if facts.is_held:
        yield Blocker("hold")


Blocks = Callable[[CaseFacts, EscalationTerms], Iterator[Blocker]]
BlocksClosing = Callable[[CaseFacts, AuthorityTerms], Iterator[Blocker]]
