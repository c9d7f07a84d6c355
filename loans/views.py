"""Pages about loans: the list, one loan to the day, and its derivations."""

import csv
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from audit.services import record
from loans.explanations import NUMBERS, TOTAL, explanations
from loans.forms import LoanFilter
from loans.models import LedgerEntry, Loan
from loans.selectors import STATE_COLUMNS, book_of, closed_words, loans_visible_to, portfolios_visible_to, state_rows
from loans.statements import happenings, schedule_lines
from loans.tables import LoanTable
from staff.access import person_of, requires
from ui.forms import OnForm, asked_day
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
        "closed": closed_words(loan) if book.is_closed(on) else "",
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
