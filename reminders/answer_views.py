"""What borrowers wrote back: what waits for an answer, and saying what was done."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import desk_services
from contacts.message_models import InboundMessage
from contacts.message_selectors import inbound_visible_to
from contacts.message_services import MessageRefused
from reminders.answer_forms import AnswerForm
from reminders.answer_selectors import waiting_for_answer
from reminders.answer_tables import AnswerTable
from staff.access import person_of, requires
from ui.views import ListPage

# Who answers, and who answers for what the portal wrote.
MAY_READ = ("contacts.log", "reminders.view")


class AnswerList(ListPage):
    """What borrowers wrote and waits for an answer, also where nothing of theirs is being chased."""

    table_class = AnswerTable
    template_name = "reminders/answers.html"
    title = gettext_lazy("Waiting for an answer")
    lead = gettext_lazy(
        "What borrowers wrote to us. Whoever speaks with them about it, or says what was done, takes it off the list."
    )
    empty_title = gettext_lazy("Nobody waits for an answer")
    empty_text = gettext_lazy(
        "What borrowers of your team write back stands here at once, also before a due date and after a case is over."
    )

    def has_permission(self) -> bool:
        """One of the two is enough."""
        return any(person_of(self.request).has_perm(permission) for permission in MAY_READ)

    def rows(self) -> QuerySet[Any]:
        """Everything that waits and that the person may see."""
        return waiting_for_answer(person_of(self.request))


@require_POST
@requires("contacts.log")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was done about a message of a borrower's; nobody has to see to it any more."""
    by = person_of(request)
    inbound: InboundMessage = get_object_or_404(inbound_visible_to(by).select_related("portfolio"), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["note"][0]))
        return redirect("outbox:answers")
    try:
        desk_services.answer_message(inbound=inbound, note=form.cleaned_data["note"], by=by, at=timezone.now())
        messages.success(request, _("It is answered."))
    except MessageRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("outbox:answers")
