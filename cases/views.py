"""Pages about cases: the list, and one case with what blocks its next moves."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from cases import services
from cases.forms import CaseFilter, StepBackForm
from cases.lifecycle import CHASED
from cases.models import Case
from cases.selectors import Found, cases_visible_to, found_of
from cases.tables import CaseTable
from cases.wording import move_label, reason
from loans.selectors import portfolios_visible_to
from staff.access import person_of, requires
from ui.views import ListPage


class CaseList(ListPage):
    """The cases of the portfolios somebody may see."""

    permission_required = "cases.view"
    table_class = CaseTable
    title = gettext_lazy("Cases")
    empty_title = gettext_lazy("No cases yet")
    empty_text = gettext_lazy("A case opens at close of day when a borrower of your team's portfolios is late.")

    def rows(self) -> QuerySet[Case]:
        """Every case the person may see."""
        return cases_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> CaseFilter:
        """The filter, which offers the person's own portfolios only."""
        return CaseFilter(self.request.GET, portfolios=portfolios_visible_to(person_of(self.request)))

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table says what is owed today."""
        return {"on": timezone.localdate()}


@require_GET
@requires("cases.view")
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One case today: what is owed, how far it has come, and what stands in the way of the next move."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    return render(request, "cases/case.html", _context(request, case, StepBackForm()))


def _context(request: HttpRequest, case: Case, form: StepBackForm) -> dict[str, Any]:
    found: Found = found_of(case, timezone.localdate())
    offers = services.offers(case, found, person_of(request))
    labels = services.labels()
    return {
        "case": case,
        "found": found,
        "facts": found.facts,
        "steps": [(stage, stage == case.stage) for stage in CHASED],
        "offers": [(offer, [reason(blocker) for blocker in offer.blockers]) for offer in offers],
        "moves": [(move, move_label(move.move, labels)) for move in case.moves.order_by("-pk")],
        "form": form,
        "today": found.facts.on,
    }


@require_POST
@requires("cases.step_back")
def step_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a case back to the stage before, with a reason."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    form = StepBackForm(request.POST)
    if form.is_valid():
        try:
            services.step_back(
                case=case, **form.cleaned_data, by=person_of(request), on=timezone.localdate(), at=timezone.now()
            )
            messages.success(request, _("The case is back in the stage before."))
            return redirect("cases:case", pk=case.pk)
        except services.MoveRefused as refused:
            for blocker in refused.blockers:
                form.add_error(None, reason(blocker).text)
    return render(request, "cases/case.html", _context(request, case, form))
