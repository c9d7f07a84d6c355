"""The team board, and deciding on promises beyond a collector's limits."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import desk_services
from cases.selectors import cases_visible_to
from cases.team_forms import DecideForm
from cases.team_selectors import board_of
from cases.wording import reason
from contacts.models import Promise
from contacts.promise_services import PromiseRefused, limits_passed
from contacts.selectors import local_day, money_of
from loans.selectors import portfolios_visible_to
from staff.access import person_of, requires


@require_GET
@requires("team.view")
def board(request: HttpRequest) -> HttpResponse:
    """Who is on what, what nobody logged, what was promised, and what waits for a decision."""
    viewer, at = person_of(request), timezone.now()
    context = {"board": board_of(viewer, on=timezone.localdate(), at=at), "at": at, "today": timezone.localdate()}
    return render(request, "cases/team.html", context)


@require_http_methods(["GET", "POST"])
@requires("promises.decide")
def decide_promise(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a promise beyond the limits, or decline it, with what it would change; never one's own."""
    by, at = person_of(request), timezone.now()
    theirs = Promise.objects.filter(portfolio__in=portfolios_visible_to(by))
    promise = get_object_or_404(theirs.select_related("portfolio", "borrower", "attempt__outcome"), pk=pk)
    is_own = promise.made_by_id_then == by.pk
    form = DecideForm(request.POST or None)
    if request.method == "POST" and is_own:
        raise PermissionDenied("promises.decide")
    if form.is_valid():
        try:
            agreed = "agree" in request.POST
            desk_services.decide_promise(
                promise=promise, agreed=agreed, reason=form.cleaned_data["reason"], by=by, at=at
            )
            messages.success(request, _("The promise stands.") if agreed else _("The promise is declined."))
            return redirect("desk:team")
        except PromiseRefused as refused:
            for blocker in refused.blockers:
                form.add_error(None, reason(blocker).text)
    pair, on = (promise.borrower_id, promise.portfolio_id), local_day(at, promise.portfolio.timezone)
    passed = limits_passed(
        pair=pair,
        line=promise.portfolio.policy_line,
        amount=promise.amount,
        due_on=promise.due_on,
        on=on,
        as_supervisor=False,
    )
    case = cases_visible_to(by).filter(borrower=pair[0], portfolio=pair[1]).order_by("-pk").first()
    context = {
        "promise": promise,
        "case": case,
        "form": form,
        "is_own": is_own,
        "passed": [reason(blocker) for blocker in passed],
        "overdue": money_of([pair])[pair].overdue(on),
        "open_one": Promise.objects.filter(borrower=pair[0], portfolio=pair[1], state="open").first(),
    }
    return render(request, "cases/decide_promise.html", context)
