"""What happened to a few late cases in the weeks before: at the door, on paper, in court; all through the services."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from approvals import services as approvals
from approvals.models import Approval, Kind
from approvals.selectors import Asked
from cases.agreed_services import waive_visits
from cases.desk_services import log
from cases.lifecycle import Stage
from cases.models import Case
from contacts.letter_models import LetterKind
from contacts.models import Met
from intake.demo.diary import Diary, Story
from intake.demo.photo import photo
from intake.demo.tape import DemoTape
from legal.models import CostKind
from legal.money_services import charge_cost
from legal.services import open_referral, take_step
from letters import services as letters
from letters.models import Letter
from staff.models import User
from visits import made_services, plan_services
from visits import services as visits
from visits.made_services import Position, Report
from visits.models import Visit
from visits.plan_selectors import Plan
from visits.plan_services import schedule

# Days past due on the day: old enough for a court, or so old that they were called in the first week.
OLD_DPD, LATE_DPD = 110, 44
# What the instalments of such a case came to at least, before anything was paid on them.
WORTH_IT = Decimal(2500)
CALLS = ("RNR", "BUSY", "RNR", "OFF", "RNR", "VM")
CALLED_AT = (dt.time(10, 12), dt.time(16, 40))
WISH = "请核实借款人是否仍住此处，并说明还款方式。"


@dataclass(frozen=True)
class Setting:
    """The day the demo stands on, the clock of its borrowers, its dice, and who acts, by username."""

    on: dt.date
    zone: ZoneInfo
    seed: int

    @cached_property
    def people(self) -> dict[str, User]:
        """Everybody who is there."""
        return {person.username: person for person in User.objects.select_related("team")}

    def day(self, back: int) -> dt.date:
        """So many days before the day."""
        return self.on - dt.timedelta(days=back)

    def at(self, back: int, hour: int, minute: int = 0) -> dt.datetime:
        """A moment so many days before the day."""
        return dt.datetime.combine(self.day(back), dt.time(hour, minute), self.zone)


def begin(diary: Diary, setting: Setting, tape: DemoTape) -> None:
    """Begin the stories of the cases that are on the phone after the first nights, as far as there are any."""
    old, late = _pick(setting, tape)
    for case, story in zip(old, (_to_court, _ready_for_court), strict=False):
        diary.begin(story(case, setting))
    ways = (_visited, _waits_for_a_yes, _planned_for_today, _waits_for_a_day)
    for case, story in zip(late, ways, strict=False):
        diary.begin(story(case, setting))


def _pick(setting: Setting, tape: DemoTape) -> tuple[list[Case], list[Case]]:
    """Cases that will still be late on the day: those old enough for a court, and others; each in order."""
    on_the_phone = Case.objects.filter(stage=Stage.PHONE).select_related("borrower", "portfolio", "lead_loan")
    old, late, known = [], [], tape.late_on(setting.on)
    for case in on_the_phone.order_by("pk"):
        days, amount = known.get(case.lead_loan.loan_no, (0, Decimal(0)))
        if days >= OLD_DPD:
            old.append(case)
        elif days >= LATE_DPD and amount >= WORTH_IT:
            late.append(case)
    return old, late


# At the door


def _waits_for_a_yes(case: Case, setting: Setting) -> Story:
    yield from _six_calls(case, setting, 6)
    yield (at := setting.at(1, 17, 5))
    _ask_for_visits(case, setting, 1, at)


def _waits_for_a_day(case: Case, setting: Setting) -> Story:
    yield from _to_the_door(case, setting, 9)


def _planned_for_today(case: Case, setting: Setting) -> Story:
    yield from _to_the_door(case, setting, 9)
    yield (at := setting.at(4, 16, 20))
    visit = _plan(case, setting, setting.on, (14, 16), at)
    yield (at := setting.at(1, 18))
    plan_services.accept(visit=visit, by=setting.people["field_agent"], at=at)


def _visited(case: Case, setting: Setting) -> Story:
    """Made yesterday with a photo; a supervisor has not looked at it yet."""
    yield from _to_the_door(case, setting, 9)
    yield (at := setting.at(4, 16, 10))
    visit, by = _plan(case, setting, setting.day(1), (10, 12), at), setting.people["field_agent"]
    yield (at := setting.at(2, 18))
    plan_services.accept(visit=visit, by=by, at=at)
    yield (at := setting.at(1, 10, 20))
    note = "楼道内无卫星信号，门牌见照片。"
    made_services.arrive(visit=visit, position=Position(device_at=at), explanation=note, by=by, at=at)
    yield (at := setting.at(1, 10, 24))
    dice = Random(f"{setting.seed} photo {visit.pk}")  # noqa: S311 (a picture, not a secret)
    made_services.add_photo(visit=visit, content=photo(dice), device_at=at, by=by, at=at)
    yield (at := setting.at(1, 10, 31))
    report = Report(outcome="NOTICE", met=Met.NOBODY)
    made_services.finish(visit=visit, report=report, by=by, at=at)


def _six_calls(case: Case, setting: Setting, back: int) -> Story:
    """Two calls on each of three days, the first of them so many days before the day; nobody answers."""
    point, by = case.borrower.phones.order_by("pk")[0], setting.people["collector"]
    moments = [(setting.at(back - day, hour.hour, hour.minute)) for day in range(3) for hour in CALLED_AT]
    for at, outcome in zip(moments, CALLS, strict=True):
        yield at
        log(case=case, point=point, outcome=outcome, said={}, by=by, at=at)


def _ask_for_visits(case: Case, setting: Setting, back: int, at: dt.datetime) -> Approval:
    asked = Asked(address=case.borrower.addresses.order_by("pk")[0], wish=WISH)
    return approvals.ask(
        case=case,
        kind=Kind.FIELD,
        asked=asked,
        reason="三天内六次致电均无人接听。",
        by=setting.people["collector"],
        on=setting.day(back),
        at=at,
    )


def _to_the_door(case: Case, setting: Setting, back: int) -> Iterator[dt.datetime]:
    """Called in vain, asked for by a collector, agreed to by a supervisor on the morning after."""
    yield from _six_calls(case, setting, back)
    asked_at, agreed_at = setting.at(back - 2, 17, 10), setting.at(back - 3, 9, 40)
    yield asked_at
    approval = _ask_for_visits(case, setting, back - 2, asked_at)
    yield agreed_at
    by = setting.people["supervisor"]
    approvals.agree(approval=approval, by=by, on=setting.day(back - 3), at=agreed_at)


def _plan(case: Case, setting: Setting, day: dt.date, hours: tuple[int, int], at: dt.datetime) -> Visit:
    people, (first, last) = setting.people, hours
    agents = people["field_agent"], people["field_agent3"]
    plan = Plan(day, dt.time(first), dt.time(last), *agents)
    return schedule(visit=Visit.objects.get(case=case), plan=plan, by=people["supervisor"], at=at)


# To court


def _ready_for_court(case: Case, setting: Setting) -> Story:
    """Nothing stands in the way of legal, and nobody has asked for it yet."""
    yield from _without_visits(case, setting)
    yield from _demand(case, setting, posted=18, delivered=14)


def _to_court(case: Case, setting: Setting) -> Story:
    """Agreed to by two, handed over, a payment order applied for; its court has a day left to accept it."""
    yield from _without_visits(case, setting)
    yield from _demand(case, setting, posted=20, delivered=12)
    people, by = setting.people, setting.people["legal_officer"]
    yield (at := setting.at(5, 9, 20))
    reason = "催告函送达已满七日，借款人既未还款也未联系。"
    approval = approvals.ask(
        case=case, kind=Kind.LEGAL, asked=Asked(), reason=reason, by=people["collector"], on=setting.day(5), at=at
    )
    yield (at := setting.at(5, 14))
    approvals.agree(approval=approval, by=people["supervisor"], on=setting.day(5), at=at)
    yield (at := setting.at(4, 9, 30))
    approvals.agree(approval=approval, by=by, on=setting.day(4), at=at)
    referral = open_referral(case=case, by=by, on=setting.day(4), at=at)
    yield (at := setting.at(4, 15))
    take_step(
        referral=referral,
        step="apply_for_order",
        happened_on=setting.day(4),
        note="已向有管辖权的基层法院申请支付令。",
        by=by,
        on=setting.day(4),
        at=at,
    )
    charge_cost(
        referral=referral,
        kind=CostKind.COURT,
        amount=Decimal("120.00"),
        incurred_on=setting.day(4),
        reference=f"D-COURT-{case.pk}",
        by=by,
        on=setting.day(4),
        at=at,
    )


def _without_visits(case: Case, setting: Setting) -> Iterator[dt.datetime]:
    """To the door on paper only: the first visit is called off, and visits are waived, with a reason."""
    yield from _to_the_door(case, setting, 34)
    yield (at := setting.at(30, 11))
    by, reason = setting.people["supervisor"], "物业确认借款人长期在外地工作，该地址无人居住，仅以书信联系。"
    visits.cancel(visit=Visit.objects.get(case=case), reason=reason, by=by, at=at)
    waive_visits(case=case, reason=reason, by=by, on=setting.day(30), at=at)


def _demand(case: Case, setting: Setting, *, posted: int, delivered: int) -> Iterator[dt.datetime]:
    yield setting.at(posted, 11)
    by = setting.people["legal_officer"]
    letter = post_now(case, LetterKind.DEMAND, setting, posted, by=by)
    yield (at := setting.at(delivered, 15))
    letters.note_delivery(letter=letter, delivered=True, on=at.date(), how="邮政回执：本人签收", by=by, at=at)


def post_now(case: Case, kind: LetterKind, setting: Setting, back: int, *, by: User, **more: str) -> Letter:
    """Write a letter so many days before the day at eleven, and post it at four."""
    on = setting.day(back)
    letter = letters.write(case=case, kind=kind, by=by, on=on, at=setting.at(back, 11), more=more)
    return letters.post(letter=letter, reference=f"EMS-DEMO-{letter.pk}", by=by, on=on, at=setting.at(back, 16))
