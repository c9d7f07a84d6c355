"""Small steps of a visit through the real services, so that a test shows only what it is about."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from borrowers.models import Address
from cases.models import Case
from staff.models import User
from staff.roles import Role
from tests.cases.build import a_case
from tests.loans.build import day, person, team
from visits import made_services, plan_services, services
from visits.models import Visit
from visits.plan_selectors import Plan

ZONE = ZoneInfo("Asia/Shanghai")
# The smallest picture there is, for photos that only have to be photos.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def at(clock: str, on: str = "02-12") -> dt.datetime:
    """A moment of 2025 by the clock where the borrower is, "10:00" on "02-12"."""
    return dt.datetime.combine(day(on), dt.time.fromisoformat(clock), ZONE)


def agent(name: str = "an", of: str = "North") -> User:
    found = User.objects.filter(username=f"agent-{name}").first()
    return found or User.objects.create_user(f"agent-{name}", role=Role.FIELD_AGENT, team=team(of))


def a_field_case(**loan: Any) -> Case:
    case = a_case(**loan)
    Case.objects.filter(pk=case.pk).update(stage="field", chased_at="field")
    return Case.objects.get(pk=case.pk)


def requested(case: Case | None = None, *, of: str = "North", clock: str = "10:00", on: str = "02-10") -> Visit:
    case = case or a_field_case(seen_by=of)
    where, by = Address.objects.get(borrower=case.borrower), person(Role.COLLECTOR, of=of)
    return services.request(case=case, address=where, wish="hand over the demand", by=by, on=day(on), at=at(clock, on))


def approved(case: Case | None = None, *, of: str = "North") -> Visit:
    return services.approve(visit=requested(case, of=of), by=person(Role.SUPERVISOR, of=of), at=at("11:00", "02-10"))


def plan(on: str = "02-12", window: str = "09:00-12:00", names: str = "an bo", of: str = "North") -> Plan:
    """A plan as "09:00-12:00" by "an bo"."""
    from_time, until_time = (dt.time.fromisoformat(clock) for clock in window.split("-"))
    lead, companion = (agent(name, of) for name in names.split())
    return Plan(day(on), from_time, until_time, lead, companion)


def scheduled(visit: Visit | None = None, *, of: str = "North", **when: str) -> Visit:
    by = person(Role.SUPERVISOR, of=of)
    return plan_services.schedule(
        visit=visit or approved(of=of), plan=plan(of=of, **when), by=by, at=at("12:00", "02-10")
    )


HERE = made_services.Position(Decimal("39.983424"), Decimal("116.322987"), Decimal("12.5"), at("10:00"))


def arrived(visit: Visit | None = None, *, of: str = "North") -> Visit:
    visit = visit or scheduled(of=of)
    return made_services.arrive(visit=visit, position=HERE, explanation="", by=agent("an", of), at=at("10:00"))


def done(visit: Visit | None = None, *, of: str = "North", **report: Any) -> Visit:
    visit = visit or arrived(of=of)
    report = {"outcome": "NOTHOME", "met": "nobody", **report}
    made_services.add_photo(visit=visit, content=PNG, device_at=at("10:05"), by=agent("an", of), at=at("10:05"))
    return made_services.finish(visit=visit, report=made_services.Report(**report), by=agent("an", of), at=at("10:20"))


def moves(visit: Visit) -> list[str]:
    """What was done to a visit, from the first on."""
    return list(visit.changes.order_by("pk").values_list("move", flat=True))
