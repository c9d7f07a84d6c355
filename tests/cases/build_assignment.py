"""A team with desks and some cases, and cases given to people through the real services."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from cases.assignment_services import Asked, Preview, hand_over, preview, run_handover, set_desk
from cases.models import Case, Desk, Handover
from staff.models import User
from staff.roles import Role
from tests.cases.build import AT, a_loan, close, day, person
from tests.loans.build import team

ON = day("02-09")


def supervisor(of: str = "North") -> User:
    return person(Role.SUPERVISOR, of=of)


def collector(name: str, *, of: str = "North", **more: Any) -> User:
    """Somebody of the team who is there by that name, hired when first named."""
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, name=name.title(), role=Role.COLLECTOR, team=team(of), **more)


def some_cases(count: int, owner: User | None = None, *, seen_by: str = "North", first: int = 1) -> list[Case]:
    """As many open cases, each of a borrower of its own."""
    numbers = [f"L{number}" for number in range(first, first + count)]
    portfolio = "consumer" if seen_by == "North" else "cards"
    for number in numbers:
        a_loan(loan_no=number, seen_by=seen_by, portfolio=portfolio)
    close("02-09")
    cases = Case.objects.filter(lead_loan__loan_no__in=numbers)
    cases.update(owner=owner)
    return list(cases.order_by("pk"))


def desk(who: User, capacity: int = 150, *cities: str, away: str | None = None, back: str | None = None) -> Desk:
    return set_desk(
        person=who,
        capacity=capacity,
        cities=cities,
        away_from_on=day(away) if away else None,
        back_on=day(back) if back else None,
        by=supervisor(who.team.name if who.team else "North"),
        at=AT,
    )


def previewed(strategy: str = "load", *, by: User | None = None, **asked: Any) -> Preview:
    return preview(asked=Asked(strategy, **asked), by=by or supervisor(), on=ON)


def planned(seen: Preview, *, by: User | None = None, at: dt.datetime = AT, reason: str = "Ann is ill") -> Handover:
    """What was seen, agreed to and waiting for a worker."""
    return hand_over(moves=seen.moves, strategy="load", reason=reason, by=by or supervisor(), at=at)


def carried_out(handover: Handover, at: dt.datetime = AT) -> Handover:
    run_handover(handover_id=handover.pk, on=ON, at=at)
    return Handover.objects.get(pk=handover.pk)


def owners(cases: Sequence[Case]) -> list[str | None]:
    """Who owns them now, in the same order."""
    now = dict(Case.objects.values_list("pk", "owner__username"))
    return [now[case.pk] for case in cases]
