"""The whole life of a case as one story: what every room knows of it, in order, and by which policy version."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _

from approvals.models import ApprovalChange
from bureau.models import RecordDispute, RecordRow
from cases.lifecycle import Stage
from cases.models import Case, VisitsWaived
from cases.timeline_selectors import Item, timeline
from legal.models import Bundle, ReferralStep
from letters.models import Letter
from loans.models import Component as ComponentWords
from loans.models import Loan
from loans.selectors import LoanBook, books_of
from policies.selectors import terms_history
from rulebook.money import ZERO
from rulebook.replay import EntryKind
from rulebook.terms import Component, TermsHistory
from staff.models import User
from ui.formats import day, money
from visits.change_selectors import move_name, why
from visits.models import VisitChange

# Of a life that is longer than this the timeline tells the latest part.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened: when, what, who and why; `entry` where the case's own timeline tells it."""

    at: dt.datetime
    kind: str
    label: str | Words = ""
    texts: Sequence[str] = ()
    why: str = ""
    who: str = ""
    version: str = ""
    entry: Item | None = None


@dataclass(slots=True)
class Chapter:
    """What happened while a case was in one stage; the first may begin before there was a case."""

    stage: str
    began_on: dt.date | None
    told: list[Told] = field(default_factory=list)


Teller = Callable[[Case], Iterator[Told]]


def story(case: Case, user: User) -> list[Chapter]:
    """Everything about a case that somebody may know, from the first day on, in chapters by its stage."""
    told = [Told(item.at, item.kind, who=item.who, entry=item) for item in reversed(timeline(case, most=MOST))]
    for permission, tell in TELLERS:
        if user.has_perm(permission):
            told.extend(tell(case))
    history, zone = terms_history(case.portfolio.policy_line), ZoneInfo(case.portfolio.timezone)
    chapters: list[Chapter] = [Chapter("", None)]
    for one in sorted(told, key=_in_order):
        if one.entry and one.entry.move:
            move = one.entry.move
            chapters.append(Chapter(str(Stage(move.target).label), move.on))
        chapters[-1].told.append(_with_version(one, case.portfolio.policy_line, history, zone))
    return [chapter for chapter in chapters if chapter.told]


def _in_order(one: Told) -> tuple[dt.datetime, bool, int]:
    """Of what happened at one moment a move comes after what brought it about, moves in the order of their rows."""
    move = one.entry.move if one.entry else None
    return one.at, move is not None, move.pk if move else 0


def _with_version(one: Told, line: str, history: TermsHistory, zone: ZoneInfo) -> Told:
    """The policy version that it was decided by, or else the one that ruled on its day."""
    if one.entry and one.entry.move:
        version = str(one.entry.move.policy_version)
    else:
        version = one.version or f"{line} v{history.on(one.at.astimezone(zone).date()).version}"
    return Told(one.at, one.kind, one.label, one.texts, one.why, one.who, version, one.entry)


def _approvals(case: Case) -> Iterator[Told]:
    rows = ApprovalChange.objects.filter(approval__case=case).select_related("approval__policy_version")
    for row in rows.order_by("pk")[:MOST]:
        texts = [row.approval.get_kind_display(), row.get_target_display()]
        version = str(row.approval.policy_version)
        yield Told(row.at, "approval", _("Approval"), texts, row.reason, row.by_name, version)


def _waived(case: Case) -> Iterator[Told]:
    for row in VisitsWaived.objects.filter(case=case).order_by("pk"):
        label = _("Visits are asked for again") if row.is_taken_back else _("Visits waived")
        yield Told(row.at, "approval", label, [], row.reason, row.by_name)


def _visits(case: Case) -> Iterator[Told]:
    rows = VisitChange.objects.filter(visit__case=case).select_related("visit")
    for row in rows.order_by("pk")[:MOST]:
        # Who asked for the first visit did so with the approval; the row of it was written when that was agreed to.
        who = row.visit.requested_by_name if row.move == "request" else row.by_name
        texts = [move_name(row.move)]
        if row.move == "schedule":
            texts.extend(str(value) for value in row.details.values())
        yield Told(row.at, "visit", _("Visit"), texts, why(row.reason), who)


def _letters(case: Case) -> Iterator[Told]:
    """What was written and not sent; the timeline tells of what left the house."""
    for row in Letter.objects.filter(case=case).select_related("policy_version").order_by("pk")[:MOST]:
        version = str(row.policy_version)
        texts = [row.get_kind_display(), row.reference]
        yield Told(row.written_at, "letter", _("Letter written"), texts, "", row.written_by_name, version)
        if row.voided_at:
            yield Told(
                row.voided_at, "letter", _("Letter called off"), texts, row.void_reason, row.voided_by_name, version
            )


def _legal(case: Case) -> Iterator[Told]:
    steps = ReferralStep.objects.filter(referral__case=case).select_related("corrects")
    for row in steps.order_by("pk")[:MOST]:
        label = _("Legal step taken back") if row.corrects else _("Legal step")
        texts = [row.get_target_display(), day(row.on), row.document]
        if row.ended_as:
            texts.append(row.get_ended_as_display())
        yield Told(row.at, "legal", label, [text for text in texts if text], row.note, row.by_name)
    for bundle in Bundle.objects.filter(referral__case=case).order_by("pk")[:MOST]:
        yield Told(bundle.at, "legal", _("Bundle made"), [bundle.sha256[:16]], "", bundle.by_name)


def _record(case: Case) -> Iterator[Told]:
    rows = RecordRow.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id)
    since = rows.filter(Q(as_of_on__gte=case.opened_on) | Q(reported_on__gte=case.opened_on))
    for row in since.select_related("loan", "policy_version", "corrects").order_by("pk")[:MOST]:
        label = _("Record corrected") if row.corrects else _("Reported to the bureau")
        texts = [f"{row.code} · {row.get_code_display()}", str(row.loan), day(row.as_of_on), money(row.overdue_amount)]
        if row.corrects:
            texts.append(_("before: %(code)s") % {"code": row.corrects.code})
        if row.expires_on:
            texts.append(_("kept until %(day)s") % {"day": day(row.expires_on)})
        version = str(row.policy_version)
        yield Told(row.reported_at, "record", label, texts, row.get_reason_display(), row.by_name, version)
    for dispute in RecordDispute.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id).order_by("pk"):
        loan = str(dispute.loan)
        due = _("answer by %(day)s") % {"day": day(dispute.due_on)}
        yield Told(dispute.opened_at, "record", _("Record disputed"), [loan, due], "", dispute.opened_by_name)
        if dispute.decided_at:
            texts = [loan, dispute.get_decision_display()]
            yield Told(dispute.decided_at, "record", _("Dispute answered"), texts, "", dispute.decided_by_name)


# Who may know of what the rooms above `cases` hold, as those rooms have it.
TELLERS: tuple[tuple[str, Teller], ...] = (
    ("approvals.view", _approvals),
    ("approvals.view", _waived),
    ("visits.view", _visits),
    ("letters.view", _letters),
    ("legal.view", _legal),
    ("bureau.view", _record),
)


@dataclass(frozen=True, slots=True)
class Balance:
    """One component of what a case's loans were charged, and where it went; the two sides are equal to the cent."""

    component: Component
    charged: Decimal
    paid: Decimal
    waived: Decimal
    owed: Decimal

    @property
    def label(self) -> str:
        """The component in words."""
        return str(ComponentWords(self.component.value).label)

    @property
    def is_balanced(self) -> bool:
        """Whether everything that was charged is accounted for."""
        return self.charged == self.paid + self.waived + self.owed


def balances(case: Case, on: dt.date) -> list[Balance]:
    """Costs, penalty, interest and principal of all loans of a case up to a day, from their ledgers."""
    loans = Loan.objects.filter(borrower=case.borrower_id, portfolio=case.portfolio_id).select_related("portfolio")
    books = books_of(list(loans.order_by("pk")))
    return [_balance(component, books, on) for component in Component]


def _balance(component: Component, books: Sequence[LoanBook], on: dt.date) -> Balance:
    standings = [book.standing(on) for book in books]
    sums = {kind: ZERO for kind in EntryKind}
    for entry in (entry for found in standings for entry in found.entries if entry.component is component):
        sums[entry.kind] += entry.amount
    charged = sums[EntryKind.CHARGED]
    if component is Component.PRINCIPAL:
        owed = sum((part.principal for found in standings for part in found.instalments), ZERO)
        charged = sum((row.principal_due for book in books for row in book.schedule if row.due_on <= on), ZERO)
    elif component is Component.INTEREST:
        owed = sum((part.interest for found in standings for part in found.instalments), ZERO)
        charged = sum((row.interest_due for book in books for row in book.schedule if row.due_on <= on), ZERO)
    elif component is Component.PENALTY:
        owed = sum((found.penalty for found in standings), ZERO)
        charged += sum((part.amount for found in standings for part in found.accruals if part.posted_on is None), ZERO)
    else:
        owed = sum((found.cost for found in standings), ZERO)
    return Balance(component, charged, sums[EntryKind.PAID], sums[EntryKind.WAIVED], owed)
