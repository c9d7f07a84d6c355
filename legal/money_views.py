"""Pages of legal that touch money: making a loan due as a whole, and charging costs."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.models import Case
from cases.selectors import cases_visible_to
from contacts.letter_services import LetterRefused
from evidence.services import FileRefused
from legal import money_services
from legal.forms import AccelerationForm, CostForm
from legal.selectors import referrals_visible_to
from loans.closing_services import look_at_acceleration
from loans.models import Loan
from loans.services import BookingRefused
from staff.access import person_of, requires


@require_http_methods(["GET", "POST"])
@requires("loans.accelerate")
def accelerate(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a loan due as a whole: see what changes, say why, confirm; the letter is written with it."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    form = AccelerationForm(request.POST or None, loans=_loans_of(case), initial={"loan": case.lead_loan_id})
    context: dict[str, Any] = {"case": case, "form": form, "on": timezone.localdate()}
    if form.is_valid():
        try:
            if "confirm" in request.POST:
                return _accelerate(request, case, form.cleaned_data)
            loan, on = form.cleaned_data["loan"], context["on"]
            money_services.refuse_without_ground(case, loan, on)
            context["preview"] = look_at_acceleration(loan, value_on=on, on=on)
        except (BookingRefused, LetterRefused) as refused:
            form.add_error(None, str(refused.message))
    return render(request, "legal/accelerate.html", context)


def _loans_of(case: Case) -> QuerySet[Loan]:
    loans = Loan.objects.filter(borrower=case.borrower, portfolio=case.portfolio, closed_on=None)
    return loans.select_related("portfolio").order_by("loan_no")


def _accelerate(request: HttpRequest, case: Case, asked: dict[str, Any]) -> HttpResponse:
    _event, letter = money_services.accelerate(
        **asked, case=case, by=person_of(request), on=timezone.localdate(), at=timezone.now()
    )
    text = _("Loan %(loan)s is due as a whole. Letter %(letter)s is written; post it now.")
    messages.success(request, text % {"loan": asked["loan"].loan_no, "letter": letter})
    return redirect("legal:case", pk=case.pk)


@require_http_methods(["GET", "POST"])
@requires("legal.act")
def charge_cost(request: HttpRequest, pk: int) -> HttpResponse:
    """Charge a cost of a referral to the borrower, with its receipt."""
    referral = get_object_or_404(referrals_visible_to(person_of(request)), pk=pk)
    form = CostForm(request.POST or None, request.FILES or None, initial={"incurred_on": timezone.localdate()})
    if form.is_valid():
        asked = dict(form.cleaned_data)
        receipt = asked.pop("receipt")
        try:
            money_services.charge_cost(
                **asked,
                receipt=receipt.read() if receipt else None,
                referral=referral,
                by=person_of(request),
                on=timezone.localdate(),
                at=timezone.now(),
            )
            messages.success(request, _("The cost is charged to loan %(loan)s.") % {"loan": referral.case.lead_loan})
            return redirect("legal:case", pk=referral.case_id)
        except (BookingRefused, FileRefused) as refused:
            form.add_error(None, str(refused.message))
    return render(request, "legal/cost.html", {"referral": referral, "case": referral.case, "form": form})
