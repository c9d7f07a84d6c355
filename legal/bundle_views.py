"""Making bundles and taking them, or a receipt, out of the portal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from evidence.models import StoredFile
from evidence.selectors import FileDamaged, content_of
from legal.bundle_services import BundleRefused, make_bundle, note_download
from legal.selectors import bundles_visible_to, receipts_visible_to, referrals_visible_to
from staff.access import person_of, requires
from ui.files import file_response


@require_POST
@requires("legal.act")
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze everything on file about a referral's case in a bundle."""
    referral = get_object_or_404(referrals_visible_to(person_of(request)), pk=pk)
    try:
        bundle = make_bundle(referral=referral, by=person_of(request), on=timezone.localdate(), at=timezone.now())
        messages.success(request, _("The bundle is frozen: %(files)s files.") % {"files": bundle.files})
    except BundleRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("legal:case", pk=referral.case_id)


@require_GET
@requires("legal.act")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The ZIP of a bundle; that somebody took it is written down."""
    bundle = get_object_or_404(bundles_visible_to(person_of(request)), pk=pk)
    response = _sent(request, bundle.file, bundle.file.name)
    if response is None:
        return redirect("legal:case", pk=bundle.referral.case_id)
    note_download(bundle=bundle, by=person_of(request), at=timezone.now())
    return response


@require_GET
@requires("legal.view")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt of a cost."""
    cost = get_object_or_404(receipts_visible_to(person_of(request)), pk=pk)
    response = _sent(request, cost.receipt, cost.receipt.name) if cost.receipt else None
    return response or redirect("legal:case", pk=cost.referral.case_id)


def _sent(request: HttpRequest, file: StoredFile, name: str) -> HttpResponse | None:
    try:
        return file_response(content_of(file), file.content_type, name, inline=False)
    except FileDamaged:
        messages.error(request, _("File %(file)s on disk is not what was kept; it is not handed out.") % {"file": file})
        return None
