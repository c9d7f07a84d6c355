"""What borrowers wrote to us: saying what was done about it, and writing again to who had stopped us."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from borrowers.models import OptOut
from borrowers.reach_services import ReachRefused
from borrowers.reach_services import lift_opt_out as lift
from cases import desk_services
from cases.desk_forms import AnswerForm
from cases.forms import LiftOptOutForm
from cases.selectors import cases_visible_to
from contacts.message_models import InboundMessage
from contacts.message_services import MessageRefused
from staff.access import person_of, requires


@require_POST
@requires("contacts.log")
def answer(request: HttpRequest, pk: int, message_pk: int) -> HttpResponse:
    """Say what was done about a message of the borrower's; nobody has to see to it any more."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    its = InboundMessage.objects.filter(borrower=case.borrower, portfolio=case.portfolio).select_related("portfolio")
    inbound = get_object_or_404(its, pk=message_pk)
    form = AnswerForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        desk_services.answer_message(inbound=inbound, note=note, by=person_of(request), at=timezone.now())
        messages.success(request, _("It is answered."))
    except MessageRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("cases:case", pk=case.pk)


@require_http_methods(["GET", "POST"])
@requires("borrowers.lift_opt_out")
def lift_opt_out(request: HttpRequest, pk: int, opt_out_pk: int) -> HttpResponse:
    """Let somebody be written to again who had said no more, because they asked for it."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    opt_out = get_object_or_404(OptOut, pk=opt_out_pk, borrower=case.borrower)
    form = LiftOptOutForm(request.POST or None)
    if form.is_valid():
        try:
            lift(opt_out=opt_out, reason=form.cleaned_data["reason"], by=person_of(request), at=timezone.now())
            messages.success(request, _("They may be written to again."))
            return redirect("cases:case", pk=case.pk)
        except ReachRefused as refused:
            form.add_error(None, str(refused.message))
    return render(request, "cases/lift_opt_out.html", {"case": case, "opt_out": opt_out, "form": form})
