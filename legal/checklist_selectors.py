"""What a case needs before it may go to court: there is, it takes, and where the evidence is."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.lifecycle import Stage
from cases.models import Case, CaseMove, VisitsWaived
from cases.selectors import Found
from rulebook.escalation import CaseFacts, blocks_legal
from rulebook.terms import EscalationTerms
from ui.formats import day, money


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing the policy asks for; nothing is needed where it only helps to decide."""

    label: str | Promise
    have: str
    need: str
    is_met: bool
    url: str
    evidence: str | Promise


def checklist(case: Case, found: Found) -> list[Guard]:
    """Every guard before the court, with what there is today, what it takes and where that can be looked up."""
    facts = replace(found.facts, stage_since=_visited_since(case))
    terms = found.terms.terms.escalation
    open_codes = {blocker.code for blocker in blocks_legal(facts, terms)}
    timeline = reverse("cases:case", args=[case.pk])
    rows = [*_money(case, facts, terms), *_contacts(case, facts, terms), *_stops(facts, timeline)]
    return [Guard(label, have, need, not open_codes & codes, url, said) for label, have, need, codes, url, said in rows]


def _visited_since(case: Case) -> dt.date:
    """Since when visits count: the day it came to field, also when it is in court by now."""
    if case.stage == Stage.FIELD:
        return case.stage_since
    came = CaseMove.objects.filter(case=case, target=Stage.FIELD).order_by("-pk").values_list("on", flat=True).first()
    return came or case.stage_since


Row = tuple[str | Promise, str, str, set[str], str, str | Promise]


def _money(case: Case, facts: CaseFacts, terms: EscalationTerms) -> Iterator[Row]:
    loan_no = case.lead_loan.loan_no
    loan, explained = reverse("loans:loan", args=[loan_no]), reverse("loans:explain", args=[loan_no, "overdue_amount"])
    late, limit = str(facts.days_past_due), facts.limitation_expires_on
    yield gettext_lazy("Days past due"), late, _("%(days)s or more") % {"days": terms.legal_dpd}, {"dpd"}, loan, loan_no
    need = _("%(amount)s or more") % {"amount": money(terms.legal_overdue)}
    yield gettext_lazy("Overdue amount"), money(facts.overdue_amount), need, {"overdue"}, explained, _("The derivation")
    ends = day(limit) if limit else _("nothing is overdue")
    not_over = _("not over")
    yield gettext_lazy("Limitation period"), ends, not_over, {"limitation"}, "#limitation", _("The derivation")


def _contacts(case: Case, facts: CaseFacts, terms: EscalationTerms) -> Iterator[Row]:
    timeline = reverse("cases:case", args=[case.pk])
    calls = f"{len(facts.calls_on)} / {len(set(facts.calls_on))}"
    yield gettext_lazy("Calls / distinct days"), calls, "", set(), timeline, _("The case's history")
    visits = f"{timeline}#panel-visits"
    yield gettext_lazy("Visits"), _visits(case, facts), str(terms.legal_visits), {"visits"}, visits, _("The visits")
    letter, days = facts.letter_delivered_on, terms.legal_days_after_letter
    have = _("delivered on %(day)s") % {"day": day(letter)} if letter else _("none delivered")
    need = _("%(days)s days after it") % {"days": days}
    letters = f"{reverse('letters:list')}?case={case.pk}"
    yield gettext_lazy("Demand letter"), have, need, {"letter", "letter_days"}, letters, _("The letters")


def _visits(case: Case, facts: CaseFacts) -> str:
    waiver = VisitsWaived.objects.filter(case=case).order_by("-pk").first() if facts.are_visits_waived else None
    if waiver is None:
        return str(facts.visits_done)
    words = {"visits": facts.visits_done, "name": waiver.by_name, "reason": waiver.reason}
    return _("%(visits)s, waived by %(name)s: %(reason)s") % words


def _stops(facts: CaseFacts, timeline: str) -> Iterator[Row]:
    disputed = _("disputed") if facts.is_disputed else _("none")
    yield gettext_lazy("Dispute"), disputed, _("none"), {"dispute"}, timeline, _("The case's holds")
    held = _("a hold stops it") if facts.is_held else _("none")
    yield gettext_lazy("Holds"), held, _("none"), {"hold"}, timeline, _("The case's holds")


def move_to_legal(case: Case) -> CaseMove | None:
    """The move that brought a case to legal last, with who agreed and what it was decided on."""
    return CaseMove.objects.filter(case=case, target=Stage.LEGAL).order_by("-pk").first()
