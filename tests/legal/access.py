"""Who may open the pages of legal referrals."""

from typing import Any

from cases.models import Case
from legal.bundle_services import make_bundle
from legal.models import Referral
from legal.services import open_referrals
from staff.roles import Role
from tests.access_rows import AUDITOR, SUPERVISOR, Row, some_case
from tests.legal.build import AT, bring_to_legal, day, officer
from tests.legal.test_costs import PDF, charge

OFFICER = frozenset({Role.LEGAL_OFFICER})
VIEWERS = OFFICER | SUPERVISOR | AUDITOR
REFUSED = frozenset({422})


def some_referral() -> dict[str, Any]:
    case = bring_to_legal(Case.objects.get(**some_case()))
    open_referrals(on=day("02-09"), at=AT)
    return {"pk": Referral.objects.get(case=case).pk}


def some_bundle() -> dict[str, Any]:
    referral = Referral.objects.get(**some_referral())
    return {"pk": make_bundle(referral=referral, by=officer("East"), on=day("02-09"), at=AT).pk}


def some_receipt() -> dict[str, Any]:
    return {"pk": charge(Referral.objects.get(**some_referral()), receipt=PDF).pk}


LEGAL: dict[str, Row] = {
    "legal:list": Row(VIEWERS),
    "legal:my_day": Row(VIEWERS),
    "legal:case": Row(VIEWERS, kwargs=some_case),
    "legal:panel": Row(VIEWERS, kwargs=some_case),
    "legal:open": Row(OFFICER, "post", kwargs=some_case),
    "legal:accelerate": Row(OFFICER, kwargs=some_case),
    "legal:step": Row(OFFICER, "post", kwargs=some_referral, answers=REFUSED),
    "legal:correct": Row(OFFICER, "post", kwargs=some_referral, answers=REFUSED),
    "legal:cost": Row(OFFICER, kwargs=some_referral),
    "legal:freeze": Row(OFFICER, "post", kwargs=some_referral),
    "legal:bundle": Row(OFFICER, kwargs=some_bundle),
    "legal:receipt": Row(VIEWERS, kwargs=some_receipt),
}
