"""Pages of legal: the list, and one case with its checklist, referral, deadlines, costs and bundles."""

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
from django.views.decorators.http import require_GET, require_POST

from cases.models import Case
from cases.selectors import cases_visible_to
from legal import services
from legal.checklist_selectors import checklist, move_to_legal
from legal.forms import CorrectionForm, LegalFilter, StepForm
from legal.list_selectors import WATCHED, deadlines, ending_soon, looks_at, ready, to_open
from legal.models import Referral
from legal.selectors import costs_of, is_to_open, limitations_of, referrals_visible_to, steps_of
from legal.tables import LegalTable
from legal.wording import RESTARTS, step_label, time_limit, warning_text
from loans.selectors import portfolios_visible_to
from rulebook.legal_steps import Urgency, warning_of
from staff.access import person_of, requires
from ui.views import ListPage

SHOWN = 5


class LegalList(ListPage):
    """Cases before the courts or on their way there, in the portfolios somebody may see."""

    permission_required = "legal.view"
    table_class = LegalTable
    template_name = "legal/list.html"
    title = gettext_lazy("Legal")
    lead = gettext_lazy("Cases before the courts, with the deadline that comes next; and those whose time runs out.")
    empty_title = gettext_lazy("No case is before the courts")
    empty_text = gettext_lazy("A referral opens by itself when a case comes to legal, by the agreement of two people.")

    def rows(self) -> QuerySet[Case]:
        """Every case the person may see; the filter narrows them to those before the courts."""
        return cases_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> LegalFilter:
        """The filter, which offers the person's own portfolios only; it narrows even where nothing is asked."""
        user = person_of(self.request)
        portfolios = portfolios_visible_to(user)
        return LegalFilter(self.request.GET, portfolios=portfolios, user=user, on=timezone.localdate())

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table says what is owed today."""
        return {"on": timezone.localdate()}


@require_GET
@requires("legal.view")
@never_cache
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a case needs before the court and where it stands there."""
    return render(request, "legal/case.html", case_context(request, _case(request, pk)))


def _case(request: HttpRequest, pk: int) -> Case:
    return get_object_or_404(cases_visible_to(person_of(request)), pk=pk)


def case_context(
    request: HttpRequest, case: Case, step_form: StepForm | None = None, correction_form: CorrectionForm | None = None
) -> dict[str, Any]:
    """Everything on a case's page of legal."""
    today, labels = timezone.localdate(), services.step_labels()
    look = looks_at([case], today)[case.pk]
    referral = look.referral
    warn_days = look.found.terms.terms.legal.warn_days
    context: dict[str, Any] = {
        "case": case,
        "facts": look.found.facts,
        "version": look.found.terms.version,
        "guards": checklist(case, look.found),
        "move": move_to_legal(case),
        "is_to_open": is_to_open(case),
        "limitations": [
            (
                row,
                warning_text(warning_of(row.limitation.expires_on, today, warn_days)),
                [(restart.on, RESTARTS[restart.kind]) for restart in row.limitation.restarts],
            )
            for row in limitations_of(case, look.found)
        ],
        "years": look.found.terms.terms.legal.limitation_years,
        "referral": referral,
        "earlier": list(Referral.objects.filter(case=case).order_by("-pk"))[1:],
        "limit": time_limit(look.deadline, look.urgency),
        "may_accelerate": case.stage in WATCHED,
    }
    return context | (_referral_context(referral, step_form, correction_form, labels) if referral else {})


def _referral_context(
    referral: Referral, step_form: StepForm | None, correction_form: CorrectionForm | None, labels: dict[str, str]
) -> dict[str, Any]:
    steps = list(steps_of(referral))
    seen = {"seen_step_id": steps[-1].pk}
    costs, total = costs_of(referral)
    next_steps = services.next_steps(referral)
    initial = {**seen, "happened_on": timezone.localdate()}
    return {
        "steps": [(step, step_label(step.step, labels)) for step in steps],
        "step_form": step_form or StepForm(steps=next_steps, initial=initial),
        "correction_form": correction_form or CorrectionForm(initial=seen, auto_id="correct_%s"),
        "may_step": bool(next_steps),
        "may_correct": services.last_step(referral).step != services.OPENING,
        "costs": costs,
        "total": total,
        "bundles": referral.bundles.select_related("file").order_by("-pk"),
    }


@require_POST
@requires("legal.act")
def open_referral(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the referral of a case that has just come to legal."""
    case = _case(request, pk)
    try:
        services.open_referral(case=case, by=person_of(request), on=timezone.localdate(), at=timezone.now())
        messages.success(request, _("The referral is open."))
    except services.StepRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("legal:case", pk=case.pk)


@require_POST
@requires("legal.act")
def take_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the next step of a referral."""
    referral = get_object_or_404(referrals_visible_to(person_of(request)), pk=pk)
    form = StepForm(request.POST, steps=services.next_steps(referral))
    if form.is_valid():
        try:
            services.take_step(
                **form.cleaned_data,
                referral=referral,
                by=person_of(request),
                on=timezone.localdate(),
                at=timezone.now(),
            )
            messages.success(request, _("The step is written down."))
            return redirect("legal:case", pk=referral.case_id)
        except services.StepRefused as refused:
            form.add_error(None, str(refused.message))
    context = case_context(request, referral.case, step_form=form)
    return render(request, "legal/case.html", context, status=422)


@require_POST
@requires("legal.act")
def correct_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last step of a referral back."""
    referral = get_object_or_404(referrals_visible_to(person_of(request)), pk=pk)
    form = CorrectionForm(request.POST, auto_id="correct_%s")
    if form.is_valid():
        try:
            services.correct_step(
                **form.cleaned_data,
                referral=referral,
                by=person_of(request),
                on=timezone.localdate(),
                at=timezone.now(),
            )
            messages.success(request, _("The step is taken back; both rows stay on file."))
            return redirect("legal:case", pk=referral.case_id)
        except services.StepRefused as refused:
            form.add_error(None, str(refused.message))
    context = case_context(request, referral.case, correction_form=form)
    return render(request, "legal/case.html", context, status=422)


@require_GET
@requires("legal.view")
@never_cache
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What legal has to say on a case's page: the step, the next deadline, the end of limitation; perhaps nothing."""
    case = _case(request, pk)
    look = looks_at([case], timezone.localdate())[case.pk]
    referral = look.referral
    context = {
        "case": case,
        "referral": referral,
        "limit": time_limit(look.deadline, look.urgency),
        "expires_on": look.expires_on,
        "warning": look.warning,
        "warning_text": warning_text(look.warning),
        "is_said": bool(referral or case.stage in WATCHED or (look.warning is not None and case.is_open)),
    }
    return render(request, "legal/panel.html", context)


@require_GET
@requires("legal.view")
@never_cache
def my_day(request: HttpRequest) -> HttpResponse:
    """What waits for the legal officer today."""
    user, today = person_of(request), timezone.localdate()
    near = [row for row in deadlines(user, today) if row[2] is not Urgency.LATER]
    context = {
        "near": [(referral, time_limit(deadline, urgency)) for referral, deadline, urgency in near[:SHOWN]],
        "near_count": len(near),
        "ending": len(ending_soon(user, today)),
        "ready": len(ready(user, today)),
        "to_open": to_open(user).count(),
    }
    return render(request, "legal/my_day.html", context)
