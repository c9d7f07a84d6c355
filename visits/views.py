"""Pages about one visit, its photos, what a case's page shows of visits, and what one's day begins with."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from audit.services import record
from cases.lifecycle import Stage
from cases.models import Case
from cases.selectors import cases_visible_to
from evidence.selectors import FileDamaged, content_of
from staff.access import person_of, requires
from staff.models import User
from ui.files import file_response
from visits import made_services, services
from visits.board_selectors import left_over, stops_of
from visits.forms import AnswerForm, PhotoForm, RequestForm, ReviewForm
from visits.lifecycle import AHEAD, OPEN, PLANNED, State
from visits.models import Visit
from visits.selectors import may_see_evidence, missing_of, standing_of, usable_addresses, visits_visible_to
from visits.services import VisitRefused


def visit_of(request: HttpRequest, pk: int) -> Visit:
    """A visit that whoever asks may see, or 404."""
    full = visits_visible_to(person_of(request)).select_related("attempt__outcome", "clearance")
    return get_object_or_404(full, pk=pk)


@require_GET
@requires("visits.view")
@never_cache
def visit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: what was planned and found, its evidence with hashes and gaps, every change, and what is next."""
    return render(request, "visits/visit.html", visit_context(request, visit_of(request, pk)))


def visit_context(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """What the page of a visit shows."""
    user, photos = person_of(request), list(visit.photos.select_related("file").order_by("number"))
    return {
        "visit": visit,
        "standing": standing_of([visit], timezone.now()).get(visit.pk),
        "photos": photos,
        "missing": missing_of(visit, photos),
        "changes": list(visit.changes.order_by("-pk")),
        "sees_evidence": may_see_evidence(user, visit),
        "is_mine": visit.is_made_by(user),
        "may_approve": visit.state == State.REQUESTED and visit.requested_by_id_then != user.pk,
        "may_decline": visit.state == State.REQUESTED,
        "may_plan": visit.state in (State.APPROVED, *PLANNED),
        "may_cancel": visit.state in OPEN,
        "may_unschedule": visit.state in PLANNED,
        "may_review": visit.state == State.DONE and user.has_perm("visits.review") and not visit.is_made_by(user),
        "review_form": ReviewForm(),
        "answer_form": AnswerForm(),
        "photo_form": PhotoForm(),
    }


@require_POST
@requires("visits.review")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Find that a visit stands, or return it with a reason."""
    visit, form = visit_of(request, pk), ReviewForm(request.POST)
    if form.is_valid():
        try:
            made_services.review(visit=visit, **form.cleaned_data, by=person_of(request), at=timezone.now())
            messages.success(request, _("Your finding is on file."))
            return redirect("visits:visit", pk=pk)
        except VisitRefused as refused:
            form.add_error(None, str(refused.message))
    return render(request, "visits/visit.html", visit_context(request, visit) | {"review_form": form}, status=422)


@require_GET
@requires("visits.view")
@never_cache
def photo(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A photo, for the visitors and for who judges visits; each look is written down."""
    visit, by = visit_of(request, pk), person_of(request)
    if not may_see_evidence(by, visit):
        raise PermissionDenied("visits.photo")
    shown = get_object_or_404(visit.photos.select_related("file"), number=number)
    try:
        content = content_of(shown.file)
    except FileDamaged as damaged:
        raise Http404(str(damaged)) from damaged
    details = {"photo": number, "sha256": shown.sha256}
    record(actor=by, action="visits.see_photo", subject=f"visit {visit}", details=details, at=timezone.now())
    return file_response(content, shown.file.content_type, f"{visit}-{number}", inline=True)


def panel_context(user: User, case: Case, form: RequestForm | None = None) -> dict[str, Any]:
    """What a case's page shows of visits."""
    rows = list(visits_visible_to(user).filter(case=case).select_related("attempt__outcome").order_by("-pk")[:5])
    current = next((visit for visit in rows if visit.state in OPEN), None)
    may_ask = case.stage == Stage.FIELD and current is None and user.has_perm(services.MAY_REQUEST)
    return {
        "case": case,
        "rows": rows,
        "standings": standing_of([visit for visit in rows if visit.state in AHEAD], timezone.now()),
        "form": (form or RequestForm(addresses=list(usable_addresses(case)))) if may_ask else None,
    }


@require_GET
@requires("visits.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a case's page about its visits; nothing where there is nothing to say or to do."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    context = panel_context(person_of(request), case)
    if not context["rows"] and context["form"] is None:
        return HttpResponse("")
    return render(request, "visits/_panel.html", context)


@require_POST
@requires("visits.request")
def request_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a visit about a case."""
    case, by = get_object_or_404(cases_visible_to(person_of(request)), pk=pk), person_of(request)
    form = RequestForm(request.POST, addresses=list(usable_addresses(case)))
    if form.is_valid():
        try:
            services.request(case=case, **form.cleaned_data, by=by, on=timezone.localdate(), at=timezone.now())
            messages.success(request, _("The visit is asked for; a supervisor has to agree to it."))
        except VisitRefused as refused:
            messages.error(request, str(refused.message))
    else:
        messages.error(request, _("Choose an address that is in use."))
    return redirect("cases:case", pk=case.pk)


@require_GET
@requires("visits.view")
def my_day(request: HttpRequest) -> HttpResponse:
    """What somebody's day begins with: an agent's route, or what waits for a supervisor."""
    user, at = person_of(request), timezone.now()
    if not user.has_perm("visits.make") and not user.has_perm(services.MAY_ASSIGN):
        return HttpResponse("")
    context: dict[str, Any] = {}
    if user.has_perm("visits.make"):
        context |= {"stops": stops_of(user, at), "left": left_over(user, at)}
    if user.has_perm(services.MAY_ASSIGN):
        mine = visits_visible_to(user)
        context |= {
            "requests": mine.filter(state=State.REQUESTED).count(),
            "approved": mine.filter(state=State.APPROVED).count(),
            "reviews": mine.filter(state=State.DONE).count(),
        }
    return render(request, "visits/_my_day.html", context)
