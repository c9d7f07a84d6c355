"""Reading visits: who may see which, what speaks against one by now, and what is missing in its evidence."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q, QuerySet

from borrowers.models import Address, Status
from cases.lifecycle import Stage
from cases.models import Case
from contacts.lifecycle import PromiseState
from contacts.models import Promise
from contacts.selectors import local_day, local_time
from holds.models import Hold
from holds.selectors import Pair
from loans.models import Loan, Portfolio
from loans.selectors import portfolios_visible_to
from policies.selectors import terms_history
from rulebook.terms import VisitTerms
from staff.models import User
from staff.roles import PERMISSIONS
from visits.lifecycle import AHEAD, MADE, State
from visits.models import Visit, VisitPhoto

# Whoever may make visits can be sent on one.
AGENTS = PERMISSIONS["visits.make"]
# Beyond this a position says little about the door they stood at.
ACCURATE_M = Decimal(100)
# The clock of a telephone may differ from ours by so much before somebody asks why.
CLOCKS_DIFFER = dt.timedelta(minutes=10)


def visits_visible_to(user: User) -> QuerySet[Visit]:
    """The visits in portfolios the user may see."""
    visible = Visit.objects.filter(portfolio__in=portfolios_visible_to(user))
    return visible.select_related("case", "borrower", "portfolio", "address", "lead", "companion")


def may_see_evidence(user: User, visit: Visit) -> bool:
    """Whether somebody may see photos and the exact place: its visitors, and who judges or examines visits."""
    return visit.is_made_by(user) or user.has_perm("legal.view")


def made_by(user: User) -> QuerySet[Visit]:
    """The visits on which somebody is one of the two."""
    return visits_visible_to(user).filter(Q(lead=user) | Q(companion=user))


def agents_visible_to(user: User) -> QuerySet[User]:
    """Who makes visits in the portfolios the user may see, by name."""
    teams = Portfolio.teams.through.objects.filter(portfolio__in=portfolios_visible_to(user)).values("team")
    return User.objects.filter(is_active=True, role__in=AGENTS, team__in=teams).order_by("name", "username")


def makes_visits_in(portfolio: Portfolio, agent: User) -> bool:
    """Whether somebody can be sent on visits of a portfolio."""
    if not agent.is_active or agent.role not in AGENTS or agent.team_id is None:
        return False
    return portfolio.teams.filter(pk=agent.team_id).exists()


def usable_addresses(case: Case) -> QuerySet[Address]:
    """Where the borrower of a case may be visited."""
    return Address.objects.filter(borrower=case.borrower_id, status=Status.OK).order_by("pk")


def terms_of(portfolio: Portfolio, on: dt.date) -> VisitTerms:
    """What the policy that rules on a day says about visits."""
    return terms_history(portfolio.policy_line).on(on).terms.visits


class Against(StrEnum):
    """What speaks against a visit by now."""

    PAID = "paid"
    LEFT = "left"
    ADDRESS = "address"
    HOLD = "hold"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks against a visit, and until which day where that is known: the first day it no longer does."""

    code: Against
    hold: Hold | None = None
    until_on: dt.date | None = None

    @property
    def cancels(self) -> bool:
        """Whether the visit is called off for it; a promise may be broken again, so it only warns."""
        return self.code is not Against.PROMISE


def standing_of(visits: Collection[Visit], at: dt.datetime) -> dict[int, Standing]:
    """What has come between since visits were asked for, by their rows; who has nothing against them is left out.

    Read from payments, promises and holds as they are now, in three queries. `at` says which day it is.
    """
    ahead = [visit for visit in visits if visit.state in AHEAD]
    read = _Reading({visit.borrower_id for visit in ahead})
    found = {visit.pk: _standing(visit, read, at) for visit in ahead}
    return {pk: standing for pk, standing in found.items() if standing}


class _Reading:
    """What is on file about some borrowers that can speak against a visit."""

    def __init__(self, borrowers: set[int]) -> None:
        self.holds: dict[Pair, list[Hold]] = defaultdict(list)
        for hold in Hold.objects.filter(borrower__in=borrowers, stops_visits=True).order_by("pk"):
            self.holds[hold.borrower_id, hold.portfolio_id].append(hold)
        promises = Promise.objects.filter(borrower__in=borrowers, state=PromiseState.OPEN)
        columns = ("borrower_id", "portfolio_id", "due_on")
        self.promised = {(borrower, portfolio): due for borrower, portfolio, due in promises.values_list(*columns)}
        self.unpaid: dict[Pair, list[dt.date]] = defaultdict(list)
        late = Loan.objects.filter(borrower__in=borrowers, oldest_unpaid_due_on__isnull=False, closed_on=None)
        for borrower, portfolio, due_on in late.values_list("borrower_id", "portfolio_id", "oldest_unpaid_due_on"):
            if due_on:
                self.unpaid[borrower, portfolio].append(due_on)


def _standing(visit: Visit, read: _Reading, at: dt.datetime) -> Standing | None:
    pair, today = (visit.borrower_id, visit.portfolio_id), local_day(at, visit.portfolio.timezone)
    # What is over before the visit does not stand in its way.
    on = max(today, visit.day or today)
    if visit.case.stage in (Stage.WATCH, Stage.CLOSED) or not any(due_on < today for due_on in read.unpaid[pair]):
        return Standing(Against.PAID)
    if visit.case.stage != Stage.FIELD:
        return Standing(Against.LEFT)
    if visit.address.status != Status.OK:
        return Standing(Against.ADDRESS)
    if hold := next((hold for hold in read.holds[pair] if hold.is_active(on)), None):
        return Standing(Against.HOLD, hold=hold, until_on=hold.ends_on)
    promised_on = read.promised.get(pair)
    # On the day it is due it may be asked about.
    if promised_on and on < promised_on:
        return Standing(Against.PROMISE, until_on=promised_on)
    return None


class Missing(StrEnum):
    """A link that is missing in the evidence of a visit."""

    NO_PHOTO = "no_photo"
    NO_POSITION = "no_position"
    INACCURATE = "inaccurate"
    CLOCK = "clock"
    OUTSIDE_WINDOW = "outside_window"
    PHOTO_CLOCK = "photo_clock"
    PHOTO_KNOWN = "photo_known"


def missing_of(visit: Visit, photos: Sequence[VisitPhoto]) -> list[Missing]:
    """What a reviewer should ask about; nothing before somebody has arrived."""
    if visit.arrived_at is None or visit.state not in (State.ARRIVED, *MADE):
        return []
    hashes = [photo.sha256 for photo in photos]
    arrived = local_time(visit.arrived_at, visit.portfolio.timezone)
    came_late = arrived.date() != visit.day or not _within(visit, arrived.time())
    found = {
        Missing.NO_PHOTO: not photos,
        Missing.NO_POSITION: not visit.position,
        Missing.INACCURATE: visit.accuracy_m is not None and visit.accuracy_m > ACCURATE_M,
        Missing.CLOCK: _differ(visit.device_arrived_at, visit.arrived_at),
        Missing.OUTSIDE_WINDOW: came_late,
        Missing.PHOTO_CLOCK: any(_differ(photo.device_at, photo.added_at) for photo in photos),
        Missing.PHOTO_KNOWN: bool(hashes)
        and VisitPhoto.objects.filter(sha256__in=hashes).exclude(visit=visit.pk).exists(),
    }
    return [link for link, is_missing in found.items() if is_missing]


def _within(visit: Visit, time: dt.time) -> bool:
    return bool(visit.from_time and visit.until_time and visit.from_time <= time < visit.until_time)


def _differ(device: dt.datetime | None, ours: dt.datetime) -> bool:
    return device is None or abs(device - ours) > CLOCKS_DIFFER
