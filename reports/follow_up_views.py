"""Pages of the relapse rate: by month of the cure, and the cases behind each number."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cases.models import CaseMove
from loans.selectors import portfolios_visible_to
from reports.follow_up_forms import FollowUpFilter
from reports.follow_up_selectors import RELAPSE_DAYS, cures_behind, cures_visible_to, figures, relapse_rates
from reports.follow_up_tables import CureTable
from reports.wording import FOLLOW_UP
from staff.access import person_of, requires
from ui.views import ListPage

ALL = "all"


def _filter(request: HttpRequest) -> FollowUpFilter:
    return FollowUpFilter(request.GET, portfolios=portfolios_visible_to(person_of(request)))


@require_GET
@requires("reports.view")
def follow_up_page(request: HttpRequest) -> HttpResponse:
    """Which share of those who were cured was late again within 90 days, by month of the cure."""
    form = _filter(request)
    every = cures_visible_to(person_of(request))
    cures = form.narrow(every) if form.is_valid() else every.none()
    months, total = relapse_rates(cures, timezone.localdate())
    context = {"filter_form": form, "months": months, "total": total, "days": RELAPSE_DAYS}
    return render(request, "reports/follow_up.html", context)


class FollowUpCases(ListPage):
    """The cures behind one number; as many as it says."""

    permission_required = "reports.view"
    table_class = CureTable
    template_name = "reports/follow_up_cases.html"
    empty_title = gettext_lazy("No case is behind this number")
    empty_text = gettext_lazy("The other numbers are on the page of the relapse rate.")

    @cached_property
    def filter_form(self) -> FollowUpFilter:
        """The filter, which offers the person's own portfolios only."""
        return _filter(self.request)

    @cached_property
    def month_on(self) -> dt.date | None:
        """The month of the cures; None for all that the page shows."""
        if self.kwargs["month"] == ALL:
            return None
        try:
            return dt.datetime.strptime(self.kwargs["month"], "%Y-%m").replace(tzinfo=dt.UTC).date()
        except ValueError:
            raise Http404 from None

    def rows(self) -> QuerySet[CaseMove]:
        """The cures behind the number."""
        today, figure = timezone.localdate(), self.kwargs["figure"]
        if figure not in figures(today):
            raise Http404
        return cures_behind(cures_visible_to(person_of(self.request)), figure, self.month_on, today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list, and which number it is."""
        label = str(FOLLOW_UP[self.kwargs["figure"]])
        title = label if self.month_on is None else f"{label} · {self.kwargs['month']}"
        return super().get_context_data(**kwargs) | {"title": title}
