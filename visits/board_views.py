"""The board, the list, a plan with its conflicts, and what a supervisor decides."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff.access import person_of, requires
from staff.models import User
from ui.forms import asked_day
from ui.views import ListPage
from visits import plan_services, services
from visits.board_selectors import agents_for, board_of, company_of, given
from visits.forms import MORNING, DecideForm, PlanForm, VisitFilter
from visits.models import Visit
from visits.plan_selectors import conflicts
from visits.plan_services import PlanRefused
from visits.selectors import agents_visible_to, visits_visible_to
from visits.services import VisitRefused
from visits.tables import VisitTable


@require_GET
@requires("visits.view")
def board(request: HttpRequest) -> HttpResponse:
    """What waits by district, and a week of who goes where."""
    user, today = person_of(request), timezone.localdate()
    shown = board_of(user, asked_day(request.GET, today), timezone.now())
    return render(request, "visits/board.html", {"board": shown, "today": today})


class VisitList(ListPage):
    """The visits of the portfolios somebody may see."""

    permission_required = "visits.view"
    table_class = VisitTable
    title = gettext_lazy("All visits")
    empty_title = gettext_lazy("No visit is to be made")
    empty_text = gettext_lazy("Ask for one on the page of a case that is in field visits.")

    def rows(self) -> QuerySet[Visit]:
        """Every visit the person may see."""
        return visits_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> VisitFilter:
        """The filter, which offers the visitors of the person's own portfolios."""
        return VisitFilter(self.request.GET, agents=agents_visible_to(person_of(self.request)))


@require_http_methods(["GET", "POST"])
@requires("visits.assign")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a day, a window and two people: conflicts are named while choosing, and refused on saving."""
    by, at = person_of(request), timezone.now()
    visit = get_object_or_404(visits_visible_to(by), pk=pk)
    agents = agents_for(visit, by)
    data = request.POST or (request.GET if "companion" in request.GET else None)
    form = PlanForm(data, agents=agents, initial=_initial(request, visit, agents))
    context: dict[str, Any] = {"visit": visit, "form": form, "conflicts": []}
    if form.is_valid():
        if request.method == "POST":
            try:
                planned = plan_services.schedule(visit=visit, plan=form.plan(), by=by, at=at)
                messages.success(request, _("%(visit)s is planned.") % {"visit": planned})
                return redirect(f"{reverse('visits:board')}?on={planned.day}")
            except PlanRefused as refused:
                context["conflicts"] = refused.conflicts
            except VisitRefused as refused:
                form.add_error(None, str(refused.message))
        else:
            context |= {"conflicts": conflicts(visit, form.plan(), at), "is_checked": True}
    part = _part(request)
    return render(request, f"visits/{part}", context, status=422 if request.method == "POST" else 200)


def _part(request: HttpRequest) -> str:
    """Only what the page asks for: the conflicts while somebody chooses, the form beside the board, or a whole page."""
    if request.headers.get("HX-Target") == "conflicts":
        return "_conflicts.html"
    return "_plan.html" if request.headers.get("HX-Request") else "plan.html"


def _initial(request: HttpRequest, visit: Visit, agents: QuerySet[User]) -> dict[str, Any]:
    """What the board was asked for by dropping a card, else what the visit has, else the next morning."""
    now = given(visit)
    day = asked_day({"on": request.GET.get("on", "")}, now.day if now else timezone.localdate() + dt.timedelta(days=1))
    everybody = list(agents)
    asked = request.GET.get("lead", "")
    lead = next((one for one in everybody if str(one.pk) == asked), now.lead if now else None)
    companion = now.companion if now and lead == now.lead else None
    if lead and companion is None:
        companion = company_of(lead, day, everybody)
    window = (now.from_time, now.until_time) if now else MORNING
    return {"day": day, "from_time": window[0], "until_time": window[1], "lead": lead, "companion": companion}


@require_POST
@requires("visits.assign")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a visit, decline it, call it off, take it off its day, or move it one stop."""
    visit = get_object_or_404(visits_visible_to(person_of(request)), pk=pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what to do."))
        return redirect("visits:visit", pk=pk)
    try:
        _decided(visit, **form.cleaned_data, by=person_of(request), at=timezone.now())
        messages.success(request, _("It is done."))
    except VisitRefused as refused:
        messages.error(request, str(refused.message))
    # From the board back to the same week of it.
    week = request.POST.get("week", "")
    return redirect(
        f"{reverse('visits:board')}?on={asked_day({'on': week}, timezone.localdate())}" if week else visit_url(pk)
    )


def visit_url(pk: int) -> str:
    """The page of one visit."""
    return reverse("visits:visit", args=[pk])


def _decided(visit: Visit, *, step: str, reason: str, by: User, at: dt.datetime) -> None:
    if step == "approve":
        services.approve(visit=visit, by=by, at=at)
    elif step == "decline":
        services.decline(visit=visit, reason=reason, by=by, at=at)
    elif step == "cancel":
        services.cancel(visit=visit, reason=reason, by=by, at=at)
    elif step == "unschedule":
        plan_services.unschedule(visit=visit, reason=reason, by=by, at=at)
    else:
        plan_services.move_stop(visit=visit, earlier=step == "earlier", by=by, at=at)
