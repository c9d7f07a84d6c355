"""The supervisors' board: what waits by district, and the days of a week with who goes where."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from cases.models import Desk
from contacts.selectors import local_day
from loans.selectors import portfolios_visible_to
from rulebook.terms import VisitTerms
from staff.models import User
from visits.lifecycle import ON_A_DAY, State
from visits.models import Visit
from visits.plan_selectors import Plan
from visits.selectors import (
    Standing,
    agents_visible_to,
    made_by,
    standing_of,
    terms_of,
    visits_visible_to,
)

DAYS = 7
# More than so many requests nobody can plan at once; the list has them all.
MOST = 100
A_DAY = dt.timedelta(days=1)
# What somebody may type into the address, as far as a calendar goes.
EARLIEST, LATEST = dt.date(1970, 1, 5), dt.date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Card:
    """A visit as a board shows it, with what speaks against it by now; `is_lead` in the row of who leads it."""

    visit: Visit
    standing: Standing | None = None
    is_lead: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's day: the stops in their order, out of how many, and whether they are away."""

    day: dt.date
    cards: Sequence[Card]
    most: int
    is_away: bool

    @property
    def is_full(self) -> bool:
        """Whether there is no place left."""
        return len(self.cards) >= self.most


@dataclass(frozen=True, slots=True)
class Row:
    """One person's week."""

    agent: User
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board of one week."""

    monday: dt.date
    waiting: Sequence[tuple[str, Sequence[Card]]] = ()
    rows: Sequence[Row] = ()
    to_review: Sequence[Visit] = ()
    is_cut: bool = False
    days: Sequence[dt.date] = field(default_factory=tuple)

    @property
    def before(self) -> dt.date:
        """The Monday before."""
        return self.monday - DAYS * A_DAY

    @property
    def after(self) -> dt.date:
        """The Monday after."""
        return self.monday + DAYS * A_DAY


def board_of(user: User, week_of: dt.date, at: dt.datetime) -> Board:
    """The board of the week that a day is in, as far as somebody may see; a fixed number of queries."""
    week_of = min(max(week_of, EARLIEST), LATEST)
    monday = week_of - week_of.weekday() * A_DAY
    days = [monday + number * A_DAY for number in range(DAYS)]
    mine = visits_visible_to(user)
    waiting = list(mine.filter(state__in=(State.REQUESTED, State.APPROVED)).order_by("requested_at", "pk")[: MOST + 1])
    planned = list(mine.filter(state__in=ON_A_DAY, day__range=(days[0], days[-1])).order_by("stop", "from_time", "pk"))
    against = standing_of([*waiting, *planned], at)
    return Board(
        monday=monday,
        days=days,
        waiting=_by_district([Card(visit, against.get(visit.pk)) for visit in waiting[:MOST]]),
        rows=_rows(user, days, planned, against),
        to_review=list(mine.filter(state=State.DONE).order_by("done_at", "pk")[:MOST]),
        is_cut=len(waiting) > MOST,
    )


def _by_district(cards: Sequence[Card]) -> list[tuple[str, Sequence[Card]]]:
    found: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        found[card.visit.district].append(card)
    return sorted(found.items())


def _rows(user: User, days: Sequence[dt.date], planned: Sequence[Visit], against: dict[int, Standing]) -> list[Row]:
    agents = list(agents_visible_to(user))
    # Whoever left the team or the job since stays on the board with what is still to be made: a colleague has to go.
    gone = {person.pk: person for visit in planned for person in (visit.lead, visit.companion) if person}
    agents += [person for pk, person in gone.items() if pk not in {agent.pk for agent in agents}]
    desks = {desk.person_id: desk for desk in Desk.objects.filter(person__in=agents)}
    most = _capacity(user, days[0])
    cards: dict[tuple[int, dt.date | None], list[Card]] = defaultdict(list)
    for visit in planned:
        for person, is_lead in ((visit.lead_id, True), (visit.companion_id, False)):
            cards[person or 0, visit.day].append(Card(visit, against.get(visit.pk), is_lead))
    return [
        Row(
            agent,
            [Cell(day, cards[agent.pk, day], most, agent.pk in desks and desks[agent.pk].is_away(day)) for day in days],
        )
        for agent in agents
    ]


def _capacity(user: User, on: dt.date) -> int:
    """How many visits somebody makes in a day: the least that a policy in sight allows."""
    lines = {portfolio.policy_line: portfolio for portfolio in portfolios_visible_to(user)}
    return min(
        (terms_of(portfolio, on).capacity_a_day for portfolio in lines.values()), default=VisitTerms().capacity_a_day
    )


def stops_of(user: User, at: dt.datetime) -> list[Visit]:
    """Somebody's visits of today, by the clock where each borrower is, in the order in which they are gone through."""
    about = (at.date() - A_DAY, at.date() + A_DAY)
    near = made_by(user).filter(day__range=about, state__in=ON_A_DAY).order_by("stop", "from_time", "pk")
    return [visit for visit in near if visit.day == local_day(at, visit.portfolio.timezone)]


def left_over(user: User, at: dt.datetime) -> list[Visit]:
    """What somebody has still to write down, or to answer, of days before."""
    open_ones = made_by(user).filter(state__in=(State.ARRIVED, State.RETURNED)).order_by("day", "pk")
    return [visit for visit in open_ones if visit.day != local_day(at, visit.portfolio.timezone)]


def agents_for(visit: Visit, user: User) -> QuerySet[User]:
    """Whom somebody can send on a visit."""
    return agents_visible_to(user).filter(team__in=visit.portfolio.teams.values("pk"))


def company_of(agent: User, day: dt.date, agents: Sequence[User]) -> User | None:
    """With whom somebody goes that day already; else the first other one who is free the whole day, if any."""
    theirs = Visit.objects.filter(day=day, state__in=ON_A_DAY).order_by("stop", "pk")
    pairs = list(theirs.values_list("lead", "companion"))
    together = next((pair for pair in pairs if agent.pk in pair), None)
    if together:
        other = together[1] if together[0] == agent.pk else together[0]
        return next((one for one in agents if one.pk == other), None)
    busy = {pk for pair in pairs for pk in pair}
    return next((one for one in agents if one.pk != agent.pk and one.pk not in busy), None)


def given(visit: Visit) -> Plan | None:
    """The plan a visit has now; None while it is on no day."""
    if visit.day and visit.from_time and visit.until_time and visit.lead and visit.companion:
        return Plan(visit.day, visit.from_time, visit.until_time, visit.lead, visit.companion)
    return None
