"""Posting a letter, saying what became of it, and calling it off."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.letter_services import LetterRefused
from contacts.services import GateRefused
from letters import services
from letters.forms import NoteForm, PostForm, VoidForm
from letters.selectors import events_since
from letters.views import letter_of, page_of
from letters.wording import refusal_text
from staff.access import person_of, requires


@require_POST
@requires(services.MAY)
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a letter goes out today; the gate decides."""
    letter = letter_of(request, pk)
    form = PostForm(request.POST, has_changed=bool(events_since(letter)))
    return _done(
        request,
        pk,
        form,
        lambda: services.post(
            letter=letter,
            reference=form.reference(),
            by=person_of(request),
            on=timezone.localdate(),
            at=timezone.now(),
            despite_changes=form.cleaned_data.get("despite_changes", False),
        ),
        _("The letter is posted."),
    )


@require_POST
@requires(services.MAY)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a letter was delivered or came back."""
    letter, form = letter_of(request, pk), NoteForm(request.POST)
    return _done(
        request,
        pk,
        form,
        lambda: services.note_delivery(letter=letter, **form.cleaned_data, by=person_of(request), at=timezone.now()),
        _("It is written down."),
    )


@require_POST
@requires(services.MAY)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a letter off before it is posted."""
    letter, form = letter_of(request, pk), VoidForm(request.POST)
    return _done(
        request,
        pk,
        form,
        lambda: services.void(letter=letter, **form.cleaned_data, by=person_of(request), at=timezone.now()),
        _("The letter is called off."),
    )


def _done(request: HttpRequest, pk: int, form: forms.Form, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it and go back to the letter; where it is refused, the page once more with the reason."""
    if form.is_valid():
        try:
            act()
            messages.success(request, said)
            return redirect("letters:letter", pk)
        except LetterRefused as refused:
            form.add_error(None, str(refused.message))
        except GateRefused as refused:
            form.add_error(None, refusal_text(refused.clearance))
    letter = letter_of(request, pk)
    # Where somebody was quicker the form is gone from the page: what was wrong is said above.
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return page_of(request, letter, form)
