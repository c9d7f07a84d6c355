"""Pages about requests: the list, one with its facts then and now, and the answer to it."""

import datetime as dt
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

from approvals import services
from approvals.forms import ALL, MINE, WAITS_FOR_ME, ApprovalFilter, DecideForm, WithdrawForm
from approvals.models import Approval
from approvals.selectors import (
    approvals_visible_to,
    asked_of,
    decided_lately,
    look_at,
    may_take_a_seat,
    waits_for,
)
from approvals.services import ApprovalRefused
from approvals.tables import ApprovalTable
from approvals.wording import changes, compared, who
from cases.reason_selectors import reasons_of
from cases.services import MoveRefused
from loans.services import BookingRefused
from staff.access import person_of, requires
from staff.models import User
from ui.views import ListPage
from visits.services import VisitRefused

LATELY = dt.timedelta(days=1)
# Whatever may say no, in a sentence each.
REFUSALS = (ApprovalRefused, MoveRefused, BookingRefused, VisitRefused)


class ApprovalList(ListPage):
    """What waits for the person, what they asked for, or everything they may see."""

    permission_required = "approvals.view"
    template_name = "approvals/list.html"
    table_class = ApprovalTable
    title = gettext_lazy("Approvals")

    @cached_property
    def whose(self) -> str:
        """Which of the three lists is asked for; who decides nothing and asks nothing sees all."""
        by, asked = person_of(self.request), self.request.GET.get("whose", "")
        if asked in (WAITS_FOR_ME, MINE, ALL):
            return str(asked)
        if any(by.has_perm(permission) for permission in ("cases.approve_visits", "cases.approve_legal")):
            return WAITS_FOR_ME
        return MINE if by.has_perm(services.MAY_REQUEST) else ALL

    def rows(self) -> QuerySet[Approval]:
        """The list that is asked for, in the person's portfolios."""
        by = person_of(self.request)
        if self.whose == WAITS_FOR_ME:
            return waits_for(by).order_by("deadline_at", "pk")
        every = approvals_visible_to(by)
        return every.filter(asked_by_id_then=by.pk) if self.whose == MINE else every

    def get_table_kwargs(self) -> dict[str, Any]:
        """What waits for the person comes by its deadline, the rest newest first."""
        return {"order_by": ("deadline_at",)} if self.whose == WAITS_FOR_ME else {}

    @cached_property
    def filter_form(self) -> ApprovalFilter:
        """The filter, which keeps the list that is looked at."""
        return ApprovalFilter({**self.request.GET.dict(), "whose": self.whose})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The tabs, and what an empty list means."""
        empty = {
            WAITS_FOR_ME: (
                _("Nothing waits for you"),
                _("What a colleague asks for and you may decide on is here, the first deadline first."),
            ),
            MINE: (
                _("You have asked for nothing yet"),
                _("Field visits, legal and closing are asked for on the page of a case."),
            ),
            ALL: (_("Nobody has asked for anything yet"), _("Requests begin on the page of a case.")),
        }
        self.empty_title, self.empty_text = empty[self.whose]
        tabs = [
            (WAITS_FOR_ME, _("Waits for you"), waits_for(person_of(self.request)).count()),
            (MINE, _("Asked by you"), None),
            (ALL, _("All"), None),
        ]
        return super().get_context_data(tabs=tabs, whose=self.whose, **kwargs)


@require_GET
@requires("approvals.view")
@never_cache
def approval_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: the facts then and now, what agreeing changes, what stands in the way, and the answer."""
    return render(request, "approvals/approval.html", _page(request, _approval_of(request, pk)))


def _approval_of(request: HttpRequest, pk: int) -> Approval:
    return get_object_or_404(approvals_visible_to(person_of(request)), pk=pk)


def _page(request: HttpRequest, approval: Approval, form: DecideForm | None = None) -> dict[str, Any]:
    by = person_of(request)
    history = list(approval.changes.order_by("pk"))
    context: dict[str, Any] = {
        "approval": approval,
        "history": history,
        "asked": asked_of(approval),
        "difference": changes(approval.difference, approval.payload),
        "form": form or DecideForm(),
        "withdraw_form": WithdrawForm(),
    }
    if not approval.is_waiting:
        # As it was when it was decided; who declines decides on nothing new.
        last = next((change.facts for change in reversed(history) if change.facts), approval.facts)
        return context | {"facts": compared(approval.kind, approval.facts, last)}
    look = look_at(approval.case, approval.kind, context["asked"], timezone.localdate())
    seats = approval.free_seats if len(look.seats) <= len(approval.seats) else list(look.seats)
    return context | {
        "facts": compared(approval.kind, approval.facts, look.facts),
        "difference_now": changes(look.difference, approval.payload),
        "blockers": reasons_of(look.blockers),
        "seen": look.mark,
        "who": who(seats),
        "may_decide": may_take_a_seat(approval, seats, by),
        "has_agreed": by.pk == approval.first_by_id_then,
        "is_own": by.pk == approval.asked_by_id_then,
    }


@require_POST
@requires("approvals.view")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to what somebody else asked for, or decline it."""
    approval, by, at = _approval_of(request, pk), person_of(request), timezone.now()
    form = DecideForm(request.POST)
    if not form.is_valid():
        return render(request, "approvals/approval.html", _page(request, approval, form))
    said = form.cleaned_data
    try:
        if said["agreed"]:
            seen, today = request.POST.get("seen", ""), timezone.localdate()
            done = services.agree(approval=approval, note=said["reason"], seen=seen, by=by, on=today, at=at)
        else:
            done = services.decline(approval=approval, reason=said["reason"], by=by, at=at)
    except REFUSALS as refused:
        for text in sentences(refused):
            form.add_error(None, text)
        return render(request, "approvals/approval.html", _page(request, _approval_of(request, pk), form))
    messages.success(request, _("It is noted: %(state)s.") % {"state": done.get_state_display()})
    return redirect("approvals:approval", pk=pk)


def sentences(refused: Exception) -> list[str]:
    """Why something was refused, in the reader's language."""
    if isinstance(refused, MoveRefused):
        return [item.text for item in reasons_of(refused.blockers)]
    return [str(getattr(refused, "message", refused))]


@require_POST
@requires("approvals.request")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not ask any more."""
    approval = _approval_of(request, pk)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            services.withdraw(
                approval=approval, reason=form.cleaned_data["reason"], by=person_of(request), at=timezone.now()
            )
            messages.success(request, _("It is not asked for any more."))
        except ApprovalRefused as refused:
            messages.error(request, str(refused.message))
    else:
        messages.error(request, _("Say why."))
    return redirect("approvals:approval", pk=pk)


@require_GET
@requires("approvals.view")
@never_cache
def my_day(request: HttpRequest) -> HttpResponse:
    """What waits for the person and what became of their own requests, as a part of their first page."""
    by, at = person_of(request), timezone.now()
    return render(request, "approvals/_my_day.html", _morning(by, at))


def _morning(by: User, at: dt.datetime) -> dict[str, Any]:
    waiting = list(waits_for(by).order_by("deadline_at", "pk"))
    first = waiting[0].deadline_at if waiting else None
    return {
        "waiting": waiting,
        "first": first,
        "is_today": first and timezone.localdate(first) == timezone.localdate(at),
        "decided": list(decided_lately(by, at - LATELY)[:5]),
    }
