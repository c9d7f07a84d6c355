"""The team board, and deciding on promises beyond a collector's limits."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import desk_services
from cases.decision_selectors import asked, promises_visible_to
from cases.selectors import cases_visible_to
from cases.team_forms import DecideForm
from cases.team_selectors import SHOWN, board_of
from cases.wording import reason
from contacts.lifecycle import PromiseState
from contacts.promise_services import PromiseRefused
from rulebook.escalation import Blocker
from staff.access import person_of, requires


@require_GET
@requires("team.view")
def board(request: HttpRequest) -> HttpResponse:
    """Who is on what, what nobody logged, what was promised, and what waits for a decision."""
    viewer, at = person_of(request), timezone.now()
    found = board_of(viewer, on=timezone.localdate(), at=at)
    approvals = [(item, [reason(blocker).text for blocker in item.beyond]) for item in found.asked]
    context = {"board": found, "approvals": approvals, "at": at, "most": SHOWN}
    return render(request, "cases/team.html", context)


@require_http_methods(["GET", "POST"])
@requires("promises.decide")
def decide_promise(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a promise beyond the limits, or decline it, with what it would change; never one's own."""
    by, at = person_of(request), timezone.now()
    promise = get_object_or_404(promises_visible_to(by), pk=pk)
    if request.method == "POST" and promise.made_by_id_then == by.pk:
        raise PermissionDenied("promises.decide")
    form = DecideForm(request.POST or None)
    if form.is_valid():
        try:
            decided = desk_services.decide_promise(promise=promise, **form.cleaned_data, by=by, at=at)
            agreed = decided.state == PromiseState.OPEN
            messages.success(request, _("The promise stands.") if agreed else _("The promise is declined."))
            return redirect("desk:team")
        except PromiseRefused as refused:
            for blocker in refused.blockers:
                form.add_error(None, _sentence(blocker))
    item = asked([promise], by, at)[0]
    case = cases_visible_to(by).filter(borrower=promise.borrower, portfolio=promise.portfolio).order_by("-pk").first()
    context = {
        "item": item,
        "promise": promise,
        "case": case,
        "form": form,
        "beyond": [reason(blocker).text for blocker in item.beyond],
        "too_far": [reason(blocker).text for blocker in item.too_far],
    }
    return render(request, "cases/decide_promise.html", context)


def _sentence(blocker: Blocker) -> str:
    # A promise has no stage: somebody else was quicker.
    return _("This promise is decided already.") if blocker.code == "stage" else reason(blocker).text
