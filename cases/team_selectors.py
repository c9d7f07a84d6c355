"""What a supervisor sees: who is on what, what nobody logged, what was promised, what waits for a decision."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from cases.models import Case
from cases.promise_selectors import Kept, kept_by, open_cases_of
from contacts.lifecycle import PromiseState
from contacts.models import Attempt, Clearance, FollowUp, FollowUpKind, Promise, Reservation
from contacts.selectors import NOT_KEPT
from holds.selectors import Pair
from loans.models import Portfolio
from loans.selectors import portfolios_visible_to
from rulebook.money import ZERO
from staff.models import User
from staff.roles import PERMISSIONS

# A call that is not logged after this time is asked about.
UNLOGGED_AFTER = dt.timedelta(minutes=5)
SHOWN = 50
# What somebody who answers for the team has to see to, and what is theirs once it is late.
ANSWERS = (FollowUpKind.COMPLAINT, FollowUpKind.SETTLEMENT)


@dataclass(frozen=True, slots=True)
class PersonToday:
    """One person's day: on which case, and what they did, money beside compliance."""

    person: User
    on_case: Case | None
    open_cases: int
    attempts: int
    reached: int
    right_party: int
    promised: int
    promised_amount: Decimal
    refusals: int
    kept: Kept


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the team board shows at a moment."""

    people: Sequence[PersonToday]
    unlogged: Sequence[Reservation]
    due: Sequence[Promise]
    broken: Sequence[Promise]
    asked: Sequence[Promise]
    to_answer: Sequence[FollowUp]
    late: Sequence[FollowUp]
    cases: dict[Pair, int] = field(default_factory=dict)


def people_of(viewer: User) -> QuerySet[User]:
    """Everybody who calls: of one's own team, or all for those who watch over everybody."""
    callers = User.objects.filter(is_active=True, role__in=PERMISSIONS["contacts.log"])
    mine = callers if viewer.has_perm("portfolios.all") else callers.filter(team=viewer.team_id)
    return mine.select_related("team").order_by("name", "username")


def board_of(viewer: User, *, on: dt.date, at: dt.datetime) -> Board:
    """The board; the same number of queries however many people and cases there are."""
    portfolios = portfolios_visible_to(viewer)
    people = list(people_of(viewer))
    promises = Promise.objects.filter(portfolio__in=portfolios).select_related("borrower", "portfolio")
    tasks = FollowUp.objects.filter(portfolio__in=portfolios, done_at=None).select_related("borrower", "portfolio")
    tomorrow = on + dt.timedelta(days=1)
    board = Board(
        people=_today(people, portfolios, on),
        unlogged=_unlogged(people, at),
        due=list(promises.filter(state=PromiseState.OPEN, due_on__lte=tomorrow).order_by("due_on", "pk")[:SHOWN]),
        broken=list(promises.filter(state__in=NOT_KEPT, settled_on=on).order_by("-amount", "pk")[:SHOWN]),
        asked=list(promises.filter(state=PromiseState.ASKED).order_by("pk")[:SHOWN]),
        to_answer=list(tasks.filter(kind__in=ANSWERS).order_by("due_at", "pk")[:SHOWN]),
        late=list(tasks.exclude(kind__in=ANSWERS).filter(due_at__lt=at).order_by("due_at", "pk")[:SHOWN]),
    )
    pairs = {(row.borrower_id, row.portfolio_id) for row in (*board.due, *board.broken, *board.asked)}
    pairs |= {(row.borrower_id, row.portfolio_id) for row in (*board.to_answer, *board.late)}
    pairs |= {(slot.borrower_id, slot.clearance.portfolio_id) for slot in board.unlogged}
    board.cases.update(open_cases_of(pairs))
    return board


def _unlogged(people: Collection[User], at: dt.datetime) -> list[Reservation]:
    open_slots = Reservation.objects.filter(by__in=people, logged_at=None, reserved_at__lt=at - UNLOGGED_AFTER)
    return list(open_slots.select_related("by", "borrower", "clearance__portfolio").order_by("reserved_at")[:SHOWN])


def _today(people: Collection[User], portfolios: QuerySet[Portfolio], on: dt.date) -> list[PersonToday]:
    ids = [person.pk for person in people]
    log = Attempt.objects.filter(by_id_then__in=ids, on=on, undone=None, portfolio__in=portfolios)
    attempts = Counter(log.values_list("by_id_then", flat=True))
    reached = Counter(log.filter(contacted=True).values_list("by_id_then", flat=True))
    right = Counter(log.filter(right_party=True).values_list("by_id_then", flat=True))
    taken = Promise.objects.filter(attempt__in=log).exclude(state=PromiseState.CANCELLED).values_list("made_by_id_then")
    sums = {by: (count, amount) for by, count, amount in taken.annotate(Count("pk"), Sum("amount"))}
    refused = Clearance.objects.filter(by_id_then__in=ids, allowed=False, at__date=on, portfolio__in=portfolios)
    refusals = Counter(refused.values_list("by_id_then", flat=True))
    owned = dict(_owned(ids, portfolios))
    here = {case.lease_by_id: case for case in Case.objects.filter(lease_by__in=ids, portfolio__in=portfolios)}
    kept = kept_by(ids, on)
    return [
        PersonToday(
            person=person,
            on_case=here.get(person.pk),
            open_cases=owned.get(person.pk, 0),
            attempts=attempts[person.pk],
            reached=reached[person.pk],
            right_party=right[person.pk],
            promised=sums.get(person.pk, (0, ZERO))[0],
            promised_amount=sums.get(person.pk, (0, ZERO))[1],
            refusals=refusals[person.pk],
            kept=kept[person.pk],
        )
        for person in people
    ]


def _owned(ids: Collection[int], portfolios: QuerySet[Portfolio]) -> QuerySet[Case, tuple[int, int]]:
    open_ones = Case.objects.exclude(stage="closed").filter(owner__in=ids, portfolio__in=portfolios).order_by()
    return open_ones.values_list("owner").annotate(Count("pk"))
