"""The list of legal: what it shows of a case, and which cases each of its views has."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, QuerySet

from cases.lifecycle import Stage
from cases.models import Case
from cases.selectors import CHUNK, Found, cases_visible_to, found_for
from contacts.letter_models import LetterFate, LetterKind, LetterReceipt
from legal.lifecycle import State
from legal.models import Referral
from legal.selectors import (
    court_restarts,
    current_referrals,
    referrals_visible_to,
    terms_of_line,
    waiting_for_referral,
)
from loans.models import EventKind, Instalment, Loan, LoanEvent
from loans.selectors import portfolios_visible_to
from rulebook.escalation import blocks_legal
from rulebook.legal_steps import Deadline, Urgency, next_deadline, warning_of
from rulebook.limitation import Restart
from staff.models import User

# Stages in which the end of limitation is watched.
WATCHED = (Stage.FIELD, Stage.LEGAL)


@dataclass(frozen=True, slots=True)
class Look:
    """What the list shows of one case: its referral, the deadline that runs, and the end of limitation."""

    found: Found
    referral: Referral | None
    deadline: Deadline | None
    urgency: Urgency | None
    expires_on: dt.date | None
    # The days of warning that are reached; 0 when the period is over, None while it is far off.
    warning: int | None


def looks_at(cases: Collection[Case], on: dt.date) -> dict[int, Look]:
    """What the list shows of some cases; the same queries however many there are."""
    found = found_for([(case.borrower_id, case.portfolio_id) for case in cases], on)
    referrals, restarts = current_referrals([case.pk for case in cases]), court_restarts([case.pk for case in cases])
    return {
        case.pk: _look(found[case.borrower_id, case.portfolio_id], referrals.get(case.pk), restarts[case.pk])
        for case in cases
    }


def _look(found: Found, referral: Referral | None, restarts: Sequence[Restart]) -> Look:
    on, terms = found.facts.on, found.terms.terms.legal
    deadline = next_deadline(referral.state, referral.state_on, terms) if referral else None
    expires_on = min((its.expires_on for its in found.limitations(restarts).values()), default=None)
    return Look(
        found=found,
        referral=referral,
        deadline=deadline,
        urgency=deadline.urgency(on, terms.warn_step_days) if deadline else None,
        expires_on=expires_on,
        warning=warning_of(expires_on, on, terms.warn_days) if expires_on else None,
    )


def under_way(user: User) -> QuerySet[Case]:
    """Cases with an open referral, that the user may see."""
    its = Referral.objects.filter(case=OuterRef("pk")).exclude(state=State.ENDED)
    return cases_visible_to(user).filter(Exists(its))


def with_deadline(user: User, on: dt.date) -> list[int]:
    """Cases whose deadline has passed or is near."""
    return [referral.case_id for referral, _deadline, urgency in deadlines(user, on) if urgency is not Urgency.LATER]


def deadlines(user: User, on: dt.date) -> list[tuple[Referral, Deadline, Urgency]]:
    """Every deadline that runs, the nearest first."""
    found = []
    terms = {
        line: terms_of_line(line, on) for line in portfolios_visible_to(user).values_list("policy_line", flat=True)
    }
    for referral in referrals_visible_to(user).exclude(state=State.ENDED):
        its = terms[referral.case.portfolio.policy_line]
        if deadline := next_deadline(referral.state, referral.state_on, its):
            found.append((referral, deadline, deadline.urgency(on, its.warn_step_days)))
    return sorted(found, key=lambda row: (row[1].on, row[0].pk))


def to_open(user: User) -> QuerySet[Case]:
    """Cases that have come to legal and whose referral nobody has opened yet."""
    return cases_visible_to(user).filter(pk__in=waiting_for_referral().values("pk"))


def ending_soon(user: User, on: dt.date) -> list[int]:
    """Cases in field or legal whose limitation period is over or ends within the days of warning."""
    return [case.pk for case, look in _looks(_old(user, on), on) if look.warning is not None]


def _old(user: User, on: dt.date) -> QuerySet[Case]:
    """Cases with a loan whose last instalment fell due so long ago that its limitation period may end soon."""
    lines = set(portfolios_visible_to(user).values_list("policy_line", flat=True))
    terms = [terms_of_line(line, on) for line in lines]
    since = max((on + dt.timedelta(days=max(its.warn_days) - 365 * its.limitation_years) for its in terms), default=on)
    to_come = Instalment.objects.filter(loan=OuterRef("pk"), due_on__gt=since)
    whole = LoanEvent.objects.filter(loan=OuterRef("pk"), kind=EventKind.ACCELERATION, value_on__lte=since)
    late = Loan.objects.filter(borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"), closed_on=None)
    old = late.filter(oldest_unpaid_due_on__isnull=False).filter(~Exists(to_come) | Exists(whole))
    return cases_visible_to(user).filter(Exists(old), stage__in=WATCHED)


def ready(user: User, on: dt.date) -> list[int]:
    """Cases in field that nothing blocks any more from going to legal; the demand letter comes first."""
    demanded = LetterReceipt.objects.filter(
        kind=LetterFate.DELIVERED, letter__kind=LetterKind.DEMAND, letter__borrower=OuterRef("borrower")
    )
    cases = cases_visible_to(user).filter(Exists(demanded), stage=Stage.FIELD)
    return [case.pk for case, look in _looks(cases, on) if not any(_blockers(case, look.found))]


def _blockers(case: Case, found: Found) -> Iterator[object]:
    facts = replace(found.facts, stage_since=case.stage_since)
    yield from blocks_legal(facts, found.terms.terms.escalation)


def _looks(cases: QuerySet[Case], on: dt.date) -> Iterator[tuple[Case, Look]]:
    rows = list(cases.order_by("pk"))
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        looks = looks_at(chunk, on)
        yield from ((case, looks[case.pk]) for case in chunk)
