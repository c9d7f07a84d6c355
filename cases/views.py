"""Pages about cases: the list, and one case with what blocks its next moves."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cases import services
from cases.approach_selectors import last_working_approach
from cases.assignment_forms import AssignForm
from cases.assignment_selectors import desks_of
from cases.desk_forms import LineForm, LogForm
from cases.forms import CaseFilter, StepBackForm
from cases.lifecycle import CHASED, Stage
from cases.models import Case
from cases.selectors import Found, cases_visible_to, found_of
from cases.tables import CaseTable
from cases.timeline_selectors import timeline
from cases.wording import reason
from cases.workspace_selectors import (
    attempt_of,
    consequences,
    follow_ups_of,
    numbers_of,
    opt_outs_of,
    other_loans,
    promises_of,
    slot_of,
    unanswered_messages_of,
)
from contacts.selectors import outcomes
from holds.models import RULES, Hold
from loans.selectors import portfolios_visible_to
from staff.access import person_of, requires
from staff.models import User
from ui.views import ListPage


class CaseList(ListPage):
    """The cases of the portfolios somebody may see."""

    permission_required = "cases.view"
    table_class = CaseTable
    title = gettext_lazy("Cases")
    empty_title = gettext_lazy("No cases yet")
    empty_text = gettext_lazy("A case opens at close of day when a borrower of your team's portfolios is late.")

    def rows(self) -> QuerySet[Case]:
        """Every case the person may see."""
        return cases_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> CaseFilter:
        """The filter, which offers the person's own portfolios only."""
        return CaseFilter(self.request.GET, portfolios=portfolios_visible_to(person_of(self.request)))

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table says what is owed today."""
        return {"on": timezone.localdate()}


@require_GET
@requires("cases.view")
@never_cache
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The workspace of one case: whom to call and what to say, what happened, what is owed, what comes next."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    context = workspace_context(request, case)
    if context["may_log"]:
        context |= desk_context(request, case, timezone.now(), context["found"])
        logged = request.GET.get("logged", "")
        context["logged"] = attempt_of(case, int(logged)) if logged.isdecimal() else None
    return render(request, "cases/case.html", context)


def workspace_context(request: HttpRequest, case: Case, form: StepBackForm | None = None) -> dict[str, Any]:
    """What a case's page shows to everybody who may see it; the same number of queries however much there is."""
    user, today = person_of(request), timezone.localdate()
    found: Found = found_of(case, today)
    panels, labels = _panels(case, user), services.labels()
    offers = services.offers(case, found, user)
    # Whoever may ask finds what takes others in the panel that asks for it, with what stands in the way.
    if user.has_perm("approvals.request") and "approvals" in dict(panels):
        offers = [offer for offer in offers if offer.move not in services.AGREED | services.CLOSING]
    return {
        "case": case,
        "found": found,
        "facts": found.facts,
        "may_log": case.is_open and user.has_perm("contacts.log"),
        "steps": [(stage, stage == case.stage) for stage in CHASED],
        "offers": [(offer, [reason(blocker) for blocker in offer.blockers]) for offer in offers],
        "timeline": timeline(case),
        "labels": labels,
        "holds": _holds(case, user, found.facts.on),
        "follow_ups": follow_ups_of(case),
        "promises": promises_of(case),
        "unanswered": unanswered_messages_of(case),
        "opt_outs": opt_outs_of(case),
        "others": list(other_loans(case, user)),
        "step_form": form or StepBackForm(),
        "assign_form": _assign_form(user, today) if case.is_open and user.has_perm("cases.assign") else None,
        "today": found.facts.on,
        "now": timezone.now(),
        "worked": last_working_approach(case) if case.is_open else None,
        "panels": panels,
        "is_taken": case.lease_until and case.lease_until > timezone.now() and case.lease_by_id != user.pk,
    }


def desk_context(request: HttpRequest, case: Case, at: dt.datetime, found: Found | None = None) -> dict[str, Any]:
    """What somebody needs who may call and log: numbers with the gate's answer, what to say, the forms."""
    found = found or found_of(case, timezone.localdate())
    numbers, rows = numbers_of(case, at), list(outcomes())
    slot = slot_of(case, person_of(request), at)
    called = slot and (slot.clearance.phone or slot.clearance.third_party)
    points = [(number.key, f"{number.place} · {number.point.masked_number}") for number in numbers]
    chosen = next((number.key for number in numbers if number.point == called), numbers[0].key if numbers else "")
    by_form = request.method == "POST" and "outcome" in request.POST
    form = LogForm(
        request.POST if by_form else None,
        points=points,
        outcomes=rows,
        initial={"point": chosen, "outcome": request.GET.get("outcome", "")},
    )
    return {
        "case": case,
        "numbers": numbers,
        "slot": slot,
        "called": called,
        "consequences": consequences(found.books, found.facts.on),
        "form": form,
        "line_form": LineForm(),
        "may_log": True,
    }


def _panels(case: Case, user: User) -> list[tuple[str, str]]:
    """The rooms above that may have something to say about a case, each with the address it says it under.

    A page is opened often: only what can matter where the case is, or was before it was cured, is asked for.
    """
    has_been_called = case.chased_at != Stage.REMINDER
    has_been_visited = case.chased_at in (Stage.FIELD, Stage.LEGAL)
    wanted = {
        "approvals": has_been_called or user.has_perm("cases.approve_closing"),
        "visits": has_been_called,
        "letters": True,
        "legal": has_been_visited,
        "bureau": True,
    }
    return [
        (room, f"{room}:panel") for room, is_wanted in wanted.items() if is_wanted and user.has_perm(f"{room}.view")
    ]


def _assign_form(user: User, today: dt.date) -> AssignForm:
    return AssignForm(desks=desks_of(user.team_id, today))


def _holds(case: Case, user: User, on: dt.date) -> list[tuple[Hold, bool, bool]]:
    """Every hold on what the case is about, whether it holds today, and whether this person may lift it."""
    every = Hold.objects.filter(borrower=case.borrower, portfolio=case.portfolio).order_by("-from_on", "-pk")
    return [
        (hold, hold.is_active(on), hold.lifted_on is None and user.has_perm(RULES[hold.kind].lift)) for hold in every
    ]


@require_POST
@requires("cases.step_back")
def step_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a case back to the stage before, with a reason."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    form = StepBackForm(request.POST)
    if form.is_valid():
        try:
            services.step_back(
                case=case, **form.cleaned_data, by=person_of(request), on=timezone.localdate(), at=timezone.now()
            )
            messages.success(request, _("The case is back in the stage before."))
            return redirect("cases:case", pk=case.pk)
        except services.MoveRefused as refused:
            for blocker in refused.blockers:
                form.add_error(None, reason(blocker).text)
    return render(request, "cases/case.html", workspace_context(request, case, form))
