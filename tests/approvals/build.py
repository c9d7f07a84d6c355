"""Requests through the real services, so that a test shows only what it is about."""

import datetime as dt
from decimal import Decimal
from typing import Any

from approvals.models import Approval
from approvals.selectors import Asked
from approvals.services import agree, ask
from cases.models import Case
from contacts.letter_services import note_letter, send_letter
from contacts.place_clearance import PlaceTarget
from policies.services import add_version
from rulebook.terms import AuthorityTerms, EscalationTerms, Terms
from staff.models import User
from staff.roles import Role
from tests.cases.build import a_case, day, person

AT = dt.datetime(2025, 2, 9, 2, 0, tzinfo=dt.UTC)


def colleague(role: Role, name: str, of: str = "North") -> User:
    """A second person in a role, for what takes two."""
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, role=role, team=person(of=of).team)


def in_stage(stage: str, *schedule: tuple[str, str, str], on: str = "02-09", **loan: Any) -> Case:
    """A case in a stage since the day it opened; how it got there is not what these tests are about."""
    case = a_case(*schedule, on=on, **loan)
    Case.objects.filter(pk=case.pk).update(stage=stage, chased_at=stage)
    return Case.objects.get(pk=case.pk)


def asked_for(case: Case, kind: str, *, by: User | None = None, on: str = "02-09", **asked: Any) -> Approval:
    """What a collector of the team asks for."""
    return ask(
        case=case,
        kind=kind,
        asked=Asked(**asked),
        reason="nothing else helped",
        by=by or person(Role.COLLECTOR),
        on=day(on),
        at=AT,
    )


def settlement(amount: str, counts_from: str = "02-09") -> dict[str, Any]:
    return {"agreed_sum": Decimal(amount), "counts_from_on": day(counts_from)}


def agreed(approval: Approval, by: User, *, on: str = "02-09", at: dt.datetime = AT) -> Approval:
    return agree(approval=approval, by=by, on=day(on), at=at)


def gentle_terms() -> None:
    """A policy under which a month of arrears is enough for every move, but for the visits and the letter."""
    escalation = EscalationTerms(
        field_call_attempts=0, field_call_days=0, legal_dpd=30, legal_days_after_letter=0, legal_overdue=Decimal(0)
    )
    terms = Terms(escalation=escalation, authority=AuthorityTerms(write_off_dpd=30))
    add_version(line="default", terms=terms, effective_on=day("01-11"), by=None, at=AT)


def demanded(case: Case) -> None:
    """A demand letter that was delivered the day before."""
    target = PlaceTarget(case.borrower, case.portfolio, case.borrower.addresses.get(), "letter")
    clerk, at = person(Role.OPERATIONS), AT - dt.timedelta(days=1)
    sent = send_letter(target=target, kind="demand", reference="EMS1", by=clerk, on=day("02-08"), at=at)
    note_letter(sent=sent, kind="delivered", on=day("02-08"), how="slip", by=clerk, at=at)
