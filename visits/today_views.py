"""The telephone page of a visitor: today's stops in order, arriving, what came of it, photos."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borrowers.address_services import address_to_visit
from cases.selectors import found_of
from cases.workspace_selectors import consequences
from contacts.place_clearance import decide_places
from contacts.promise_services import PromiseRefused
from contacts.selectors import local_day, visit_outcomes
from contacts.services import ContactRefused, GateRefused
from evidence.services import MEGABYTE, FileRefused
from holds.services import HoldRefused
from staff.access import person_of, requires
from visits import made_services, plan_services
from visits.board_selectors import left_over, stops_of
from visits.forms import AnswerForm, ArriveForm, PhotoForm
from visits.lifecycle import PLANNED, State
from visits.models import Visit
from visits.plan_selectors import target_of
from visits.report_forms import ReportForm
from visits.selectors import standing_of
from visits.services import VisitRefused
from visits.views import visit_of
from visits.wording import promise_blocked

# While a visit is on its way, its visitors may see where it goes.
ON_THE_WAY = (*PLANNED, State.ARRIVED)


def _mine(request: HttpRequest, pk: int) -> Visit:
    """A visit of whoever asks; somebody else's is not there."""
    visit = visit_of(request, pk)
    if not visit.is_made_by(person_of(request)):
        raise Http404("not your visit")
    return visit


@require_GET
@requires("visits.make")
@never_cache
def today(request: HttpRequest) -> HttpResponse:
    """Today's stops in order, with what speaks against each now, and what is left of days before."""
    return render(request, "visits/today.html", today_context(request))


def today_context(request: HttpRequest) -> dict[str, Any]:
    """What the telephone page shows; the same number of queries however many stops there are."""
    user, at = person_of(request), timezone.now()
    stops = stops_of(user, at)
    against = standing_of(stops, at)
    planned = [visit for visit in stops if visit.state in PLANNED]
    gate = {
        visit.pk: answer
        for visit, answer in zip(planned, decide_places(list(map(target_of, planned)), at), strict=True)
    }
    return {
        "today": timezone.localdate(),
        "stops": [(visit, against.get(visit.pk), gate.get(visit.pk)) for visit in stops],
        "left": left_over(user, at),
        "form": ArriveForm(),
        "user_pk": user.pk,
    }


@require_POST
@requires("visits.make")
@never_cache
def address(request: HttpRequest, pk: int) -> HttpResponse:
    """The name and the address in clear, for the two who go there, on the day; each look is written down."""
    visit, at = _mine(request, pk), timezone.now()
    if visit.state not in ON_THE_WAY or visit.day != local_day(at, visit.portfolio.timezone):
        return render(request, "visits/_door.html", {"visit": visit, "is_refused": True})
    door = address_to_visit(address=visit.address, by=person_of(request), purpose=f"visit {visit}", at=at)
    return render(request, "visits/_door.html", {"visit": visit, "door": door})


@require_POST
@requires("visits.make")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one will go."""
    try:
        plan_services.accept(visit=_mine(request, pk), by=person_of(request), at=timezone.now())
        messages.success(request, _("Accepted."))
    except VisitRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("visits:today")


@require_POST
@requires("visits.make")
@never_cache
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """Stand at the door: the gate says whether they may knock; its refusal is shown with rule and end."""
    visit, form = _mine(request, pk), ArriveForm(request.POST)
    problem: dict[str, Any] = {"arriving": visit.pk, "arrive_form": form}
    if form.is_valid():
        try:
            made_services.arrive(
                visit=visit,
                position=form.position(),
                explanation=form.cleaned_data["explanation"],
                by=person_of(request),
                at=timezone.now(),
            )
            return redirect("visits:finish", pk=visit.pk)
        except GateRefused as refused:
            problem["clearance"] = refused.clearance
        except VisitRefused as refused:
            problem["problem"] = str(refused.message)
    else:
        problem["problem"] = _("The telephone's position could not be read; say why there is none.")
    return render(request, "visits/today.html", today_context(request) | problem, status=422)


@require_http_methods(["GET", "POST"])
@requires("visits.make")
@never_cache
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom they met and what came of it, field by field, with the figures that explain the consequences."""
    visit = _mine(request, pk)
    rows = list(visit_outcomes())
    has_photo = visit.photos.exists()
    if request.headers.get("HX-Target") == "report-fields":
        # Somebody has chosen: the fields follow, what was typed stays, and nothing is judged yet. It is posted: what
        # a borrower said has no place in an address.
        shown = ReportForm(initial=request.POST.dict(), outcomes=rows, has_photo=has_photo)
        return render(request, "visits/_report_fields.html", {"form": shown})
    form = ReportForm(request.POST or None, outcomes=rows, has_photo=has_photo)
    problems: dict[str, Any] = {}
    if form.is_valid():
        try:
            by = person_of(request)
            made_services.finish(visit=visit, report=form.report(), by=by, at=timezone.now())
            messages.success(request, _("The visit is logged; a supervisor reviews it."))
            return redirect("visits:today")
        except GateRefused as refused:
            problems["clearance"] = refused.clearance
        except PromiseRefused as refused:
            problems["problem"] = " ".join(promise_blocked(blocker) for blocker in refused.blockers)
        except (ContactRefused, VisitRefused, HoldRefused) as refused:
            problems["problem"] = str(refused.message)
    status = 422 if request.method == "POST" else 200
    return render(request, "visits/finish.html", _finish_context(visit, form) | problems, status=status)


def _finish_context(visit: Visit, form: ReportForm) -> dict[str, Any]:
    on: dt.date = timezone.localdate()
    found = found_of(visit.case, on)
    return {
        "visit": visit,
        "form": form,
        "photos": list(visit.photos.order_by("number")),
        "photo_form": PhotoForm(),
        "consequences": consequences(found.books, on),
        "is_open": visit.state == State.ARRIVED,
    }


@require_POST
@requires("visits.make")
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a photo of the visit."""
    visit, form = _mine(request, pk), PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            made_services.add_photo(
                visit=visit,
                # One byte more than is kept is enough to refuse it.
                content=form.cleaned_data["photo"].read(settings.EVIDENCE_MAX_MB * MEGABYTE + 1),
                device_at=form.cleaned_data["device_at"],
                by=person_of(request),
                at=timezone.now(),
            )
            messages.success(request, _("The photo is kept."))
        except (FileRefused, VisitRefused) as refused:
            messages.error(request, str(refused.message))
    else:
        messages.error(request, _("Choose a photo."))
    return redirect("visits:finish" if visit.state == State.ARRIVED else "visits:visit", pk=pk)


@require_POST
@requires("visits.make")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer what a reviewer missed, and hand the visit in again."""
    visit, form = _mine(request, pk), AnswerForm(request.POST)
    if form.is_valid():
        try:
            by, at = person_of(request), timezone.now()
            made_services.hand_in_again(visit=visit, answer=form.cleaned_data["answer"], by=by, at=at)
            messages.success(request, _("It is handed in again."))
        except VisitRefused as refused:
            messages.error(request, str(refused.message))
    else:
        messages.error(request, _("Say what you answer."))
    return redirect("visits:visit", pk=pk)
