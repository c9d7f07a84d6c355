"""The desk: call, log in one breath or field by field, take a slip back; an open page follows what happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import desk_services
from cases.desk_forms import FinishForm, LineForm, LogForm
from cases.desk_services import DeskRefused
from cases.models import Case
from cases.selectors import cases_visible_to
from cases.views import desk_context, workspace_context
from cases.wording import reason
from cases.workspace_selectors import attempt_of, points_of, slot_of
from contacts.models import FollowUp
from contacts.promise_services import PromiseRefused, limits_passed
from contacts.selectors import local_day, outcome_words, outcomes
from contacts.services import ContactRefused, GateRefused, dial
from holds.services import HoldRefused
from rulebook.escalation import Blocker
from rulebook.one_breath import Said, parse
from staff.access import person_of, requires

# Said to the page, not to the log.
ADDRESSED = {"phone", "third_party", "inbound"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A log as somebody gave it, by line or by form: with which number, which outcome, and what was said."""

    point: str
    outcome: str
    said: Mapping[str, Any] = field(default_factory=dict)
    is_inbound: bool = False


def _case_of(request: HttpRequest, pk: int) -> Case:
    return get_object_or_404(cases_visible_to(person_of(request)), pk=pk)


@require_POST
@requires("contacts.log")
@never_cache
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the gate for a call; allowed, the number is shown to dial, refused, the rule and when it ends."""
    case, by, at = _case_of(request, pk), person_of(request), timezone.now()
    point = points_of(case).get(request.POST.get("point", ""))
    if point is None:
        raise Http404("no such number")
    more: dict[str, Any] = {}
    try:
        clearance = desk_services.call(case=case, point=point, by=by, at=at)
        more["clearance"] = clearance
        if clearance.allowed:
            more["number"] = dial(clearance=clearance, by=by, at=at)
    except DeskRefused as refused:
        more["problems"] = [str(refused.message)]
    return render(request, "cases/_desk.html", desk_context(request, case, at) | more)


def _said(case: Case, line: str) -> Said:
    return parse(line, outcome_words(), timezone.localtime(timezone=ZoneInfo(case.portfolio.timezone)))


@require_POST
@requires("contacts.log")
def read_line(request: HttpRequest, pk: int) -> HttpResponse:
    """What the portal understands of a line that is being typed, or what an outcome asks; nothing is written."""
    case, by = _case_of(request, pk), person_of(request)
    if "outcome" in request.POST:
        points = [(key, point.masked_number) for key, point in points_of(case).items()]
        fields_of = LogForm(points=points, outcomes=list(outcomes()), initial=request.POST.dict())
        return render(request, "cases/_log_fields.html", {"form": fields_of})
    form = LineForm(request.POST)
    line = form.cleaned_data["line"] if form.is_valid() else ""
    said = _said(case, line)
    fields = said.fields
    beyond: list[Blocker] = []
    is_hopeless = False
    if said.is_complete and "amount" in fields and "date" in fields and said.code == "PTP":
        asked: dict[str, Any] = {
            "pair": (case.borrower_id, case.portfolio_id),
            "line": case.portfolio.policy_line,
            "amount": fields["amount"],
            "due_on": fields["date"],
            "on": local_day(timezone.now(), case.portfolio.timezone),
        }
        beyond = limits_passed(**asked, as_supervisor=True)
        # Beyond a supervisor's limits nobody may agree; beyond a collector's another person may.
        is_hopeless = bool(beyond)
        if not beyond and not by.has_perm("promises.decide"):
            beyond = limits_passed(**asked, as_supervisor=False)
    context = {
        "line": line,
        "said": said,
        "beyond": [reason(blocker) for blocker in beyond],
        "is_hopeless": is_hopeless,
        "case": case,
    }
    return render(request, "cases/_said.html", context)


@require_POST
@requires("contacts.log")
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """Log a contact by line or by form; the page then offers to take it back, and the next case."""
    case, by, at = _case_of(request, pk), person_of(request), timezone.now()
    context = desk_context(request, case, at)
    entry = _entry_by_line(request, case, context) if "line" in request.POST else _entry_by_form(context["form"])
    if entry is None:
        return _again(request, case, context)
    try:
        attempt = desk_services.log(
            case=case,
            point=points_of(case)[entry.point],
            outcome=entry.outcome,
            said=entry.said,
            by=by,
            at=at,
            is_inbound=entry.is_inbound,
        )
    except GateRefused as refused:
        return _again(request, case, context | {"clearance": refused.clearance})
    except PromiseRefused as refused:
        return _again(request, case, context | {"problems": [reason(blocker).text for blocker in refused.blockers]})
    except (ContactRefused, DeskRefused, HoldRefused) as refused:
        return _again(request, case, context | {"problems": [str(refused.message)]})
    return redirect(f"{reverse('cases:case', args=[case.pk])}?logged={attempt.pk}")


def _again(request: HttpRequest, case: Case, context: dict[str, Any]) -> HttpResponse:
    """The page once more with what was typed; nothing is lost."""
    return render(request, "cases/case.html", workspace_context(request, case) | context, status=422)


def _entry_by_line(request: HttpRequest, case: Case, context: dict[str, Any]) -> Entry | None:
    form = LineForm(request.POST)
    context["line_form"] = form
    if not form.is_valid():
        return None
    said = _said(case, form.cleaned_data["line"])
    context["said"], context["line"] = said, form.cleaned_data["line"]
    point = _point_said(request, case, said)
    if not said.is_complete or not point:
        if said.is_complete:
            context["problems"] = [_("There is no such number.")]
        return None
    rest = {name: value for name, value in said.fields.items() if name not in ADDRESSED}
    return Entry(point, said.code, rest, bool(said.fields.get("inbound")))


def _point_said(request: HttpRequest, case: Case, said: Said) -> str:
    """The number somebody named, else the one they are calling, else the first that is in use."""
    points = points_of(case)
    own = [key for key in points if key.startswith("phone:")]
    others = [key for key in points if key.startswith("third:")]
    for keys, place in ((own, said.fields.get("phone")), (others, said.fields.get("third_party"))):
        if place is not None:
            return keys[place - 1] if place <= len(keys) else ""
    slot = slot_of(case, person_of(request), timezone.now())
    if slot:
        asked = slot.clearance
        return f"phone:{asked.phone_id}" if asked.phone_id else f"third:{asked.third_party_id}"
    return next((key for key in own if points[key].status == "ok"), own[0] if own else "")


def _entry_by_form(form: LogForm) -> Entry | None:
    if not form.is_valid():
        return None
    said = form.said()
    is_inbound = bool(said.pop("inbound", False))
    return Entry(form.cleaned_data["point"], form.cleaned_data["outcome"], said, is_inbound)


@require_POST
@requires("contacts.log")
def undo(request: HttpRequest, pk: int, attempt_pk: int) -> HttpResponse:
    """Take a log back within ten seconds."""
    case = _case_of(request, pk)
    attempt = attempt_of(case, attempt_pk)
    if attempt is None:
        raise Http404("no such log")
    try:
        desk_services.take_back(attempt=attempt, by=person_of(request), at=timezone.now())
        messages.success(request, _("It is taken back; log what is right."))
    except ContactRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("cases:case", pk=case.pk)


@require_GET
@requires("cases.view")
def pulse(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing while the page is up to date; else the parts of it that changed."""
    case = _case_of(request, pk)
    if request.GET.get("seen") == str(case.revision):
        return HttpResponse(status=204)
    return render(request, "cases/_pulse.html", workspace_context(request, case))


@require_http_methods(["GET", "POST"])
@requires("contacts.log")
def finish(request: HttpRequest, pk: int, task_pk: int) -> HttpResponse:
    """Say that a follow-up is done, and how."""
    case, by = _case_of(request, pk), person_of(request)
    its = FollowUp.objects.filter(borrower=case.borrower, portfolio=case.portfolio).select_related("portfolio")
    task = get_object_or_404(its, pk=task_pk)
    form = FinishForm(request.POST or None)
    if form.is_valid():
        try:
            desk_services.finish_follow_up(follow_up=task, note=form.cleaned_data["note"], by=by, at=timezone.now())
            messages.success(request, _("It is done."))
            return redirect("cases:case", pk=case.pk)
        except ContactRefused as refused:
            form.add_error(None, str(refused.message))
    return render(request, "cases/finish.html", {"case": case, "task": task, "form": form})
