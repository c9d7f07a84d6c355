"""Booking money on a loan by form, with a look before; cases follow at once."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from intake.booking_forms import PaymentForm, ReversalForm, SeenForm
from intake.booking_services import receive_payment, reverse_booking
from loans.models import Loan, LoanEvent
from loans.selectors import closed_words, loans_visible_to
from loans.services import BookingRefused, last_event_id, look_at_payment, look_at_reversal
from staff.access import person_of, requires
from ui.forms import asked_day


@require_http_methods(["GET", "POST"])
@requires("loans.book")
def book_payment(request: HttpRequest, loan_no: str) -> HttpResponse:
    """Book a payment: fill in, see what it does, confirm."""
    loan = get_object_or_404(loans_visible_to(person_of(request)), loan_no=loan_no)
    today = timezone.localdate()
    on = asked_day(request.GET, today)
    form = PaymentForm(request.POST or None, initial={"received_on": on})
    context: dict[str, Any] = {"loan": loan, "on": on, "form": form}
    if form.is_valid():
        try:
            if "confirm" in request.POST:
                return _confirm_payment(request, loan, form, today)
            _look_at_payment(context, loan, form, today)
        except BookingRefused as refusal:
            form.add_error(None, str(refusal.message))
    return render(request, "intake/book_payment.html", context)


def _look_at_payment(context: dict[str, Any], loan: Loan, form: PaymentForm, today: dt.date) -> None:
    asked, on = form.cleaned_data, context["on"]
    payment = {name: asked[name] for name in ("amount", "received_on", "reference")}
    seen = last_event_id(loan)
    context["preview"] = look_at_payment(loan, **payment, today=today, on=on)
    context["seen"] = SeenForm(initial={"on": on, "seen": seen})
    if loan.closed_on and asked["received_on"] >= loan.closed_on:
        context["closed"] = closed_words(loan)


def _confirm_payment(request: HttpRequest, loan: Loan, form: PaymentForm, today: dt.date) -> HttpResponse:
    asked = form.cleaned_data
    receive_payment(
        loan=loan,
        amount=asked["amount"],
        received_on=asked["received_on"],
        reference=asked["reference"],
        channel=asked["channel"],
        seen_event_id=_seen(request),
        by=person_of(request),
        on=today,
        at=timezone.now(),
    )
    messages.success(request, _("The payment is booked."))
    return _back_to(loan, request)


@require_http_methods(["GET", "POST"])
@requires("loans.book")
def reverse_event(request: HttpRequest, loan_no: str, pk: int) -> HttpResponse:
    """Undo something booked: see what changes, say why, confirm."""
    loan = get_object_or_404(loans_visible_to(person_of(request)), loan_no=loan_no)
    event = get_object_or_404(LoanEvent.objects.select_related("loan"), loan=loan, pk=pk)
    form = ReversalForm(request.POST or None)
    on = asked_day(request.GET, timezone.localdate())
    if form.is_valid():
        try:
            reverse_booking(
                event=event,
                reason=form.cleaned_data["reason"],
                seen_event_id=_seen(request),
                by=person_of(request),
                on=timezone.localdate(),
                at=timezone.now(),
            )
            messages.success(request, _("It is reversed, as if it had never been; both stay on file."))
            return _back_to(loan, request)
        except BookingRefused as refusal:
            form.add_error(None, str(refusal.message))
    return render(request, "intake/reverse.html", _reversal_context(loan, event, form, on))


def _reversal_context(loan: Loan, event: LoanEvent, form: ReversalForm, on: dt.date) -> dict[str, Any]:
    context: dict[str, Any] = {"loan": loan, "event": event, "form": form, "on": on}
    seen = SeenForm(initial={"on": on, "seen": last_event_id(loan)})
    try:
        return context | {"preview": look_at_reversal(event, on=on), "seen": seen}
    except BookingRefused as refusal:
        return context | {"refusal": refusal.message}


def _seen(request: HttpRequest) -> int | None:
    form = SeenForm(request.POST)
    return form.cleaned_data["seen"] if form.is_valid() else -1


def _back_to(loan: Loan, request: HttpRequest) -> HttpResponse:
    on = asked_day(request.POST, timezone.localdate())
    return redirect(f"{reverse('loans:loan', args=[loan.loan_no])}?on={on}")
