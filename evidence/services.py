"""Keeping files that must not change."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection

from django.conf import settings
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from audit.services import Actor, record
from evidence import shelf
from evidence.models import FileType, StoredFile
from evidence.sniffing import type_of
from rulebook.masking import redact

MEGABYTE = 1024 * 1024


class FileRefused(Exception):
    """Why a file was not kept, in a sentence for the person who brought it."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


def keep(
    *,
    content: bytes,
    name: str,
    allowed: Collection[str],
    by_name: str,
    at: dt.datetime,
    most_bytes: int | None = None,
) -> StoredFile:
    """Keep a file for good: sealed on disk, its hash in a row that nobody can change. Raises FileRefused.

    `allowed` are types of `FileType`; `name` is what the owning room calls it. `most_bytes` in place of EVIDENCE_MAX_MB
    is for what the portal itself wrote.
    """
    _check(content, allowed, most_bytes or settings.EVIDENCE_MAX_MB * MEGABYTE)
    key = uuid.uuid4().hex
    # Before the row: a file without a row is only space on disk, a row without a file is a loss.
    shelf.put(key, content)
    return StoredFile.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content_type=type_of(content),
        name=redact(" ".join(name.split()))[:120],
        kept_at=at,
        kept_by_name=by_name,
        key=key,
    )


def _check(content: bytes, allowed: Collection[str], most: int) -> None:
    if not content:
        raise FileRefused("empty", _("The file is empty."))
    if len(content) > most:
        text = _("The file is larger than %(most)d MB.") % {"most": most // MEGABYTE}
        raise FileRefused("size", text)
    if type_of(content) not in allowed:
        kinds = ", ".join(str(kind.label) for kind in FileType if kind.value in allowed)
        raise FileRefused("type", _("This is none of what is kept here: %(kinds)s.") % {"kinds": kinds})


def reseal_evidence(*, by: Actor | None, at: dt.datetime) -> int:
    """Encrypt every kept file again with the newest key; says how many, or raises WrongKey.

    A run that broke off can start again. A file that is missing stays missing, and is named in the audit log.
    """
    count, missing = 0, []
    for pk, key in StoredFile.objects.order_by("pk").values_list("pk", "key").iterator():
        try:
            shelf.reseal(key)
            count += 1
        except FileNotFoundError:
            missing.append(pk)
    details = {"files": count, "missing": missing}
    record(actor=by, action="evidence.rotate_keys", subject="kept files", details=details, at=at)
    return count
