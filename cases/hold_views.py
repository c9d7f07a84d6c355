"""Placing and lifting holds on a case."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import services
from cases.forms import HoldForm, LiftForm
from cases.selectors import cases_visible_to
from holds.models import RULES, Hold
from holds.services import HoldRefused
from staff.access import person_of, requires


@require_http_methods(["GET", "POST"])
@requires("holds.place")
def place_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why this borrower must not be chased, from when and until when."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    by, today = person_of(request), timezone.localdate()
    form = HoldForm(request.POST or None, initial={"from_on": today}, may_pause=by.has_perm("loans.pause"))
    if form.is_valid():
        try:
            services.place_hold(case=case, **form.cleaned_data, by=by, on=today, at=timezone.now())
            messages.success(request, _("The hold is placed."))
            return redirect("cases:case", pk=case.pk)
        except HoldRefused as refusal:
            form.add_error(None, str(refusal.message))
    return render(request, "cases/place_hold.html", {"case": case, "form": form})


@require_http_methods(["GET", "POST"])
@requires("holds.lift")
def lift_hold(request: HttpRequest, pk: int, hold_pk: int) -> HttpResponse:
    """End a hold, or take it back as a mistake."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    hold = get_object_or_404(Hold, pk=hold_pk, borrower=case.borrower, portfolio=case.portfolio)
    by = person_of(request)
    if not by.has_perm(RULES[hold.kind].lift):
        raise PermissionDenied(RULES[hold.kind].lift)
    form = LiftForm(request.POST or None)
    if form.is_valid():
        try:
            services.lift_hold(
                case=case, hold=hold, **form.cleaned_data, by=by, on=timezone.localdate(), at=timezone.now()
            )
            messages.success(request, _("The hold is lifted."))
            return redirect("cases:case", pk=case.pk)
        except HoldRefused as refusal:
            form.add_error(None, str(refusal.message))
    return render(request, "cases/lift_hold.html", {"case": case, "hold": hold, "form": form})
