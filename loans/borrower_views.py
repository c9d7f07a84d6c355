"""Pages about borrowers, in this room because who may see a borrower follows from the loans."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.services import record
from borrowers.selectors import people_of, search
from borrowers.services import RevealRefused, reveal
from loans.forms import RevealForm, SearchForm
from loans.selectors import books_of, borrowers_visible_to, loans_visible_to
from staff.access import person_of, requires

MOST_FOUND = 50


@require_http_methods(["GET", "POST"])
@requires("borrowers.view")
def borrower_search(request: HttpRequest) -> HttpResponse:
    """Find a borrower by what one knows of them, without any of it being shown or kept."""
    form = SearchForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "most": MOST_FOUND}
    if form.is_valid():
        visible = borrowers_visible_to(person_of(request)).values("pk")
        found = list(search(form.cleaned_data["q"]).filter(pk__in=visible)[: MOST_FOUND + 1])
        context |= {"found": found[:MOST_FOUND], "more": len(found) > MOST_FOUND}
        record(
            actor=person_of(request),
            action="borrowers.search",
            subject="borrowers",
            details={"found": len(found)},
            at=timezone.now(),
        )
    return render(request, "loans/borrower_search.html", context)


@require_GET
@requires("borrowers.view")
def borrower_page(request: HttpRequest, borrower_no: str) -> HttpResponse:
    """One borrower, masked, with the loans in portfolios the person may see."""
    borrower = get_object_or_404(borrowers_visible_to(person_of(request)), borrower_no=borrower_no)
    on = timezone.localdate()
    loans = list(loans_visible_to(person_of(request)).filter(borrower=borrower).order_by("loan_no"))
    context = {
        "borrower": borrower,
        "people": people_of(borrower),
        "on": on,
        "loans": [(book.loan, book.standing(on)) for book in books_of(loans)],
    }
    return render(request, "loans/borrower.html", context)


@require_POST
@requires("borrowers.reveal")
def reveal_field(request: HttpRequest, borrower_no: str) -> HttpResponse:
    """Show one personal value to one person, for a reason that is kept."""
    borrower = get_object_or_404(borrowers_visible_to(person_of(request)), borrower_no=borrower_no)
    form = RevealForm(request.POST)
    context: dict[str, Any] = {"borrower": borrower, "field": request.POST.get("field", "")}
    if form.is_valid():
        try:
            context["value"] = reveal(borrower=borrower, by=person_of(request), at=timezone.now(), **form.cleaned_data)
        except RevealRefused as refusal:
            context["refusal"] = str(refusal)
    else:
        context["refusal"] = " ".join(str(error) for error in form.errors.get("reason", []))
    return render(request, "borrowers/_revealed.html", context)
