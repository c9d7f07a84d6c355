"""Pages about letters: the list, one letter, its PDF, writing one, and the letters of a case."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cases.models import Case
from cases.selectors import cases_visible_to
from contacts.letter_models import LetterKind
from contacts.letter_services import LetterRefused
from evidence.selectors import FileDamaged
from letters import services
from letters.forms import LetterFilter, NoteForm, PostForm, VoidForm, WriteForm
from letters.lifecycle import GONE, State
from letters.models import Letter
from letters.selectors import (
    addresses_of,
    cases_without_closing_letter,
    content_of_letter,
    events_since,
    gate_refusal_of,
    letters_of,
    letters_visible_to,
    loans_of,
    receipts_of,
    without_address,
)
from letters.tables import LetterTable
from letters.wording import ABOUT
from loans.selectors import portfolios_visible_to
from staff.access import person_of, requires
from ui.files import file_response
from ui.views import ListPage

MAY = services.MAY


class LetterList(ListPage):
    """The letters about the portfolios somebody may see, and who could not be written to."""

    permission_required = "letters.view"
    table_class = LetterTable
    template_name = "letters/list.html"
    title = gettext_lazy("Letters")
    empty_title = gettext_lazy("No letters yet")
    empty_text = gettext_lazy("A letter is written from the page of its case; closing letters write themselves.")

    def rows(self) -> QuerySet[Letter]:
        """Every letter the person may see."""
        return letters_visible_to(person_of(self.request))

    @cached_property
    def filter_form(self) -> LetterFilter:
        """The filter, which offers the person's own portfolios only."""
        return LetterFilter(self.request.GET, portfolios=portfolios_visible_to(person_of(self.request)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Above the list stand the views somebody comes back to, and the cases that got no closing letter."""
        missing = without_address(cases_without_closing_letter(timezone.localdate()))
        visible = missing.filter(portfolio__in=portfolios_visible_to(person_of(self.request)))
        saved = [(State.WRITTEN.value, _("To post")), (State.POSTED.value, _("To confirm"))]
        return super().get_context_data(saved=saved, unwritten=list(visible[:20]), **kwargs)


def letter_of(request: HttpRequest, pk: int) -> Letter:
    """A letter of the portfolios that whoever asks may see, or a 404."""
    visible = letters_visible_to(person_of(request)).select_related("case", "file", "policy_version", "sent__clearance")
    return get_object_or_404(visible, pk=pk)


@require_GET
@requires("letters.view")
@never_cache
def letter_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: what it says in figures, how it stands, and what comes next."""
    return page_of(request, letter_of(request, pk))


def page_of(request: HttpRequest, letter: Letter, asked: forms.Form | None = None) -> HttpResponse:
    """The page of a letter, after a refusal with the form as it was filled in."""
    may_act, now = person_of(request).has_perm(MAY), timezone.now()
    is_written = letter.state == State.WRITTEN
    changes = events_since(letter) if is_written else []
    context: dict[str, Any] = {
        "letter": letter,
        "facts": letter.facts,
        "changes": changes,
        "receipts": list(receipts_of(letter)),
        "refusal": gate_refusal_of(letter, now) if is_written else None,
    }
    if may_act and is_written:
        context["post_form"] = asked if isinstance(asked, PostForm) else PostForm(has_changed=bool(changes))
        context["void_form"] = asked if isinstance(asked, VoidForm) else VoidForm()
    if may_act and letter.state in GONE:
        context["note_form"] = asked if isinstance(asked, NoteForm) else NoteForm(initial={"on": timezone.localdate()})
    return render(request, "letters/letter.html", context, status=422 if asked else 200)


@require_GET
@requires("letters.view")
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter itself, which names the borrower in clear; who opened it is written down."""
    letter = letter_of(request, pk)
    try:
        content = content_of_letter(letter)
    except FileDamaged as damaged:
        text = _("The file of this letter is damaged (%(file)s); tell whoever runs the portal.")
        messages.error(request, text % {"file": damaged})
        return redirect("letters:letter", letter.pk)
    services.note_reading(letter=letter, by=person_of(request), at=timezone.now())
    return file_response(content, letter.file.content_type, letter.file.name, inline=True)


@require_http_methods(["GET", "POST"])
@requires(MAY)
@never_cache
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a letter about a case: first its kind, then what it needs to be told."""
    case, today = get_object_or_404(cases_visible_to(person_of(request)), pk=pk), timezone.localdate()
    kinds, kind = _kinds_of(case), request.GET.get("kind", "")
    if kind not in kinds:
        offered = [(name, LetterKind(name).label, ABOUT[name]) for name in kinds]
        return render(request, "letters/choose.html", {"case": case, "offered": offered})
    form = WriteForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        addresses=addresses_of(case.borrower),
        loans=loans_of(case),
        today=today,
    )
    if form.is_valid():
        letter = _written(request, case, kind, form, today)
        if letter:
            messages.success(request, _("The letter is written. Read it, then post it."))
            return redirect("letters:letter", letter.pk)
    context = {"case": case, "form": form, "label": LetterKind(kind).label, "about": ABOUT[kind]}
    return render(request, "letters/write.html", context, status=422 if form.errors else 200)


def _kinds_of(case: Case) -> list[str]:
    """The kinds that can be written about a case: what closes it once it is closed, the others until then."""
    if case.is_open:
        return [kind.value for kind in LetterKind if kind != LetterKind.CLOSING]
    return [LetterKind.DISPUTE_ANSWER.value, LetterKind.CLOSING.value]


def _written(request: HttpRequest, case: Case, kind: str, form: WriteForm, today: dt.date) -> Letter | None:
    try:
        return services.write(
            case=case,
            kind=kind,
            by=person_of(request),
            on=today,
            at=timezone.now(),
            more=form.more(),
            address=form.cleaned_data["address"],
        )
    except LetterRefused as refused:
        form.add_error(None, str(refused.message))
        return None


@require_GET
@requires("letters.view")
@never_cache
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The letters of a case, as a part of its page; nothing where there are none and none can be written."""
    case = get_object_or_404(cases_visible_to(person_of(request)), pk=pk)
    context = {"case": case, "letters": list(letters_of(case)), "may_write": person_of(request).has_perm(MAY)}
    return render(request, "letters/_panel.html", context)
