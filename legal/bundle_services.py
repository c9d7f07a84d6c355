"""The bundle of a case: everything that proves it, in one ZIP that is kept for good and checks itself."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from audit.services import record
from cases.models import Case
from cases.selectors import found_of
from evidence.models import FileType
from evidence.selectors import FileDamaged, content_of
from evidence.services import FileRefused, keep
from legal.dossier_selectors import case_sheets, contact_sheets, contract_of, ledger_sheets, visit_sheet
from legal.lifecycle import ACT
from legal.models import Bundle, Cost, Referral
from letters.models import Letter
from letters.typeset_services import typeset
from loans.selectors import LoanBook
from rulebook.bundle import hash_of, pack
from staff.models import User
from visits.models import VisitPhoto

TOOL_VERSION = "1"
TEMPLATES = Path(__file__).resolve().parent / "typst"
INDEX = "00-index.pdf"
# Photos and letters of years; what one upload may be is no measure here.
MOST_BYTES = 2 * 1024**3
ENDINGS = {FileType.JPEG: "jpg", FileType.PNG: "png", FileType.WEBP: "webp", FileType.PDF: "pdf", FileType.ZIP: "zip"}


class BundleRefused(Exception):
    """Why there is no bundle, in a sentence for the person who asked for it."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
@sensitive_variables()
def make_bundle(*, referral: Referral, by: User, on: dt.date, at: dt.datetime) -> Bundle:
    """Freeze everything on file about a referral's case as of a day; the same facts give the same files.

    Raises BundleRefused where a file on disk is not what was kept, or PermissionDenied.
    """
    if not by.has_perm(ACT):
        raise PermissionDenied(ACT)
    # Whoever moves the case or takes a step waits: the bundle shows one moment.
    case = Case.objects.select_for_update(of=("self",)).select_related("borrower", "portfolio").get(pk=referral.case_id)
    about = {
        "case": str(case),
        "referral": str(referral),
        "as_of": on.isoformat(),
        "made_at": at.isoformat(),
        "made_by": by.get_username(),
        "tool_version": TOOL_VERSION,
    }
    try:
        files = dict(_files(case, on, at))
        files[INDEX] = typeset(TEMPLATES / "index.typ", _index(case, about, files), at=at)
        content = pack(files, about)
        name = f"{case}-{referral}.zip"
        kept = keep(
            content=content, name=name, allowed={FileType.ZIP}, by_name=by.get_username(), at=at, most_bytes=MOST_BYTES
        )
    except FileDamaged as damaged:
        text = _("File %(file)s on disk is not what was kept (%(how)s); a bundle without it would be worth nothing.")
        raise BundleRefused("damaged", text % {"file": damaged.file, "how": damaged.code}) from damaged
    except FileRefused as refused:
        raise BundleRefused(refused.code, refused.message) from refused
    bundle = Bundle.objects.create(
        referral=referral,
        file=kept,
        sha256=kept.sha256,
        files=len(files),
        on=on,
        at=at,
        by_id_then=by.pk,
        by_name=by.get_username(),
        tool_version=TOOL_VERSION,
    )
    details = {"bundle": bundle.pk, "sha256": kept.sha256, "files": len(files), "as_of": on.isoformat()}
    record(actor=by, action="legal.make_bundle", subject=f"referral {referral}", details=details, at=at)
    return bundle


def note_download(*, bundle: Bundle, by: User, at: dt.datetime) -> None:
    """Write down that somebody took a bundle out of the portal; it names the borrower in clear."""
    details = {"bundle": bundle.pk, "sha256": bundle.sha256}
    record(actor=by, action="legal.download_bundle", subject=f"referral {bundle.referral}", details=details, at=at)


def _files(case: Case, on: dt.date, at: dt.datetime) -> Iterator[tuple[str, bytes]]:
    for book in found_of(case, on).books:
        yield from _loan_files(book, on, at)
    yield from ((f"case/{name}", content) for name, content in case_sheets(case))
    yield from ((f"contacts/{name}", content) for name, content in contact_sheets(case))
    yield "visits/visits.csv", visit_sheet(case)
    for photo in VisitPhoto.objects.filter(visit__case=case).select_related("visit", "file").order_by("pk"):
        yield f"visits/{photo.visit}/{photo.number:02d}.{_ending(photo.file.content_type)}", content_of(photo.file)
    for letter in Letter.objects.filter(case=case).select_related("file").order_by("number"):
        yield f"letters/{letter.reference}-{letter.kind}.pdf", content_of(letter.file)
    for cost in (
        Cost.objects.filter(referral__case=case, receipt__isnull=False).select_related("receipt").order_by("pk")
    ):
        if cost.receipt:
            yield f"receipts/{cost.event_id}.{_ending(cost.receipt.content_type)}", content_of(cost.receipt)


def _ending(content_type: str) -> str:
    return ENDINGS[FileType(content_type)]


def _loan_files(book: LoanBook, on: dt.date, at: dt.datetime) -> Iterator[tuple[str, bytes]]:
    place, contract = f"loans/{_safe(book.loan.loan_no)}", contract_of(book)
    text = json.dumps(contract, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    yield f"{place}/contract.json", text.encode()
    yield f"{place}/contract.pdf", typeset(TEMPLATES / "contract.typ", contract, at=at)
    yield from ((f"{place}/{name}", content) for name, content in ledger_sheets(book, on))


def _safe(name: str) -> str:
    """A loan number as a folder; a number may hold anything, a path may not."""
    return "".join(letter if letter.isalnum() or letter in "-_" else f"%{ord(letter):04x}" for letter in name)


@sensitive_variables()
def _index(case: Case, about: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    """What the first page says: the parties in clear, because a court has to know them, and every file."""
    rows = [{"name": name, "size": len(files[name]), "sha256": hash_of(files[name])} for name in sorted(files)]
    parties = {
        "lender": case.portfolio.name,
        "borrower": case.borrower.name,
        "id_number": case.borrower.id_number,
        "borrower_no": case.borrower.borrower_no,
    }
    return {**about, **parties, "files": rows}
