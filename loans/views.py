"""Pages about loans: the list, one loan to the day, its derivations, and booking with a look before."""

import csv
import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from audit.services import record
from loans import services
from loans.explanations import NUMBERS, TOTAL, explanations
from loans.forms import LoanFilter, OnForm, PaymentForm, ReversalForm, SeenForm, asked_day
from loans.models import LedgerEntry, Loan, LoanEvent
from loans.selectors import STATE_COLUMNS, LoanBook, book_of, loans_visible_to, portfolios_visible_to, state_rows
from loans.statements import happenings, schedule_lines, try_payment, try_reversal
from loans.tables import LoanTable
from staff.access import person_of, requires
from ui.views import ListPage


class LoanList(ListPage):
    """The loans of the portfolios somebody may see."""

    permission_required = "loans.view"
    table_class = LoanTable
    title = gettext_lazy("Loans")
    template_name = "loans/list.html"
    empty_title = gettext_lazy("No loans yet")
    empty_text = gettext_lazy("Loans come in with a lender's tape, which operations import into your team's portfolio.")

    def rows(self) -> QuerySet[Loan]:
        """Every loan the person may see."""
        return loans_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> LoanFilter:
        """The filter, which offers the person's own portfolios only."""
        portfolios = portfolios_visible_to(person_of(self.request))
        return LoanFilter(self.request.GET, portfolios=portfolios, on=timezone.localdate())

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table marks what is late today."""
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list, and the date for the file of all states."""
        return super().get_context_data(on_form=OnForm(initial={"on": timezone.localdate()}), **kwargs)


class _Echo:
    """Hands each CSV line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


@require_GET
@requires("loans.export")
def states_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What every visible loan owed on a date, as the file a lender reconciles with its core system."""
    on = asked_day(request.GET, timezone.localdate())
    rows = state_rows(loans_visible_to(person_of(request)), on)
    writer = csv.writer(_Echo(), lineterminator="\n")
    lines = (writer.writerow(row) for row in (STATE_COLUMNS, *rows))
    record(actor=person_of(request), action="loans.export_states", subject=f"loan states {on}", at=timezone.now())
    name = f'attachment; filename="loan_states_{on}.csv"'
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@require_GET
@requires("loans.view")
def loan_page(request: HttpRequest, loan_no: str) -> HttpResponse:
    """One loan on a chosen date: what it owes, its schedule, what happened, and its ledger."""
    loan = get_object_or_404(loans_visible_to(person_of(request)), loan_no=loan_no)
    on = asked_day(request.GET, timezone.localdate())
    book = book_of(loan)
    found = book.standing(on)
    lines = LedgerEntry.objects.filter(loan=loan, value_on__lte=on).order_by("value_on", "pk")
    context = {
        "loan": loan,
        "on": on,
        "on_form": OnForm({"on": on}),
        "found": found,
        "numbers": [(name, label, getattr(found, name)) for name, label in NUMBERS.items()],
        "schedule": schedule_lines(book, found),
        "happenings": happenings(loan, book, on),
        "ledger": lines.select_related("instalment", "event", "policy_version", "cancelled_by"),
    }
    return render(request, "loans/loan.html", context)


@require_GET
@requires("loans.view")
def explain(request: HttpRequest, loan_no: str, name: str) -> HttpResponse:
    """Why a number is what it is, to print or inside the loan's page; `instalment` narrows it to one instalment."""
    loan = get_object_or_404(loans_visible_to(person_of(request)), loan_no=loan_no)
    on = asked_day(request.GET, timezone.localdate())
    asked = request.GET.get("instalment", "")
    seq = int(asked) if asked.isdecimal() else None
    book = book_of(loan)
    found = book.standing(on)
    shown = [number for number in explanations(book, found, seq) if name in (number.name, TOTAL)]
    if not shown:
        raise Http404
    if name == TOTAL:
        shown = [number for number in shown if number.amount and number.name != "unapplied"]
    context = {"loan": loan, "on": on, "seq": seq, "found": found, "shown": shown, "is_total": name == TOTAL}
    template = "loans/_explanation.html" if request.headers.get("HX-Request") else "loans/explain.html"
    return render(request, template, context)


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
        except services.BookingRefused as refusal:
            form.add_error(None, str(refusal.message))
    return render(request, "loans/book_payment.html", context)


def _look_at_payment(context: dict[str, Any], loan: Loan, form: PaymentForm, today: dt.date) -> None:
    asked, on = form.cleaned_data, context["on"]
    services.refuse_impossible_payment(
        loan, amount=asked["amount"], received_on=asked["received_on"], reference=asked["reference"], on=today
    )
    seen = services.last_event_id(loan)
    context["preview"] = try_payment(book_of(loan), amount=asked["amount"], received_on=asked["received_on"], on=on)
    context["seen"] = SeenForm(initial={"on": on, "seen": seen})


def _confirm_payment(request: HttpRequest, loan: Loan, form: PaymentForm, today: dt.date) -> HttpResponse:
    asked = form.cleaned_data
    services.post_payment(
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
            services.reverse(
                event=event,
                reason=form.cleaned_data["reason"],
                seen_event_id=_seen(request),
                by=person_of(request),
                at=timezone.now(),
            )
            messages.success(request, _("It is reversed, as if it had never been; both stay on file."))
            return _back_to(loan, request)
        except services.BookingRefused as refusal:
            form.add_error(None, str(refusal.message))
    return render(request, "loans/reverse.html", _reversal_context(book_of(loan), event, form, on))


def _reversal_context(book: LoanBook, event: LoanEvent, form: ReversalForm, on: dt.date) -> dict[str, Any]:
    context: dict[str, Any] = {"loan": book.loan, "event": event, "form": form, "on": on}
    try:
        services.refuse_impossible_reversal(event)
    except services.BookingRefused as refusal:
        return context | {"refusal": refusal.message}
    seen = SeenForm(initial={"on": on, "seen": services.last_event_id(book.loan)})
    return context | {"preview": try_reversal(book, event, on), "seen": seen}


def _seen(request: HttpRequest) -> int | None:
    form = SeenForm(request.POST)
    return form.cleaned_data["seen"] if form.is_valid() else -1


def _back_to(loan: Loan, request: HttpRequest) -> HttpResponse:
    on = asked_day(request.POST, timezone.localdate())
    return redirect(f"{reverse('loans:loan', args=[loan.loan_no])}?on={on}")
