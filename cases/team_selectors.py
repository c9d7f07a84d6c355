"""What a supervisor sees: who is on what, what nobody logged, what was promised, what waits for a decision."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from cases.decision_selectors import Asked, asked, promises_visible_to
from cases.models import Case
from cases.promise_selectors import Kept, kept_by, open_cases_of
from contacts.lifecycle import PromiseState
from contacts.models import Attempt, Channel, Clearance, FollowUp, FollowUpKind, Promise, Reservation
from contacts.selectors import NOT_KEPT
from holds.selectors import Pair
from loans.models import Portfolio
from loans.selectors import portfolios_visible_to
from staff.models import User
from staff.roles import PERMISSIONS

# A call that is not logged after this time is asked about.
UNLOGGED_AFTER = dt.timedelta(minutes=5)
# Older ones nobody can clear up any more; they would hide those of today.
UNLOGGED_FOR = dt.timedelta(days=7)
SHOWN = 50
# What somebody who answers for the team has to see to, and what is theirs once it is late.
ANSWERS = (FollowUpKind.COMPLAINT, FollowUpKind.SETTLEMENT)


@dataclass(frozen=True, slots=True)
class Promised:
    """The promises somebody took today in one currency; currencies are never added."""

    currency: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PersonToday:
    """One person's day: on which case, and what they did, money beside compliance.

    Attempts, and who was reached, are calls of ours; refusals are contacts the gate did not allow.
    """

    person: User
    on_case: Case | None
    open_cases: int
    attempts: int
    reached: int
    right_party: int
    promised: Sequence[Promised]
    refusals: int
    kept: Kept

    @property
    def promises(self) -> int:
        """How many promises they took."""
        return sum(each.count for each in self.promised)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the team board shows at a moment."""

    people: Sequence[PersonToday]
    unlogged: Sequence[Reservation]
    due: Sequence[Promise]
    broken: Sequence[Promise]
    asked: Sequence[Asked]
    to_answer: Sequence[FollowUp]
    late: Sequence[FollowUp]
    cases: dict[Pair, int] = field(default_factory=dict)

    @property
    def is_cut(self) -> bool:
        """Whether a part has more rows than the board shows."""
        parts = (self.unlogged, self.due, self.broken, self.asked, self.to_answer, self.late)
        return any(len(part) == SHOWN for part in parts)


def people_of(viewer: User) -> QuerySet[User]:
    """Everybody who calls: of one's own team, or all for those who watch over everybody."""
    callers = _staff_of(viewer).filter(is_active=True, role__in=PERMISSIONS["contacts.log"])
    return callers.select_related("team").order_by("team__name", "name", "username")


def _staff_of(viewer: User) -> QuerySet[User]:
    """Everybody whose work somebody may see, also those who left; who is in no team sees nobody's."""
    if viewer.has_perm("portfolios.all"):
        return User.objects.all()
    return User.objects.filter(team=viewer.team_id) if viewer.team_id else User.objects.none()


def board_of(viewer: User, *, on: dt.date, at: dt.datetime) -> Board:
    """The board; the same number of queries however many people and cases there are."""
    portfolios = portfolios_visible_to(viewer)
    people = list(people_of(viewer))
    promises = promises_visible_to(viewer)
    tasks = FollowUp.objects.filter(portfolio__in=portfolios, done_at=None).select_related("borrower", "portfolio")
    tomorrow = on + dt.timedelta(days=1)
    board = Board(
        people=_today(people, portfolios, on, at),
        unlogged=_unlogged(viewer, portfolios, at),
        due=list(promises.filter(state=PromiseState.OPEN, due_on__lte=tomorrow).order_by("due_on", "pk")[:SHOWN]),
        broken=list(promises.filter(state__in=NOT_KEPT, settled_on=on).order_by("-amount", "pk")[:SHOWN]),
        asked=asked(list(promises.filter(state=PromiseState.ASKED).order_by("pk")[:SHOWN]), viewer, at),
        to_answer=list(tasks.filter(kind__in=ANSWERS).order_by("due_at", "pk")[:SHOWN]),
        late=list(tasks.exclude(kind__in=ANSWERS).filter(due_at__lt=at).order_by("due_at", "pk")[:SHOWN]),
    )
    pairs = {(row.borrower_id, row.portfolio_id) for row in (*board.due, *board.broken)}
    pairs |= {(item.promise.borrower_id, item.promise.portfolio_id) for item in board.asked}
    pairs |= {(row.borrower_id, row.portfolio_id) for row in (*board.to_answer, *board.late)}
    pairs |= {(slot.borrower_id, slot.clearance.portfolio_id) for slot in board.unlogged}
    board.cases.update(open_cases_of(pairs))
    return board


def _unlogged(viewer: User, portfolios: QuerySet[Portfolio], at: dt.datetime) -> list[Reservation]:
    """The calls that were allowed and nobody has written down, the newest first."""
    open_slots = Reservation.objects.filter(
        by__in=_staff_of(viewer),
        clearance__portfolio__in=portfolios,
        logged_at=None,
        reserved_at__range=(at - UNLOGGED_FOR, at - UNLOGGED_AFTER),
    )
    return list(open_slots.select_related("by", "borrower", "clearance").order_by("-reserved_at", "-pk")[:SHOWN])


def _today(
    people: Collection[User], portfolios: QuerySet[Portfolio], on: dt.date, at: dt.datetime
) -> list[PersonToday]:
    ids, midnight = (
        [person.pk for person in people],
        timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0),
    )
    log = Attempt.objects.filter(by_id_then__in=ids, at__gte=midnight, undone=None, portfolio__in=portfolios)
    calls, promised = _calls(log), _promised(log)
    refused = Clearance.objects.filter(by_id_then__in=ids, allowed=False, at__gte=midnight, portfolio__in=portfolios)
    refusals = dict(refused.order_by().values_list("by_id_then").annotate(Count("pk")))
    owned = dict(_owned(ids, portfolios))
    leased = Case.objects.filter(lease_by__in=ids, lease_until__gt=at, portfolio__in=portfolios)
    here = {case.lease_by_id: case for case in leased.order_by("lease_until")}
    kept = kept_by(ids, on)
    return [
        PersonToday(
            person=person,
            on_case=here.get(person.pk),
            open_cases=owned.get(person.pk, 0),
            attempts=calls[person.pk][0],
            reached=calls[person.pk][1],
            right_party=calls[person.pk][2],
            promised=promised[person.pk],
            refusals=refusals.get(person.pk, 0),
            kept=kept[person.pk],
        )
        for person in people
    ]


def _calls(log: QuerySet[Attempt]) -> dict[int, tuple[int, int, int]]:
    """Calls, those that reached somebody, and those that reached the borrower, for each person."""
    counts: dict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    rows = (
        log.filter(is_inbound=False, counts_as_attempt=True, channel=Channel.CALL)
        .order_by()
        .values_list("by_id_then")
        .annotate(
            tried=Count("pk"),
            reached=Count("pk", filter=Q(contacted=True)),
            themselves=Count("pk", filter=Q(right_party=True)),
        )
    )
    for by, attempts, reached, right_party in rows:
        counts[by] = (attempts, reached, right_party)
    return counts


def _promised(log: QuerySet[Attempt]) -> dict[int, list[Promised]]:
    found: dict[int, list[Promised]] = defaultdict(list)
    taken = Promise.objects.filter(attempt__in=log).exclude(state=PromiseState.CANCELLED)
    rows = taken.values_list("made_by_id_then", "portfolio__currency").annotate(Count("pk"), Sum("amount"))
    for by, currency, count, amount in rows.order_by("portfolio__currency"):
        found[by].append(Promised(currency, count, amount))
    return found


def _owned(ids: Collection[int], portfolios: QuerySet[Portfolio]) -> QuerySet[Case, tuple[int, int]]:
    open_ones = Case.objects.exclude(stage="closed").filter(owner__in=ids, portfolio__in=portfolios).order_by()
    return open_ones.values_list("owner").annotate(Count("pk"))
