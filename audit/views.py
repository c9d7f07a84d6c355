"""The auditor's pages: what happened, one entry, and the check of the chain."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from audit import selectors
from audit.forms import EntryFilter
from audit.models import AuditEntry
from audit.tables import EntryTable
from ui.views import ListPage


class Entries(ListPage):
    """Everything that happened, newest first."""

    permission_required = "audit.view"
    table_class = EntryTable
    filter_class = EntryFilter
    title = gettext_lazy("Audit")
    empty_title = gettext_lazy("Nothing has happened yet")
    empty_text = gettext_lazy("Every change, every reveal and every export is listed here once it is made.")
    template_name = "audit/list.html"

    def rows(self) -> QuerySet[AuditEntry]:
        """Every entry."""
        return selectors.entries()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where the chain stands, beside the list."""
        return super().get_context_data(chain=selectors.chain_state(), **kwargs)


@require_safe
@permission_required("audit.view", raise_exception=True)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry, with its details and the seal that covers it."""
    found = get_object_or_404(selectors.entries(), pk=pk)
    seal = selectors.seal_of(found)
    return render(request, "audit/entry.html", {"entry": found, "seal": seal, "digest": selectors.digest_of(found)})


@require_POST
@permission_required("audit.view", raise_exception=True)
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole chain and say whether it holds."""
    verdict = selectors.verify()
    if verdict.fault:
        messages.error(request, _("The chain is broken: %(fault)s.") % {"fault": verdict.fault.told()})
    else:
        counts = {"entries": verdict.entries, "seals": verdict.seals, "waiting": verdict.waiting}
        messages.success(
            request,
            _("The chain holds: %(entries)s entries under %(seals)s seals, %(waiting)s waiting for the next.") % counts,
        )
    return redirect("audit:list")
