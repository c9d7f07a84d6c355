"""Pages about texts: the list, one text with its versions, writing one with a preview, agreeing to it, the lenders."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from reminders import template_selectors as selectors
from reminders import template_services as services
from reminders.models import TemplateVersion, Voice
from reminders.template_forms import CaseNumberForm, DecideForm, LenderForm, TextFilter, WordingForm
from reminders.template_lifecycle import VersionState
from reminders.template_selectors import Place, Row
from reminders.template_tables import TextTable, address_of
from reminders.text_preview_selectors import preview_text
from reminders.text_wording import SAYS, finding_text, refusal_text
from reminders.wording import step_words
from staff.access import person_of, requires

# More rows than any policy has steps.
PER_PAGE = 100


@require_safe
@requires("templates.view")
def text_list(request: HttpRequest) -> HttpResponse:
    """Every text, and on top what waits for a second person."""
    by = person_of(request)
    form = TextFilter(request.GET)
    rows = form.narrowed(selectors.rows(timezone.localdate())) if form.is_valid() else []
    table = TextTable(rows, may_edit=by.has_perm("templates.edit"))
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    context = {
        "title": _("Texts"),
        "table": table,
        "filter_form": form,
        "waiting": [
            (its, step_words(its.template.anchor, its.template.step), its.author_id_then == by.pk)
            for its in selectors.to_approve()
        ],
        "lenders_missing": sum(bool(row.missing) for row in selectors.lenders_visible_to(by)),
        "empty_title": _("No policy has a reminder"),
        "empty_text": _("Texts belong to the steps of the policies in force."),
    }
    return render(request, "reminders/texts.html", context)


def _row(step: str, medium: str, language: str) -> Row:
    row = selectors.row_of(step, medium, language, timezone.localdate())
    if row is None:
        raise Http404("no such text")
    return row


@require_safe
@requires("templates.view")
@never_cache
def text(request: HttpRequest, step: str, medium: str, language: str) -> HttpResponse:
    """One text: what is in use, what somebody works on and what it changes, and every version (`v` shows one)."""
    return _text_page(request, _row(step, medium, language))


def _text_page(request: HttpRequest, row: Row, form: DecideForm | None = None) -> HttpResponse:
    by, versions = person_of(request), selectors.versions_of(row.place)
    asked = request.GET.get("v", "")
    chosen = next((its for its in versions if str(its.number) == asked), row.in_work or row.in_use)
    compared = row.in_use if chosen and chosen != row.in_use else None
    faults = selectors.findings_of(chosen.title, chosen.body, row.place) if chosen else []
    context = {
        "row": row,
        "place": row.place,
        "versions": versions,
        "chosen": chosen,
        "compared": compared,
        "title_pieces": selectors.difference(compared.title, chosen.title) if chosen and compared else [],
        "body_pieces": selectors.difference(compared.body, chosen.body) if chosen and compared else [],
        "faults": [(finding, finding_text(finding)) for finding in faults],
        "is_blocked": any(finding.severity == "block" for finding in faults),
        "is_own": chosen is not None and chosen.author_id_then == by.pk,
        "is_in_work": chosen is not None and chosen == row.in_work,
        "may_write": row.in_work is None or row.in_work.state == VersionState.DRAFT,
        "form": form or DecideForm(),
        "case_form": CaseNumberForm(),
        "preview_url": address_of("preview", row.place),
        "write_url": address_of("write", row.place),
    }
    return render(request, "reminders/text.html", context, status=422 if form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("templates.edit")
@never_cache
def write(request: HttpRequest, step: str, medium: str, language: str) -> HttpResponse:
    """Write a text, from the draft there is or the version in use, with a preview beside it."""
    row, by, at = _row(step, medium, language), person_of(request), timezone.now()
    if row.in_work is not None and row.in_work.state == VersionState.SUBMITTED:
        messages.warning(request, _("A version waits for a second person; it has to come back first."))
        return redirect(address_of("text", row.place))
    form = WordingForm(request.POST or None, initial=_begin(row), place=row.place)
    if request.method == "POST" and form.is_valid():
        try:
            version = services.write(place=row.place, **form.cleaned_data, by=by, at=at)
            return _written(request, version)
        except services.TemplateRefused as refused:
            form.add_error(None, str(refused.message))
    context = {
        "place": row.place,
        "form": form,
        "case_form": CaseNumberForm(),
        "placeholders": [(each.name, SAYS[each.name]) for each in row.place.placeholders],
        "preview_url": address_of("preview", row.place),
        "back_url": address_of("text", row.place),
    }
    return render(request, "reminders/text_write.html", context, status=422 if form.errors else 200)


def _written(request: HttpRequest, version: TemplateVersion) -> HttpResponse:
    """The draft is kept either way; where it cannot be submitted its author goes on from it."""
    if "submit" not in request.POST:
        messages.success(request, _("The draft is saved."))
        return _back_to(version)
    try:
        services.submit(version=version, by=person_of(request), at=timezone.now())
    except services.TemplateRefused as refused:
        messages.error(request, _("The draft is saved but not submitted.") + " " + str(refused.message))
        return redirect(request.path)
    messages.success(request, _("It waits for a second person now."))
    return _back_to(version)


def _begin(row: Row) -> dict[str, Any]:
    begun = row.in_work or row.in_use
    if begun is None:
        return {}
    note = row.in_work.note if row.in_work else ""
    seen = row.in_work.written_at.isoformat() if row.in_work else ""
    return {"title": begun.title, "body": begun.body, "note": note, "seen": seen}


@require_POST
@requires("templates.view")
@never_cache
def preview(request: HttpRequest, step: str, medium: str, language: str) -> HttpResponse:
    """What a wording looks like on a real case, masked, and what is wrong with it; nothing is written."""
    place: Place = _row(step, medium, language).place
    wording, on_case = WordingForm(request.POST, place=place), CaseNumberForm(request.POST)
    wording.is_valid(), on_case.is_valid()
    shown = preview_text(
        place=place,
        title=wording.cleaned_data.get("title", ""),
        body=wording.cleaned_data.get("body", ""),
        case_no=on_case.cleaned_data.get("case_no", ""),
        user=person_of(request),
        on=timezone.localdate(),
    )
    refusal = shown.refusal
    context = {
        "preview": shown,
        "place": place,
        "faults": [(finding, finding_text(finding)) for finding in shown.findings],
        "refusal": refusal_text(refusal.code, refusal.detail) if refusal else "",
        "lacks_lender": refusal is not None and refusal.code == "no_lender",
    }
    return render(request, "reminders/_text_preview.html", context)


def _version(pk: int) -> TemplateVersion:
    return get_object_or_404(TemplateVersion.objects.select_related("template"), pk=pk)


def _back_to(version: TemplateVersion) -> HttpResponse:
    its = version.template
    return redirect("texts:text", its.step, its.medium, its.language)


@require_POST
@requires("templates.edit")
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a second person to agree to a draft."""
    version = _version(pk)
    try:
        services.submit(version=version, by=person_of(request), at=timezone.now())
        messages.success(request, _("It waits for a second person now."))
    except services.TemplateRefused as refused:
        messages.error(request, str(refused.message))
    return _back_to(version)


@require_POST
@requires("templates.edit")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own version back to go on writing."""
    version = _version(pk)
    try:
        services.withdraw(version=version, by=person_of(request), at=timezone.now())
        messages.success(request, _("It is a draft again."))
    except services.TemplateRefused as refused:
        messages.error(request, str(refused.message))
    return _back_to(version)


@require_POST
@requires("templates.approve")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to what a colleague wrote, or send it back with a reason."""
    version = _version(pk)
    form = DecideForm(request.POST)
    if form.is_valid():
        agrees = "approve" in request.POST
        move = services.approve if agrees else services.send_back
        try:
            move(version=version, said=form.cleaned_data["said"], by=person_of(request), at=timezone.now())
            messages.success(request, _("It is in use from now on.") if agrees else _("It is sent back."))
            return _back_to(version)
        except services.TemplateRefused as refused:
            form.add_error(None, str(refused.message))
    its = version.template
    return _text_page(request, _row(its.step, its.medium, its.language), form)


@require_safe
@requires("templates.view")
def lenders(request: HttpRequest) -> HttpResponse:
    """What messages say of each lender, and what is missing."""
    return render(request, "reminders/text_lenders.html", {"rows": selectors.lenders_visible_to(person_of(request))})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("templates.edit")
def lender(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who the lender of a portfolio is, how to pay and whom to call."""
    by = person_of(request)
    portfolio = get_object_or_404(selectors.portfolios_of_texts(by), pk=pk)
    form = LenderForm(request.POST or None, instance=Voice.objects.filter(portfolio=portfolio).first())
    if request.method == "POST" and form.is_valid():
        services.describe_lender(portfolio=portfolio, said=form.cleaned_data, by=by, at=timezone.now())
        messages.success(request, _("What is said of the lender is saved."))
        return redirect("texts:lenders")
    return render(
        request,
        "reminders/text_lender.html",
        {"portfolio": portfolio, "form": form},
        status=422 if form.errors else 200,
    )
