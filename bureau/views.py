"""Pages of the overdue record: the reports, one report, what waits for a notice, and the files for the bureau."""

import csv
from itertools import chain
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bureau import export_services, run_services, tasks
from bureau.export_selectors import COLUMNS, lines
from bureau.forms import HeldFilter, PortfolioForm, RowFilter, RunFilter, StartForm
from bureau.models import HeldBack, RecordRow, ReportRun, RunChunk
from bureau.selectors import (
    codes_of,
    disputes_visible_to,
    exports_visible_to,
    held_visible_to,
    latest_notices,
    open_disputes,
    runs_visible_to,
)
from bureau.services import RecordRefused
from bureau.tables import HeldTable, RowTable, RunTable, clock
from loans.selectors import portfolios_visible_to
from rulebook.credit_record import last_month_end
from staff.access import person_of, requires
from ui.errands import ask_worker
from ui.views import ListPage

# Of the disputes and files on the first page; the lists have all of them.
FIRST = 8


class RunList(ListPage):
    """The reports of the portfolios somebody may see, and above them what waits."""

    permission_required = "bureau.view"
    table_class = RunTable
    template_name = "bureau/runs.html"
    title = gettext_lazy("Overdue record")
    empty_title = gettext_lazy("No report was made yet")
    empty_text = gettext_lazy("A report is made once a month is over, for one portfolio at a time.")

    def rows(self) -> QuerySet[ReportRun]:
        """Every report the person may see."""
        return runs_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> RunFilter:
        """The filter, which offers the person's own portfolios only."""
        return RunFilter(self.request.GET, portfolios=portfolios_visible_to(person_of(self.request)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list, the most pressing disputes, and how much waits for a notice."""
        user, on = person_of(self.request), timezone.localdate()
        waiting = open_disputes(disputes_visible_to(user))
        context = {
            "disputes": [(its, clock(its.due_on, on), its.due_on < on) for its in waiting[:FIRST]],
            "dispute_count": waiting.count(),
            "held_count": held_visible_to(user).count(),
            "exports": exports_visible_to(user).order_by("-pk")[:FIRST],
            "export_form": PortfolioForm(portfolios=portfolios_visible_to(user)),
        }
        return super().get_context_data(**context, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("bureau.report")
def start(request: HttpRequest) -> HttpResponse:
    """Choose a month of a portfolio, look at what the report would take in, and then have it made."""
    by, on = person_of(request), timezone.localdate()
    asked = request.POST or request.GET or None
    form = StartForm(asked, portfolios=portfolios_visible_to(by), initial={"month_end": last_month_end(on)})
    preview = None
    if asked and form.is_valid():
        try:
            if request.method == "POST":
                run = run_services.start_run(**form.cleaned_data, by=by, on=on, at=timezone.now())
                if ask_worker(request, tasks.work_on_run, run.pk):
                    messages.success(request, _("The report is being made."))
                return redirect("bureau:run", run.pk)
            preview = run_services.look_at_run(**form.cleaned_data, on=on)
        except RecordRefused as refused:
            form.add_error(None, str(refused.message))
    context = {"form": form, "preview": preview}
    return render(request, "bureau/start.html", context, status=422 if form.errors else 200)


class RunPage(ListPage):
    """One report: how many of which code, its rows, and what it held back."""

    permission_required = "bureau.view"
    table_class = RowTable
    template_name = "bureau/run.html"
    filter_class = RowFilter
    empty_title = gettext_lazy("This report wrote no row")
    empty_text = gettext_lazy("What was reported before and has not changed is not reported again.")

    @cached_property
    def run(self) -> ReportRun:
        """The report, of a portfolio the person may see."""
        return get_object_or_404(runs_visible_to(person_of(self.request)), pk=self.kwargs["pk"])

    def rows(self) -> QuerySet[RecordRow]:
        """Its rows."""
        return RecordRow.objects.filter(run=self.run).select_related("loan", "borrower").order_by("loan__loan_no")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list, and which report it is."""
        title = _("Report of %(portfolio)s as of %(day)s") % {
            "portfolio": self.run.portfolio,
            "day": self.run.month_end.isoformat(),
        }
        labels = dict(RecordRow._meta.get_field("code").flatchoices)
        codes = [(code, labels[code], count) for code, count in codes_of(self.run)]
        context = {"run": self.run, "codes": codes, **_progress(self.run)}
        return super().get_context_data(**context, **kwargs) | {"title": title}


def _progress(run: ReportRun) -> dict[str, Any]:
    parts = RunChunk.objects.filter(run=run)
    return {"parts": parts.count(), "parts_done": parts.exclude(done_at=None).count()}


@require_safe
@requires("bureau.view")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a report is, asked for by its page until it is finished."""
    run = get_object_or_404(runs_visible_to(person_of(request)), pk=pk)
    if run.is_done:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "bureau/_progress.html", {"run": run, **_progress(run)})


class HeldList(ListPage):
    """What waits until its borrower had notice."""

    permission_required = "bureau.view"
    table_class = HeldTable
    template_name = "bureau/held.html"
    title = gettext_lazy("Held back")
    lead = gettext_lazy(
        "Nobody is reported as overdue for the first time before they had notice. The report after that takes these in."
    )
    empty_title = gettext_lazy("Nothing is held back")
    empty_text = gettext_lazy("Every borrower who was reported as overdue had notice before.")

    def rows(self) -> QuerySet[HeldBack]:
        """Everything that waits and the person may see."""
        return held_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> HeldFilter:
        """The filter, which offers the person's own portfolios only."""
        return HeldFilter(self.request.GET, portfolios=portfolios_visible_to(person_of(self.request)))

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table says where each notice is."""
        may_read = person_of(self.request).has_perm("letters.view")
        return {"letters": latest_notices(self.get_queryset()), "may_read": may_read}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list, and the form to write notices."""
        asked = {"portfolio": self.request.GET.get("portfolio")}
        form = PortfolioForm(portfolios=portfolios_visible_to(person_of(self.request)), initial=asked)
        return super().get_context_data(notice_form=form, **kwargs)


@require_POST
@requires("bureau.report")
def write_notices(request: HttpRequest) -> HttpResponse:
    """Have a worker write the notice to everybody in a portfolio who waits for one."""
    by = person_of(request)
    form = PortfolioForm(request.POST, portfolios=portfolios_visible_to(by))
    if not form.is_valid():
        messages.error(request, _("Choose a portfolio."))
    elif ask_worker(request, tasks.write_notices, form.cleaned_data["portfolio"].pk, by.pk):
        messages.success(request, _("The notices are being written; open this page again in a moment."))
    return redirect("bureau:held")


@require_POST
@requires("bureau.report")
def make_export(request: HttpRequest) -> HttpResponse:
    """Make the next file of a portfolio: everything reported since the one before."""
    by = person_of(request)
    form = PortfolioForm(request.POST, portfolios=portfolios_visible_to(by))
    if not form.is_valid():
        messages.error(request, _("Choose a portfolio."))
        return redirect("bureau:runs")
    try:
        made = export_services.make_export(**form.cleaned_data, by=by, on=timezone.localdate(), at=timezone.now())
        messages.success(request, _("The file is ready, with %(rows)d rows.") % {"rows": made.rows})
    except RecordRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("bureau:runs")


class _Echo:
    """Hands each CSV line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


@require_safe
@requires("bureau.export")
@never_cache
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file for the bureau, the same however often it is taken; an auditor's has masked ID numbers."""
    by = person_of(request)
    export = get_object_or_404(exports_visible_to(by), pk=pk)
    in_clear = export_services.note_download(export=export, by=by, at=timezone.now())
    writer = csv.writer(_Echo(), lineterminator="\n")
    rows = (writer.writerow(row) for row in chain([COLUMNS], lines(export, in_clear=in_clear)))
    name = f'attachment; filename="overdue_record_{export.portfolio.pk}_{export.made_on}_{export.pk}.csv"'
    return StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
