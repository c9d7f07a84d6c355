"""Pages of the morning brief: the figures of a day, and the cases behind each."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from reports import tasks
from reports.models import Brief, BriefLine
from reports.selectors import FIGURES, Figure, briefs_visible_to, lines_behind, recovered, summaries
from reports.tables import LineTable, signed
from reports.wording import SENTENCES, label
from staff.access import person_of, requires
from ui.errands import ask_worker
from ui.formats import day, money
from ui.forms import OnForm
from ui.views import ListPage


@require_GET
@requires("reports.view")
def brief_page(request: HttpRequest) -> HttpResponse:
    """Why the overdue totals of the portfolios somebody may see changed, on the newest day or a chosen one."""
    briefs = briefs_visible_to(person_of(request))
    form = OnForm(request.GET)
    newest = briefs.order_by("-on").values_list("on", flat=True).first()
    on = form.cleaned_data["on"] if form.is_valid() else newest
    shown = list(briefs.filter(on=on).order_by("portfolio__name", "pk")) if on else []
    context = {
        "on": on,
        "on_form": OnForm({"on": on}),
        "newest": newest,
        "earlier": _neighbour(briefs, "-on", on__lt=on) if on else None,
        "later": _neighbour(briefs, "on", on__gt=on) if on else None,
        "briefs": [
            (
                its.brief,
                [_row(its.brief, figure) for figure in (its.before, *its.changes, its.after)],
                recovered(its.brief),
            )
            for its in summaries(shown)
        ],
    }
    return render(request, "reports/brief.html", context)


def _neighbour(briefs: QuerySet[Brief], order: str, **days: dt.date) -> dt.date | None:
    return briefs.filter(**days).order_by(order).values_list("on", flat=True).first()


def _row(brief: Brief, figure: Figure) -> dict[str, Any]:
    """A figure with its words; what changed carries its sign."""
    is_total = figure.name in ("before", "after")
    return {
        "figure": figure,
        "label": label(figure.name, brief),
        "sentence": SENTENCES[figure.name],
        "is_total": is_total,
        "amount": money(figure.amount) if is_total else signed(figure.amount),
    }


class BriefLines(ListPage):
    """The cases behind one figure of a brief; they add up to it."""

    permission_required = "reports.view"
    table_class = LineTable
    template_name = "reports/brief_lines.html"
    empty_title = gettext_lazy("No case is behind this figure")
    empty_text = gettext_lazy("The other figures of the day are on the page of the brief.")

    @cached_property
    def brief(self) -> Brief:
        """The brief, of a portfolio the person may see."""
        return get_object_or_404(briefs_visible_to(person_of(self.request)), pk=self.kwargs["pk"])

    def rows(self) -> QuerySet[BriefLine]:
        """The cases behind the figure."""
        if self.kwargs["kind"] not in FIGURES:
            raise Http404
        return lines_behind(self.brief, self.kwargs["kind"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list, and which figure it is."""
        kind, brief = self.kwargs["kind"], self.brief
        facts = {"day": day(brief.on), "currency": brief.portfolio.currency, "sentence": SENTENCES[kind]}
        return super().get_context_data(brief=brief, **kwargs) | {
            "title": f"{label(kind, brief)} · {brief.portfolio}",
            "lead": _("Brief of %(day)s, in %(currency)s: %(sentence)s.") % facts,
        }


@require_POST
@requires("reports.make")
def make_brief(request: HttpRequest) -> HttpResponse:
    """Write today's briefs again, by a worker: a large portfolio takes longer than a page may."""
    if ask_worker(request, tasks.bring_up_to_date, person_of(request).pk):
        messages.success(request, _("Today's brief is being written; open this page again in a moment."))
    return redirect("reports:brief")
