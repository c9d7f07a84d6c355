"""Pages of supervisors: who has how many cases, giving cases to people, watching it happen, undoing it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from cases import assignment_selectors as selectors
from cases import assignment_services as services
from cases import tasks
from cases.assignment_forms import AssignForm, DeskForm, HandOverForm
from cases.assignment_lifecycle import UNDER_WAY, HandoverState
from cases.assignment_tables import HandoverTable
from cases.models import Case, Handover, LeftWhy
from cases.selectors import cases_visible_to
from rulebook.assignment import Move
from staff.access import person_of, requires
from staff.models import User
from ui.errands import ask_worker

# How long somebody may look at a preview before they agree to it, in seconds.
PREVIEW_KEPT_FOR = 3600
# Cases without a taker that the preview names one by one.
LEFT_SHOWN = 200
# A handover that has not come further for so long has lost its worker, or waits behind other work.
PATIENCE = dt.timedelta(minutes=1)


@require_safe
@requires("cases.assign")
def assignment_page(request: HttpRequest) -> HttpResponse:
    """The desks of the team, the form that gives cases away (`of` preselects a person), and what was given before."""
    by = person_of(request)
    form = HandOverForm(givers=_givers(by), initial={"source": request.GET.get("of")})
    return _assignment_page(request, form)


def _assignment_page(request: HttpRequest, form: HandOverForm) -> HttpResponse:
    by = person_of(request)
    desks = selectors.desks_of(by.team_id, timezone.localdate())
    table = HandoverTable(selectors.handovers_of(by.team_id))
    RequestConfig(request, paginate={"per_page": 10}).configure(table)
    at_desks = {desk.person.pk for desk in desks}
    context = {
        "desks": desks,
        "gone": [(person, count) for person, count in _givers(by) if person.pk not in at_desks],
        "in_pool": selectors.cases_to_give(by.team_id).filter(owner=None).count() if by.team_id else 0,
        "form": form,
        "table": table,
    }
    return render(request, "cases/assignment.html", context, status=422 if form.errors else 200)


def _givers(by: User) -> list[tuple[User, int]]:
    return selectors.givers(by.team_id) if by.team_id else []


@require_POST
@requires("cases.assign")
def preview(request: HttpRequest) -> HttpResponse:
    """Who would get which case; nothing is written."""
    by = person_of(request)
    form = HandOverForm(request.POST, givers=_givers(by))
    if not form.is_valid():
        return _assignment_page(request, form)
    try:
        found = services.preview(asked=form.asked, by=by, on=timezone.localdate())
    except services.AssignmentRefused as refused:
        form.add_error(None, str(refused.message))
        return _assignment_page(request, form)
    shown = {"moves": found.moves, "strategy": form.asked.strategy, "reason": form.cleaned_data["reason"]}
    context = {
        "preview": found,
        "asked": form.cleaned_data,
        "source": dict(form.fields["source"].choices)[form.cleaned_data["source"]],  # type: ignore[attr-defined]
        "strategy": dict(form.fields["strategy"].choices)[form.asked.strategy],  # type: ignore[attr-defined]
        "left": _left(found),
        "left_shown": LEFT_SHOWN,
        # What was seen goes along, signed, so that exactly that is done.
        "shown": signing.dumps(shown, salt=_salt(by), compress=True),
    }
    return render(request, "cases/assignment_preview.html", context)


def _left(found: services.Preview) -> list[dict[str, Any]]:
    first = found.left[:LEFT_SHOWN]
    cases = Case.objects.select_related("owner", "portfolio").in_bulk([left.case for left in first])
    return [
        {"case": cases[left.case], "city": found.cities[left.case], "why": LeftWhy(left.why.value).label}
        for left in first
        if left.case in cases
    ]


def _salt(by: User) -> str:
    return f"cases.assignment:{by.pk}"


@require_POST
@requires("cases.assign")
def hand_over(request: HttpRequest) -> HttpResponse:
    """Do what the preview showed."""
    by = person_of(request)
    try:
        shown = signing.loads(request.POST.get("shown", ""), salt=_salt(by), max_age=PREVIEW_KEPT_FOR)
        moves = [Move(*move) for move in shown["moves"]]
        handover = services.hand_over(
            moves=moves, strategy=shown["strategy"], reason=shown["reason"], by=by, at=timezone.now()
        )
    except signing.BadSignature:
        messages.error(request, _("This preview is too old; look at a new one."))
    except services.AssignmentRefused as refused:
        messages.error(request, str(refused.message))
    else:
        ask_worker(request, tasks.hand_over, handover.pk)
        return redirect("assignment:handover", handover.pk)
    return redirect("assignment:list")


@require_safe
@requires("cases.assign")
def handover_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One handover: how far it has come, or who got how many."""
    return render(request, "cases/handover.html", _handover(request, pk))


@require_safe
@requires("cases.assign")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes, asked for every second while a handover is under way."""
    return render(request, "cases/_handover.html", _handover(request, pk))


def _handover(request: HttpRequest, pk: int) -> dict[str, Any]:
    handover = _theirs(request, pk)
    now, under_way = timezone.now(), handover.state in UNDER_WAY
    return {
        "handover": handover,
        "HandoverState": HandoverState,
        "under_way": under_way,
        "is_stuck": under_way and now - (handover.last_at or handover.asked_at) > PATIENCE,
        "may_undo": handover.state == HandoverState.DONE and handover.undo_until and now <= handover.undo_until,
        "given": [] if under_way else selectors.given_by(handover),
    }


def _theirs(request: HttpRequest, pk: int) -> Handover:
    return get_object_or_404(selectors.handovers_of(person_of(request).team_id), pk=pk)


@require_POST
@requires("cases.assign")
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a worker once more; where one is at it already, the second finds nothing to do."""
    handover = _theirs(request, pk)
    if handover.state in UNDER_WAY:
        ask_worker(request, tasks.hand_over, handover.pk)
    return redirect("assignment:handover", pk)


@require_POST
@requires("cases.assign")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the cases of a handover back."""
    try:
        services.undo_handover(handover=_theirs(request, pk), by=person_of(request), at=timezone.now())
        messages.success(request, _("The handover is undone."))
    except services.AssignmentRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("assignment:handover", pk)


@require_http_methods(["GET", "POST"])
@requires("cases.assign")
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """How many cases somebody of the team can own, where, and when they are away."""
    by, now = person_of(request), timezone.now()
    person = get_object_or_404(selectors.owners_of(by.team_id), pk=pk)
    its = next(desk.desk for desk in selectors.desks_of(by.team_id, timezone.localdate()) if desk.person == person)
    initial = {
        "capacity": its.capacity,
        "cities": "\n".join(its.cities),
        "away_from_on": its.away_from_on,
        "back_on": its.back_on,
    }
    form = DeskForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.set_desk(person=person, **form.cleaned_data, by=by, at=now)
            messages.success(request, _("The desk is saved."))
            return redirect("assignment:list")
        except services.AssignmentRefused as refused:
            form.add_error(None, str(refused.message))
    return render(request, "cases/desk.html", {"person": person, "form": form}, status=422 if form.errors else 200)


@require_POST
@requires("cases.assign")
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one case to one person, or back to the pool."""
    by, today = person_of(request), timezone.localdate()
    case = get_object_or_404(cases_visible_to(by), pk=pk)
    form = AssignForm(request.POST, desks=selectors.desks_of(by.team_id, today))
    if form.is_valid():
        try:
            services.assign_one(
                case=case, owner=form.chosen, reason=form.cleaned_data["reason"], by=by, on=today, at=timezone.now()
            )
            messages.success(request, _("The case has a new owner."))
        except services.AssignmentRefused as refused:
            messages.error(request, str(refused.message))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("cases:case", pk=case.pk)
