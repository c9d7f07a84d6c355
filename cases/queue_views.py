"""The queue, the next case, and a collector's part of the first page."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cases import desk_services
from cases.desk_queues import morning_of, queue_of
from cases.models import Case
from cases.queue_forms import QueueFilter
from cases.queue_tables import QueueTable
from cases.queue_wording import LINES
from loans.selectors import portfolios_visible_to
from rulebook.priority import Line
from staff.access import person_of, requires
from staff.models import User
from ui.formats import moment
from ui.views import ListPage

# Nobody waits for more at a press of the button; a task wakes the rest every minute.
WOKEN_AT_ONCE = 50
# The views that somebody comes back to, by the filter in the address.
SAVED = [(line.name.lower(), LINES[line]) for line in Line]


class QueuePage(ListPage):
    """What is to be done, the most urgent first, and why."""

    permission_required = "contacts.log"
    table_class = QueueTable
    template_name = "cases/queue.html"
    title = gettext_lazy("Queue")
    empty_title = gettext_lazy("Nothing to do now")
    empty_text = gettext_lazy("Every case waits for something: a promise, a payment, an hour. See those that wait.")

    def rows(self) -> QuerySet[Case]:
        """Every case in line that the person may see."""
        return queue_of(person_of(self.request))

    @cached_property
    def filter_form(self) -> QueueFilter:
        """The filter, which offers the person's own portfolios only."""
        user = person_of(self.request)
        return QueueFilter(self.request.GET, portfolios=portfolios_visible_to(user), user=user)

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table says what is owed and what is lawful now."""
        return {"on": timezone.localdate(), "at": timezone.now()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The saved views stand above the list."""
        return super().get_context_data(saved=SAVED, **kwargs)


@require_POST
@requires("contacts.log")
def take_next(request: HttpRequest) -> HttpResponse:
    """The next case of one's own or of the pool, for oneself alone."""
    by, at = person_of(request), timezone.now()
    desk_services.wake(at=at, most=WOKEN_AT_ONCE)
    case = desk_services.next_case(by=by, at=at)
    if case is not None:
        return redirect("cases:case", pk=case.pk)
    if comes_at := _comes_at(by, at):
        messages.info(request, _("Nothing to do now; the next case comes at %(at)s.") % {"at": moment(comes_at)})
    else:
        messages.info(request, _("Nothing to do now: every case waits for something else than time."))
    return redirect("desk:queue")


def _comes_at(by: User, at: dt.datetime) -> dt.datetime | None:
    """When one of one's own cases or of the pool's can be handed out again: its rest is over, or somebody's lease."""
    ours = queue_of(by).filter(Q(owner=by) | Q(owner=None))
    resting = ours.filter(line=Line.WAITING, wakes_at__isnull=False).order_by("wakes_at")
    leased = ours.filter(line__lt=Line.WAITING, lease_until__gt=at).order_by("lease_until")
    ends = (
        resting.values_list("wakes_at", flat=True).first(),
        leased.values_list("lease_until", flat=True).first(),
    )
    return min((end for end in ends if end), default=None)


@require_GET
@requires("contacts.log")
@never_cache
def my_day(request: HttpRequest) -> HttpResponse:
    """What a collector finds in the morning, as a part of the first page."""
    morning = morning_of(person_of(request), on=timezone.localdate(), at=timezone.now())
    lines = [(line.name.lower(), LINES[line], count) for line, count in morning.lines]
    return render(request, "cases/_my_day.html", {"morning": morning, "lines": lines})
