"""Reading who can own cases, which cases a team may give away, and the handovers it made."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from borrowers.models import Address, Status
from cases.models import Case, Desk, Handover
from cases.selectors import open_cases
from contacts.lifecycle import PromiseState
from contacts.models import Promise
from loans.models import Portfolio
from rulebook import assignment
from staff.models import User
from staff.roles import PERMISSIONS

# Whoever may log a contact can own a case.
OWNERS = PERMISSIONS["contacts.log"]


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """One person who can own cases, on a day: their desk, the open cases they have, and whether they are away."""

    person: User
    desk: Desk
    load: int
    is_away: bool

    @property
    def has_room(self) -> bool:
        """Whether they have fewer cases than they can take."""
        return self.load < self.desk.capacity

    @property
    def as_rule(self) -> assignment.Desk:
        """The desk as the rulebook knows it."""
        return assignment.Desk(self.person.pk, self.load, self.desk.capacity, frozenset(self.desk.cities), self.is_away)


def owners_of(team_id: int | None) -> QuerySet[User]:
    """Who in a team can own cases."""
    people = User.objects.filter(team=team_id, is_active=True, role__in=OWNERS)
    return people.order_by("name", "username") if team_id else people.none()


def desks_of(team_id: int | None, on: dt.date) -> list[DeskStatus]:
    """Everybody in a team who can own cases, by name; whoever nobody gave a desk has the default one."""
    people = list(owners_of(team_id))
    desks = {desk.person_id: desk for desk in Desk.objects.filter(person__in=people)}
    owned = open_cases().filter(owner__in=people).order_by().values_list("owner").annotate(Count("pk"))
    loads = dict(owned)
    found = []
    for person in people:
        desk = desks.get(person.pk) or Desk(person=person)
        found.append(DeskStatus(person, desk, loads.get(person.pk, 0), desk.is_away(on)))
    return found


def cases_to_give(team_id: int) -> QuerySet[Case]:
    """The open cases a team may give to its people: of its portfolios, and not owned by somebody of another team.

    Two teams may see one portfolio. Whoever has left, or sees the portfolio no longer, owns nothing that counts.
    """
    owners_team_sees_it = Portfolio.teams.through.objects.filter(
        portfolio_id=OuterRef("portfolio_id"), team_id=OuterRef("owner__team_id")
    )
    not_theirs = Q(owner=None) | Q(owner__is_active=False) | Q(owner__team=team_id) | ~Exists(owners_team_sees_it)
    return open_cases().filter(not_theirs, portfolio__in=Portfolio.objects.filter(teams=team_id))


def givers(team_id: int) -> list[tuple[User, int]]:
    """Whoever owns open cases that the team may give away, also when they have left, and how many."""
    owned = cases_to_give(team_id).filter(owner__isnull=False).order_by().values_list("owner").annotate(Count("pk"))
    counts = dict(owned)
    people = User.objects.filter(pk__in=counts).order_by("name", "username")
    return [(person, counts[person.pk]) for person in people]


def as_rules(cases: QuerySet[Case], *, most: int) -> list[assignment.ToAssign]:
    """So many cases as the rulebook knows them: the city of the first usable address, who took the open promise."""
    address = Address.objects.filter(borrower=OuterRef("borrower"), status=Status.OK).order_by("pk")
    promise = Promise.objects.filter(
        borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio"), state=PromiseState.OPEN
    )
    rows = cases.order_by("pk").values_list(
        "pk", Subquery(address.values("city")[:1]), Subquery(promise.values("made_by_id_then")[:1]), "owner"
    )
    return [assignment.ToAssign(pk, city or "", holder, owner) for pk, city, holder, owner in rows[:most]]


def handovers_of(team_id: int | None) -> QuerySet[Handover]:
    """The handovers of a team, newest first, without their plans."""
    theirs = Handover.objects.filter(team=team_id) if team_id else Handover.objects.none()
    return theirs.defer("plan").order_by("-asked_at", "-pk")


@dataclass(frozen=True, slots=True)
class Given:
    """How many cases went from one owner to another; None is the pool."""

    giver: User | None
    taker: User | None
    cases: int


def given_by(handover: Handover) -> list[Given]:
    """What a handover moved, by who gave and who got."""
    rows = handover.cases.filter(is_undo=False).order_by("to_owner__name", "from_owner__name", "to_owner", "from_owner")
    counted = list(rows.values_list("from_owner", "to_owner").annotate(Count("pk")))
    people = User.objects.in_bulk({pk for giver, taker, _count in counted for pk in (giver, taker) if pk})
    return [Given(people.get(giver), people.get(taker), count) for giver, taker, count in counted]
