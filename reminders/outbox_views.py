"""Pages about messages: the board of some days, the list, one message's story, and the senders."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from contacts.message_selectors import unanswered_visible_to
from loans.selectors import portfolios_visible_to
from reminders import doubt_services, outbox_services, sender_services
from reminders.board_selectors import (
    BoardRow,
    board_of,
    changes_of,
    masked_target,
    other_ways,
    outbox_visible_to,
    receipts_of,
    said_in,
    steps_on_file,
    with_names,
)
from reminders.lifecycle import State
from reminders.models import OutboxMessage, Sender
from reminders.outbox_forms import CallOffForm, OutboxFilter, PauseForm, RateForm, SettleForm, asked_days
from reminders.outbox_tables import OutboxTable
from reminders.preview_selectors import preview_of
from reminders.wording import detail_words, step_words, why_words
from staff.access import person_of, requires
from ui.views import ListPage

# The views that somebody comes back to, by the state in the address.
SAVED = (State.IN_DOUBT, State.PLANNED, State.REFUSED, State.FAILED, State.BOUNCED)


@require_GET
@requires("reminders.view")
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """What became of the messages of some days, by step and medium, under how the senders stand."""
    viewer, at = person_of(request), timezone.now()
    days, form = asked_days(request.GET, timezone.localdate())
    found = board_of(viewer, days, at)
    context = {
        "board": found,
        "rows": [(row, step_words(row.anchor, row.step), _query(row), _counts(row.counts)) for row in found.rows],
        "totals": _counts(found.totals),
        "states": State.choices,
        "days": days,
        "days_form": form,
        "fastest": sender_services.FASTEST,
        "unanswered": unanswered_visible_to(viewer).count(),
    }
    return render(request, "reminders/board.html", context)


def _query(row: BoardRow) -> str:
    """What a row of the board is about, as the list's filter has it."""
    return urlencode({"step": row.step, "medium": row.medium})


def _counts(counts: Any) -> list[tuple[str, int]]:
    """A count for every state, in the order of the columns."""
    return [(state.value, counts.get(state.value, 0)) for state in State]


class OutboxList(ListPage):
    """The messages about the portfolios somebody may see."""

    permission_required = "reminders.view"
    table_class = OutboxTable
    template_name = "reminders/outbox_list.html"
    title = gettext_lazy("Messages, one by one")
    empty_title = gettext_lazy("No message has been planned yet")
    empty_text = gettext_lazy(
        "Messages are planned at close of day, by the steps of the policy, for the portfolios of your team."
    )

    def rows(self) -> QuerySet[OutboxMessage]:
        """Every message the person may see."""
        return with_names(outbox_visible_to(person_of(self.request)))

    @cached_property
    def filter_form(self) -> OutboxFilter:
        """The filter, which offers the person's own portfolios only."""
        portfolios = portfolios_visible_to(person_of(self.request))
        return OutboxFilter(self.request.GET, portfolios=portfolios, steps=steps_on_file())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The saved views stand above the list."""
        return super().get_context_data(saved=[(state.value, state.label) for state in SAVED], **kwargs)


def _message_of(request: HttpRequest, pk: int) -> OutboxMessage:
    visible = with_names(outbox_visible_to(person_of(request)))
    visible = visible.select_related("policy_version", "template_version__template", "clearance", "promise")
    return get_object_or_404(visible, pk=pk)


@require_GET
@requires("reminders.view")
@never_cache
def message_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: what it says, why it went or did not, and everything that became of it."""
    return _page(request, _message_of(request, pk))


def _page(request: HttpRequest, outbox: OutboxMessage, asked: forms.Form | None = None) -> HttpResponse:
    """The page of a message, after a refusal with the form as it was filled in."""
    user = person_of(request)
    may_settle = user.has_perm("reminders.settle")
    title, body = said_in(outbox)
    is_planned = outbox.state == State.PLANNED
    context: dict[str, Any] = {
        "message": outbox,
        "title_said": title,
        "body_said": body,
        "to": masked_target(outbox),
        "step": step_words(outbox.anchor, outbox.step),
        "why": why_words(outbox.why, outbox.state),
        "detail": detail_words(outbox.why, outbox.detail),
        "changes": [
            (change, why_words(change.why, change.target), detail_words(change.why, change.detail))
            for change in changes_of(outbox)
        ],
        "receipts": receipts_of(outbox),
        "other_ways": [(other, masked_target(other)) for other in other_ways(outbox)],
        "preview": preview_of(outbox, timezone.localdate()) if is_planned else None,
        "may_settle": may_settle,
    }
    if may_settle and outbox.state == State.IN_DOUBT:
        context["settle_form"] = asked if isinstance(asked, SettleForm) else SettleForm()
    if may_settle and is_planned:
        context["call_off_form"] = asked if isinstance(asked, CallOffForm) else CallOffForm()
    return render(request, "reminders/outbox_message.html", context, status=422 if asked else 200)


@require_GET
@requires("reminders.settle")
@never_cache
def look_up(request: HttpRequest, pk: int) -> HttpResponse:
    """What the gateway knows of a message, asked now, as a part of its page."""
    outbox = _message_of(request, pk)
    known = doubt_services.look_up(outbox)
    return render(request, "reminders/outbox_known.html", {"message": outbox, "known": known, "at": timezone.now()})


@require_POST
@requires("reminders.settle")
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of a message that needs a look."""
    outbox, form = _message_of(request, pk), SettleForm(request.POST)
    if not form.is_valid():
        return _refused(request, outbox, form)
    try:
        doubt_services.settle_doubt(outbox=outbox, **form.cleaned_data, by=person_of(request), at=timezone.now())
    except outbox_services.OutboxRefused as refused:
        form.add_error(None, str(refused.message))
        return _refused(request, _message_of(request, pk), form)
    messages.success(request, _("It is settled."))
    return redirect("outbox:message", pk)


@require_POST
@requires("reminders.settle")
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Call off a message that is planned."""
    outbox, form = _message_of(request, pk), CallOffForm(request.POST)
    if not form.is_valid():
        return _refused(request, outbox, form)
    try:
        outbox_services.cancel(outbox=outbox, **form.cleaned_data, by=person_of(request), at=timezone.now())
    except outbox_services.OutboxRefused as refused:
        form.add_error(None, str(refused.message))
        return _refused(request, _message_of(request, pk), form)
    messages.success(request, _("It is called off."))
    return redirect("outbox:message", pk)


def _refused(request: HttpRequest, outbox: OutboxMessage, form: forms.Form) -> HttpResponse:
    """The page once more; where its form is gone, because somebody was quicker, what was wrong is said above."""
    fits = State.IN_DOUBT if isinstance(form, SettleForm) else State.PLANNED
    if outbox.state != fits:
        for error in form.non_field_errors() or [_("It has moved meanwhile; nothing was changed.")]:
            messages.error(request, str(error))
    return _page(request, outbox, form)


@require_POST
@requires("reminders.pause")
def pause_sender(request: HttpRequest, medium: str) -> HttpResponse:
    """Send nothing more by a medium, with a reason."""
    sender, form = get_object_or_404(Sender, pk=medium), PauseForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        sender_services.pause(medium=medium, reason=reason, by=person_of(request), at=timezone.now())
        messages.success(request, _("%(sender)s is paused.") % {"sender": sender})
    except sender_services.SenderRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("outbox:board")


@require_POST
@requires("reminders.pause")
def resume_sender(request: HttpRequest, medium: str) -> HttpResponse:
    """Let a medium send again."""
    sender = get_object_or_404(Sender, pk=medium)
    try:
        sender_services.resume(medium=medium, by=person_of(request), at=timezone.now())
        messages.success(request, _("%(sender)s sends again.") % {"sender": sender})
    except sender_services.SenderRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("outbox:board")


@require_POST
@requires("reminders.pause")
def change_rate(request: HttpRequest, medium: str) -> HttpResponse:
    """Change how many messages a medium may send in a minute."""
    get_object_or_404(Sender, pk=medium)
    form = RateForm(request.POST)
    rate = form.cleaned_data["per_minute"] if form.is_valid() else 0
    try:
        sender_services.set_rate(medium=medium, per_minute=rate, by=person_of(request), at=timezone.now())
        messages.success(request, _("The rate is changed."))
    except sender_services.SenderRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("outbox:board")
