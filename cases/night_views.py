"""Pages about the close of day: every night, how far one is, what it changed and why, and what failed in it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_tables2 import RequestConfig

from cases import night_services, services
from cases.models import CaseMove, ClosedDay
from cases.night_selectors import counts_of, moves_of, nights_for, progress_of, set_aside_visible_to
from cases.night_tables import NightMoveTable, NightTable, SetAsideTable
from cases.night_wording import BECAUSE
from cases.wording import move_label
from staff.access import person_of, requires
from ui.formats import day
from ui.views import ListPage


class NightList(ListPage):
    """Every business date that was closed, the newest first."""

    permission_required = "nights.view"
    table_class = NightTable
    title = gettext_lazy("Nights")
    lead = gettext_lazy(
        "Opened and moved are counted for the whole portal; the rest, and the page of a night, for what you may see."
    )
    empty_title = gettext_lazy("No day has been closed yet")
    empty_text = gettext_lazy(
        "At half past midnight the portal opens and moves cases by itself; the night is then here."
    )

    def rows(self) -> QuerySet[ClosedDay]:
        """All of them."""
        return nights_for(person_of(self.request))


@require_GET
@requires("nights.view")
def night_page(request: HttpRequest, on: Any) -> HttpResponse:
    """One night: how far it is, what moved and why, and what failed."""
    return render(request, "cases/night.html", _night(request, on))


@require_GET
@requires("nights.view")
def progress(request: HttpRequest, on: Any) -> HttpResponse:
    """The part of the page that changes, asked for again and again while the night is under way."""
    return render(request, "cases/_night.html", _night(request, on))


def _night(request: HttpRequest, on: Any) -> dict[str, Any]:
    by = person_of(request)
    night = get_object_or_404(ClosedDay, on=on)
    counts, labels = counts_of(night.on, by), services.labels()
    rows = set_aside_visible_to(by).filter(day=night).select_related("case", "borrower", "portfolio")
    table = SetAsideTable(rows.order_by("pk"))
    RequestConfig(request).configure(table)
    return {
        "night": night,
        "progress": progress_of(night) if night.is_under_way else None,
        "changes": [(move, move_label(move, labels), counts.get(move, 0), why) for move, why in BECAUSE.items()],
        "table": table,
        "may_retry": by.has_perm(night_services.MAY_RETRY),
    }


class NightMoves(ListPage):
    """The moves of one kind that cases made by themselves on a date, each with what it was decided on."""

    permission_required = "nights.view"
    table_class = NightMoveTable
    template_name = "cases/night_moves.html"
    empty_title = gettext_lazy("No case made this move on this date")
    empty_text = gettext_lazy("The page of the night has the others.")

    @cached_property
    def night(self) -> ClosedDay:
        """The night, where there was one."""
        return get_object_or_404(ClosedDay, on=self.kwargs["on"])

    def rows(self) -> QuerySet[CaseMove]:
        """The moves, of cases the person may see."""
        if self.kwargs["move"] not in BECAUSE:
            raise Http404
        moves = moves_of(self.night.on, person_of(self.request)).filter(move=self.kwargs["move"])
        return moves.select_related("case__borrower", "case__portfolio", "policy_version").order_by("pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list, which move it is, and why it is made."""
        move = self.kwargs["move"]
        return super().get_context_data(night=self.night, **kwargs) | {
            "title": f"{move_label(move, services.labels())} · {day(self.night.on)}",
            "lead": _("Why: %(because)s.") % {"because": BECAUSE[move]},
        }


@require_POST
@requires("nights.retry")
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Do at once what a night set aside."""
    by = person_of(request)
    row = get_object_or_404(set_aside_visible_to(by).select_related("day"), pk=pk)
    if night_services.try_again(set_aside=row, by=by, on=timezone.localdate(), at=timezone.now()):
        messages.success(request, _("It worked this time."))
    else:
        messages.error(request, _("It failed again; the row says why."))
    return redirect("nights:night", row.day.on)
