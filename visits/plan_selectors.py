"""Whether two people can make a visit in a window of a day: every conflict by name, before anything is saved."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from cases.models import Desk
from contacts.place_clearance import PlaceTarget, decide_places
from contacts.selectors import local_time
from rulebook.contact_rules import Channel, Purpose, Rule
from staff.models import User
from visits.lifecycle import ON_A_DAY
from visits.models import Visit
from visits.selectors import makes_visits_in, terms_of

# The last minute of a window; its end itself is no part of it.
A_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """When a visit is to be made and by whom; the times are those where the borrower is."""

    day: dt.date
    from_time: dt.time
    until_time: dt.time
    lead: User
    companion: User

    @property
    def agents(self) -> tuple[User, User]:
        """The two who would go."""
        return self.lead, self.companion

    def as_json(self) -> dict[str, str]:
        """The plan as it is kept with a change."""
        return {
            "day": self.day.isoformat(),
            "window": f"{self.from_time:%H:%M}–{self.until_time:%H:%M}",
            "agents": ", ".join(agent.get_username() for agent in self.agents),
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a plan does not hold, in a sentence; from the gate with the rule and when it ends."""

    code: str
    text: str | Words = ""
    rule: Rule | None = None
    until: dt.datetime | None = None


def conflicts(visit: Visit, plan: Plan, at: dt.datetime) -> list[Conflict]:
    """Everything that speaks against a plan, each thing once."""
    if impossible := list(_impossible(visit, plan, at)):
        return impossible
    return [*_people(visit, plan), *_gate(visit, plan)]


def _impossible(visit: Visit, plan: Plan, at: dt.datetime) -> Iterator[Conflict]:
    if plan.from_time >= plan.until_time:
        yield Conflict("window", _("The window must end after it begins."))
    elif dt.datetime.combine(plan.day, plan.until_time) <= local_time(at, visit.portfolio.timezone).replace(
        tzinfo=None
    ):
        yield Conflict("past", _("That window is over already."))
    if plan.lead == plan.companion:
        yield Conflict("two", _("It takes two different people."))


def _people(visit: Visit, plan: Plan) -> Iterator[Conflict]:
    most = terms_of(visit.portfolio, plan.day).capacity_a_day
    desks = {desk.person_id: desk for desk in Desk.objects.filter(person__in=plan.agents)}
    their_own = Q(lead__in=plan.agents) | Q(companion__in=plan.agents)
    of_the_day = list(Visit.objects.filter(their_own, day=plan.day, state__in=ON_A_DAY).exclude(pk=visit.pk))
    for agent in plan.agents:
        who = {"person": agent, "most": most}
        theirs = [other for other in of_the_day if other.is_made_by(agent)]
        if not makes_visits_in(visit.portfolio, agent):
            yield Conflict("agent", _("%(person)s makes no visits in this portfolio.") % who)
        if agent.pk in desks and desks[agent.pk].is_away(plan.day):
            yield Conflict("away", _("%(person)s is away that day.") % who)
        if len(theirs) >= most:
            yield Conflict(
                "full", _("%(person)s has %(most)d visits that day already, as many as the policy allows.") % who
            )
        yield from (_overlap(agent, other) for other in theirs if _collides(plan, other))


def _collides(plan: Plan, other: Visit) -> bool:
    """Whether somebody would have to be in two places: two pairs at once. One pair goes from stop to stop."""
    same_pair = {plan.lead.pk, plan.companion.pk} == {other.lead_id, other.companion_id}
    if same_pair or other.from_time is None or other.until_time is None:
        return False
    return plan.from_time < other.until_time and other.from_time < plan.until_time


def _overlap(agent: User, other: Visit) -> Conflict:
    window = {"person": agent, "visit": other, "from": f"{other.from_time:%H:%M}", "until": f"{other.until_time:%H:%M}"}
    text = _("%(person)s is on visit %(visit)s with somebody else from %(from)s to %(until)s.") % window
    return Conflict("overlap", text)


def target_of(visit: Visit) -> PlaceTarget:
    """The visit as the gate knows it."""
    return PlaceTarget(visit.borrower, visit.portfolio, visit.address, Channel.VISIT, Purpose.COLLECT, visitors=2)


def _gate(visit: Visit, plan: Plan) -> Iterator[Conflict]:
    """What the gate would say when the window begins, and in its last minute."""
    zone, named = ZoneInfo(visit.portfolio.timezone), set()
    begins = dt.datetime.combine(plan.day, plan.from_time, zone)
    ends = dt.datetime.combine(plan.day, plan.until_time, zone) - A_MINUTE
    for moment in (begins, ends):
        decision = decide_places([target_of(visit)], moment)[0]
        if decision.refusal and decision.refusal.rule.id not in named:
            named.add(decision.refusal.rule.id)
            yield Conflict("gate", rule=decision.refusal.rule, until=decision.next_allowed_at)
