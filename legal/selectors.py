"""Reading referrals: who may see which, which deadline runs, and until when the debt can be enforced."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cases.lifecycle import Stage
from cases.models import Case, CaseMove
from cases.selectors import Found
from legal.lifecycle import Ending, State
from legal.models import Bundle, Cost, Referral, ReferralStep
from loans.selectors import portfolios_visible_to
from policies.selectors import terms_history
from rulebook.legal_steps import RESTARTS, Deadline, next_deadline
from rulebook.limitation import Limitation, Restart, RestartKind
from rulebook.money import ZERO
from rulebook.terms import LegalTerms
from staff.models import User

# After these endings what a court was asked for is as if it had not been.
FOR_NOTHING = (Ending.DISMISSED, Ending.WITHDRAWN)


def referrals_visible_to(user: User) -> QuerySet[Referral]:
    """The referrals of cases in portfolios the user may see."""
    visible = Referral.objects.filter(case__portfolio__in=portfolios_visible_to(user))
    return visible.select_related("case__borrower", "case__portfolio", "case__lead_loan")


def bundles_visible_to(user: User) -> QuerySet[Bundle]:
    """The bundles of referrals the user may see."""
    return Bundle.objects.filter(referral__in=referrals_visible_to(user)).select_related("referral__case", "file")


def terms_of(case: Case, on: dt.date) -> LegalTerms:
    """What the policy that rules a case says about the courts on a day."""
    return terms_of_line(case.portfolio.policy_line, on)


def terms_of_line(line: str, on: dt.date) -> LegalTerms:
    """What a policy line says about the courts on a day."""
    return terms_history(line).on(on).terms.legal


def waiting_for_referral() -> QuerySet[Case]:
    """Cases that have come to legal by a move that no referral answers to yet."""
    came = CaseMove.objects.filter(case=OuterRef("pk"), target=Stage.LEGAL).order_by("-pk").values("pk")[:1]
    answered = Referral.objects.filter(move=OuterRef("came"))
    cases = Case.objects.filter(stage=Stage.LEGAL).annotate(came=Subquery(came))
    return cases.filter(came__isnull=False).exclude(Exists(answered))


def cases_to_follow() -> list[int]:
    """Cases whose referral has to be opened or ended: they came to legal, or left it, since somebody looked."""
    left = Referral.objects.exclude(state=State.ENDED).exclude(case__stage=Stage.LEGAL)
    arrived = waiting_for_referral().values_list("pk", flat=True)
    return sorted({*arrived, *left.values_list("case", flat=True)})


def is_to_open(case: Case) -> bool:
    """Whether a case has come to legal and nobody has opened its referral yet."""
    return waiting_for_referral().filter(pk=case.pk).exists()


def deadline_of(referral: Referral, on: dt.date) -> Deadline | None:
    """The deadline that runs while a referral stands where it does."""
    return next_deadline(referral.state, referral.state_on, terms_of(referral.case, on))


def current_referrals(cases: Collection[int]) -> dict[int, Referral]:
    """The latest referral of each case, under way or ended."""
    rows = Referral.objects.filter(case__in=cases).select_related("case__portfolio").order_by("pk")
    return {referral.case_id: referral for referral in rows}


def court_restarts(cases: Collection[int]) -> dict[int, list[Restart]]:
    """What courts were asked for begins the limitation period of a case anew, and so does the end of a procedure."""
    found: dict[int, list[Restart]] = defaultdict(list)
    referrals = Referral.objects.filter(case__in=cases).order_by("pk")
    steps = ReferralStep.objects.filter(referral__in=referrals, corrects=None, corrected_by=None).order_by("pk")
    grouped: dict[int, list[ReferralStep]] = defaultdict(list)
    for step in steps.select_related("referral"):
        grouped[step.referral_id].append(step)
    for its in grouped.values():
        found[its[0].referral.case_id].extend(_restarts(its))
    return found


def _restarts(steps: Sequence[ReferralStep]) -> Iterator[Restart]:
    asked = [Restart(step.on, RestartKind(RESTARTS[step.target])) for step in steps if step.target in RESTARTS]
    end = next((step for step in steps if step.target == State.ENDED), None)
    if not asked or (end and end.ended_as in FOR_NOTHING):
        return
    yield from asked
    if end:
        yield Restart(end.on, asked[-1].kind)


@dataclass(frozen=True, slots=True)
class LoanLimitation:
    """Until when one loan of a case can be enforced, and why."""

    loan_no: str
    limitation: Limitation
    last_due_on: dt.date


def limitations_of(case: Case, found: Found) -> list[LoanLimitation]:
    """Until when each overdue loan of a case can be enforced, the first to end first."""
    restarts = court_restarts([case.pk])[case.pk]
    last = {
        book.loan.loan_no: max(row.due_on for row in book.standing(found.facts.on).schedule) for book in found.books
    }
    its = [LoanLimitation(loan_no, limited, last[loan_no]) for loan_no, limited in found.limitations(restarts).items()]
    return sorted(its, key=lambda row: row.limitation.expires_on)


@dataclass(frozen=True, slots=True)
class ChargedCost:
    """A cost of a referral, and whether it was taken back on the loan's page."""

    cost: Cost
    is_reversed: bool


def costs_of(referral: Referral) -> tuple[list[ChargedCost], Decimal]:
    """The costs of a referral in order, and the sum of those that count."""
    rows = Cost.objects.filter(referral=referral).select_related("event__loan", "receipt").order_by("pk")
    taken_back = set(rows.filter(event__reversed_by__isnull=False).values_list("pk", flat=True))
    costs = [ChargedCost(row, row.pk in taken_back) for row in rows]
    return costs, sum((row.cost.event.amount for row in costs if not row.is_reversed), ZERO)


def steps_of(referral: Referral) -> QuerySet[ReferralStep]:
    """Every row of a referral in order, those taken back too."""
    return referral.steps.select_related("corrects", "corrected_by").order_by("pk")


def receipts_visible_to(user: User) -> QuerySet[Cost]:
    """The costs with a receipt that the user may see."""
    costs = Cost.objects.filter(referral__in=referrals_visible_to(user), receipt__isnull=False)
    return costs.select_related("receipt", "referral")
