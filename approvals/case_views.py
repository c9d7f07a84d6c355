"""What the page of a case shows of requests, and the forms that begin there."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from approvals import services
from approvals.forms import FORMS, AskForm, WaiveForm
from approvals.models import MOVES, Approval, Kind
from approvals.selectors import waiting_of
from approvals.services import NOT_YET
from approvals.views import REFUSALS, sentences
from approvals.wording import ASKING, who
from cases.agreed_selectors import waiver_of
from cases.agreed_services import MAY_WAIVE_VISITS, waive_visits
from cases.lifecycle import Stage
from cases.models import Case
from cases.reason_selectors import reasons_of
from cases.selectors import cases_visible_to, found_of
from cases.services import MoveRefused, blockers_of
from staff.access import person_of, requires


def _case_of(request: HttpRequest, pk: int) -> Case:
    return get_object_or_404(cases_visible_to(person_of(request)), pk=pk)


@require_GET
@requires("approvals.view")
@never_cache
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The requests about a case that wait, and what else can be asked for; empty where there is nothing to say."""
    case, by = _case_of(request, pk), person_of(request)
    if not case.is_open:
        return HttpResponse()
    waiting, waiver = waiting_of(case), waiver_of(case)
    may_waive = case.stage == Stage.FIELD and by.has_perm(MAY_WAIVE_VISITS)
    offers = _offers(case, waiting) if by.has_perm(services.MAY_REQUEST) else []
    if not (waiting or waiver or offers or may_waive):
        return HttpResponse()
    context = {
        "case": case,
        "waiting": [(approval, who(approval.free_seats)) for approval in waiting],
        "offers": offers,
        "waiver": waiver,
        "may_waive": may_waive,
    }
    return render(request, "approvals/_panel.html", context)


def _offers(case: Case, waiting: list[Approval]) -> list[tuple[str, Any, list[Any]]]:
    """Each kind that fits the stage and is not asked for already, what asking for it is called, and what stops it."""
    there = {approval.kind for approval in waiting}
    found = found_of(case, timezone.localdate())
    offers = []
    for kind in Kind.values:
        blockers = [blocker for blocker in blockers_of(case, MOVES[kind], found) if blocker.code not in NOT_YET]
        if kind not in there and not any(blocker.code == "stage" for blocker in blockers):
            offers.append((kind, ASKING[kind], reasons_of(blockers)))
    return offers


@require_http_methods(["GET", "POST"])
@requires("approvals.request")
def ask(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for something about a case that others have to agree to."""
    case, by, today = _case_of(request, pk), person_of(request), timezone.localdate()
    if kind not in Kind.values:
        raise Http404("nobody can ask for that")
    form = FORMS.get(kind, AskForm)(request.POST or None, case=case, initial={"counts_from_on": today})
    if form.is_valid():
        try:
            approval = services.ask(
                case=case,
                kind=kind,
                asked=form.asked(),
                reason=form.cleaned_data["reason"],
                by=by,
                on=today,
                at=timezone.now(),
            )
            messages.success(request, _("It is asked for; somebody else decides."))
            return redirect("approvals:approval", pk=approval.pk)
        except REFUSALS as refused:
            for text in sentences(refused):
                form.add_error(None, text)
    found = found_of(case, today)
    blockers = reasons_of(blockers_of(case, MOVES[kind], found))
    context = {"case": case, "title": ASKING[kind], "form": form, "facts": found.facts, "blockers": blockers}
    return render(request, "approvals/ask.html", context)


@require_http_methods(["GET", "POST"])
@requires("cases.waive_visits")
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a case go to legal without visits, or take that back, with a reason."""
    case, by = _case_of(request, pk), person_of(request)
    waiver, form = waiver_of(case), WaiveForm(request.POST or None)
    if form.is_valid():
        try:
            waive_visits(
                case=case,
                reason=form.cleaned_data["reason"],
                take_back=waiver is not None,
                by=by,
                on=timezone.localdate(),
                at=timezone.now(),
            )
            done = _("Visits are needed again.") if waiver else _("The visits are waived.")
            messages.success(request, done)
            return redirect("cases:case", pk=case.pk)
        except MoveRefused as refused:
            for text in sentences(refused):
                form.add_error(None, text)
    return render(request, "approvals/waive.html", {"case": case, "waiver": waiver, "form": form})
