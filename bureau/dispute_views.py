"""Pages about one borrower's record: its timeline, disputes and their answers, and what other pages show of it."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from borrowers.models import Borrower
from bureau import dispute_services as services
from bureau.fact_selectors import rules_of
from bureau.forms import AnswerForm, DisputeFilter, DisputeForm
from bureau.models import RecordDispute
from bureau.selectors import (
    corrections_since,
    disputes_visible_to,
    held_of,
    open_disputes,
    panel_of,
    record_of,
)
from bureau.services import RecordRefused
from bureau.tables import DisputeTable, clock
from cases.selectors import cases_visible_to
from loans.selectors import borrowers_visible_to, loans_visible_to, portfolios_visible_to
from staff.access import person_of, requires
from ui.views import ListPage

# On the first page of the day.
MOST = 5


def _borrower(request: HttpRequest, borrower_no: str) -> Borrower:
    return get_object_or_404(borrowers_visible_to(person_of(request)), borrower_no=borrower_no)


@require_safe
@requires("bureau.view")
def borrower_record(request: HttpRequest, borrower_no: str) -> HttpResponse:
    """A borrower's record as a timeline: the code of each loan by month, and everything that happened to it."""
    borrower, on = _borrower(request, borrower_no), timezone.localdate()
    return render(request, "bureau/borrower.html", {"its": record_of(borrower, person_of(request), on), "on": on})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("bureau.dispute")
@never_cache
def open_dispute(request: HttpRequest, borrower_no: str) -> HttpResponse:
    """Take in what a borrower disputes."""
    borrower, by, on = _borrower(request, borrower_no), person_of(request), timezone.localdate()
    loans = loans_visible_to(by).filter(borrower=borrower, record__isnull=False).order_by("loan_no")
    form = DisputeForm(request.POST or None, loans=loans, initial={"opened_on": on, "loan": loans.first()})
    if request.method == "POST" and form.is_valid():
        try:
            dispute = services.open_dispute(**form.cleaned_data, by=by, on=on, at=timezone.now())
            messages.success(request, _("Taken in. An answer is due by %(day)s.") % {"day": dispute.due_on.isoformat()})
            # Who takes it in need not be who may read the record.
            return redirect("bureau:dispute" if by.has_perm("bureau.view") else "loans:borrower", *_key(by, dispute))
        except RecordRefused as refused:
            form.add_error(None, str(refused.message))
    days = rules_of(loans[0].portfolio, on).terms.dispute_days if loans else 0
    context = {"borrower": borrower, "form": form, "loans": loans, "days": days}
    return render(request, "bureau/open_dispute.html", context, status=422 if form.errors else 200)


def _key(by: Any, dispute: RecordDispute) -> list[Any]:
    return [dispute.pk] if by.has_perm("bureau.view") else [dispute.borrower.borrower_no]


class DisputeList(ListPage):
    """Disputes with their clocks."""

    permission_required = "bureau.view"
    table_class = DisputeTable
    template_name = "bureau/disputes.html"
    title = gettext_lazy("Disputes")
    empty_title = gettext_lazy("No dispute waits for an answer")
    empty_text = gettext_lazy("A dispute is taken in on the page of the borrower's record.")

    def rows(self) -> QuerySet[RecordDispute]:
        """Every dispute the person may see."""
        return disputes_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> DisputeFilter:
        """The filter, which offers the person's own portfolios only."""
        portfolios = portfolios_visible_to(person_of(self.request))
        return DisputeFilter(self.request.GET, portfolios=portfolios, on=timezone.localdate())

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table counts the days that are left."""
        return {"on": timezone.localdate()}


def _dispute(request: HttpRequest, pk: int) -> RecordDispute:
    return get_object_or_404(disputes_visible_to(person_of(request)), pk=pk)


@require_safe
@requires("bureau.view")
@never_cache
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """One dispute: what the borrower says, the clock, what was corrected since, and the answer."""
    return _dispute_page(request, _dispute(request, pk), AnswerForm())


def _dispute_page(request: HttpRequest, its: RecordDispute, form: AnswerForm) -> HttpResponse:
    on = timezone.localdate()
    context = {
        "its": its,
        "form": form,
        "clock": clock(its.due_on, on),
        "is_late": its.is_open and its.due_on < on,
        "corrections": corrections_since(its),
    }
    return render(request, "bureau/dispute.html", context, status=422 if form.errors else 200)


@require_POST
@requires("bureau.answer")
@never_cache
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a dispute, and write the letter."""
    its, form = _dispute(request, pk), AnswerForm(request.POST)
    by, on, at = person_of(request), timezone.localdate(), timezone.now()
    if form.is_valid():
        try:
            its = services.answer_dispute(dispute=its, **form.cleaned_data, by=by, on=on, at=at)
            messages.success(request, _("The answer is on file."))
        except RecordRefused as refused:
            form.add_error(None, str(refused.message))
    if form.errors:
        return _dispute_page(request, its, form)
    if its.needs_letter:
        _write_letter(request, its)
    return redirect("bureau:dispute", pk)


@require_POST
@requires("bureau.answer")
def write_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the letter with an answer that could not be written before."""
    _write_letter(request, _dispute(request, pk))
    return redirect("bureau:dispute", pk)


def _write_letter(request: HttpRequest, its: RecordDispute) -> None:
    try:
        services.write_answer(dispute=its, by=person_of(request), on=timezone.localdate(), at=timezone.now())
        messages.success(request, _("The letter is written and waits to be posted."))
    except RecordRefused as refused:
        messages.warning(request, _("The letter could not be written.") + " " + str(refused.message))


@require_safe
@requires("bureau.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What the page of a case shows of the record: nothing where nothing was reported and nothing waits."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    context = {"case": case, "lines": panel_of(case), "held": list(held_of(case)), "on": timezone.localdate()}
    return render(request, "bureau/_panel.html", context)


@require_safe
@requires("bureau.view")
def my_day(request: HttpRequest) -> HttpResponse:
    """The disputes that have to be answered soonest, for the first page of whoever looks after them."""
    on, waiting = timezone.localdate(), open_disputes(disputes_visible_to(person_of(request)))
    rows = [(its, clock(its.due_on, on), its.due_on < on) for its in waiting[:MOST]]
    return render(request, "bureau/_my_day.html", {"rows": rows, "count": waiting.count()})
