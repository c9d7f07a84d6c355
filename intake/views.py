"""Pages of operations: bring a tape in, read what is wrong with it, load it, watch."""

from typing import Any

from celery import Task
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from intake import services, tasks
from intake.forms import TapeForm
from intake.lifecycle import UNDER_WAY, State
from intake.models import ImportRun
from intake.readers import TapeFile
from intake.rejects import reject_name
from intake.selectors import progress_of, runs_visible_to
from intake.tables import FindingTable, RunTable
from staff.access import person_of, requires
from ui.errands import ask_worker
from ui.views import ListPage


class RunList(ListPage):
    """The tapes that somebody's team brought in, newest first."""

    permission_required = "intake.view"
    table_class = RunTable
    template_name = "intake/list.html"
    title = gettext_lazy("Imports")
    empty_title = gettext_lazy("No tape has been imported yet")
    empty_text = gettext_lazy(
        "Upload the lender's files: every row is checked first, and nothing is loaded before you say so."
    )

    def rows(self) -> QuerySet[ImportRun]:
        """The imports the person may see."""
        return runs_visible_to(person_of(self.request))


@require_http_methods(["GET", "POST"])
@requires("intake.load")
@sensitive_variables()
def new(request: HttpRequest) -> HttpResponse:
    """Choose the files of a tape; the check begins at once."""
    form = TapeForm(request.POST, request.FILES) if request.method == "POST" else TapeForm()
    if form.is_valid():
        files = [TapeFile(file.name, file.read()) for file in form.cleaned_data["tape"]]
        try:
            run = services.receive(files=files, by=person_of(request), at=timezone.now())
        except services.ImportRefused as refused:
            form.add_error("tape", str(refused.message))
        else:
            _ask(request, tasks.check, run)
            return redirect("intake:run", run.pk)
    return render(request, "intake/new.html", {"form": form}, status=422 if form.errors else 200)


def _ask(request: HttpRequest, task: "Task[Any, Any]", run: ImportRun) -> None:
    """Send a worker; where none can be reached the import says at once that it does not go on."""
    if not ask_worker(request, task, run.pk, run.attempt):
        services.mark_interrupted(run_id=run.pk, attempt=run.attempt)


@require_safe
@requires("intake.view")
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what was found, or how far it has come."""
    run = get_object_or_404(runs_visible_to(person_of(request)), pk=pk)
    return render(request, "intake/run.html", _facts(request, run))


@require_safe
@requires("intake.view")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes, asked for every second while somebody works on the import."""
    run = get_object_or_404(runs_visible_to(person_of(request)), pk=pk)
    return render(request, "intake/_run.html", _facts(request, run))


def _facts(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    if run.state in UNDER_WAY:
        services.notice_interruption(run_id=run.pk, at=timezone.now())
        run = runs_visible_to(person_of(request)).get(pk=run.pk)
    table = FindingTable(run.findings)
    RequestConfig(request).configure(table)
    return {
        "run": run,
        "State": State,
        "table": table,
        "under_way": run.state in UNDER_WAY,
        "progress": progress_of(run),
        "reject_files": run.files.filter(rejects__isnull=False).order_by("pk").defer("content", "rejects"),
        "errors_kept": services.ERRORS_KEPT,
    }


@require_POST
@requires("intake.load")
def load(request: HttpRequest, pk: int) -> HttpResponse:
    """Load the tape, or with `partial` its good rows."""
    run = get_object_or_404(runs_visible_to(person_of(request)), pk=pk)
    partial = request.POST.get("partial") == "1"
    try:
        run = services.ask_to_load(run_id=run.pk, partial=partial, by=person_of(request), at=timezone.now())
    except services.ImportRefused as refused:
        messages.error(request, str(refused.message))
    else:
        _ask(request, tasks.load, run)
    return redirect("intake:run", pk)


@require_POST
@requires("intake.load")
def check_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an interrupted check anew."""
    run = get_object_or_404(runs_visible_to(person_of(request)), pk=pk)
    try:
        run = services.ask_to_check_again(run_id=run.pk, by=person_of(request), at=timezone.now())
    except services.ImportRefused as refused:
        messages.error(request, str(refused.message))
    else:
        _ask(request, tasks.check, run)
    return redirect("intake:run", pk)


@require_POST
@requires("intake.load")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a tape away that was not loaded."""
    run = get_object_or_404(runs_visible_to(person_of(request)), pk=pk)
    try:
        services.discard(run_id=run.pk, by=person_of(request), at=timezone.now())
    except services.ImportRefused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The tape was discarded and its files removed."))
    return redirect("intake:run", pk)


@require_GET
@requires("intake.load")
@sensitive_variables()
def rejects(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """The refused rows of one file, to be mended; who takes them is written down."""
    run = get_object_or_404(runs_visible_to(person_of(request)), pk=pk)
    file = get_object_or_404(run.files.filter(rejects__isnull=False), pk=file_pk)
    content = services.take_reject_file(file=file, by=person_of(request), at=timezone.now())
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = content_disposition_header(True, reject_name(file.name)) or "attachment"
    return response
