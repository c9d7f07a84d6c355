"""What is kept stays as it was: sealed on disk, told by its content, and read only while its hash is right."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from collections_portal.environment import BASE_DIR, folder
from evidence.models import PHOTOS, FileType, StoredFile
from evidence.selectors import FileDamaged, content_of
from evidence.services import FileRefused, keep
from evidence.shelf import path_of
from tests.loans.build import AT

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0 a door"
PNG = b"\x89PNG\r\n\x1a\n a door"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 a door"
PDF = b"%PDF-1.7 a letter"
ZIP = b"PK\x03\x04 a bundle"


@pytest.fixture(autouse=True)
def own_shelf(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR, settings.EVIDENCE_DIR = tmp_path, tmp_path / "evidence"


def kept(content: bytes = JPEG, allowed: Any = PHOTOS, **more: Any) -> StoredFile:
    return keep(content=content, name="V1-1.jpg", allowed=allowed, by_name="agent", at=AT, **more)


def damage_of(file: StoredFile) -> str:
    with pytest.raises(FileDamaged) as damaged:
        content_of(file)
    return damaged.value.code


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (PDF, "application/pdf"),
        (ZIP, "application/zip"),
    ],
)
def test_what_is_kept_comes_back_as_it_was_and_lies_sealed(content: bytes, kind: str, tmp_path: Path) -> None:
    file = kept(content, FileType.values)
    assert (file.content_type, file.size) == (kind, len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert content_of(file) == content
    path = path_of(file.key)
    assert path.is_relative_to(tmp_path)
    assert content[4:] not in path.read_bytes()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "type"),
        (b"<!doctype html><script>alert(1)</script>", "type"),
        (b"#!/bin/sh\nrm -rf /", "type"),
        (b"GIF89a", "type"),
        (b"RIFF\x10\x00\x00\x00WAVE", "type"),
        (PDF, "type"),
        (JPEG + b"x" * (1024 * 1024), "size"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(settings: Any, content: bytes, code: str) -> None:
    settings.EVIDENCE_MAX_MB = 1
    with pytest.raises(FileRefused) as refused:
        kept(content)
    assert refused.value.code == code
    assert not StoredFile.objects.exists()


def test_what_the_portal_wrote_itself_may_be_larger(settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    assert kept(ZIP + b"x" * (1024 * 1024), FileType.values, most_bytes=2 * 1024 * 1024).size > 1024 * 1024


def test_another_content_under_its_name_is_found_out() -> None:
    file, other = kept(), kept(PNG)
    whole = path_of(file.key).read_bytes()
    path_of(file.key).write_bytes(path_of(other.key).read_bytes())
    assert damage_of(file) == "hash"
    path_of(file.key).write_bytes(whole[:-9])
    assert damage_of(file) == "sealed"
    path_of(file.key).unlink()
    assert damage_of(file) == "missing"


def test_its_row_cannot_be_changed_or_taken_away() -> None:
    file = kept()
    for change in (StoredFile.objects.filter(pk=file.pk).delete, lambda: StoredFile.objects.update(sha256="0" * 64)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_a_name_that_came_with_a_number_keeps_it_to_itself() -> None:
    assert keep(content=JPEG, name="door\n13800001234.jpg", allowed=PHOTOS, by_name="", at=AT).name == (
        "door 138****1234.jpg"
    )


def test_after_a_rotation_the_new_key_alone_opens_everything_and_what_is_missing_is_named(settings: Any) -> None:
    file, gone = kept(), kept(PNG)
    path_of(gone.key).unlink()
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert "0 rows and 1 files" in out.getvalue()
    settings.FIELD_KEYS = [new]
    assert content_of(file) == JPEG
    entry = AuditEntry.objects.get(action="evidence.rotate_keys")
    assert entry.details == {"files": 1, "missing": [gone.pk]}


def test_evidence_never_lies_where_files_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    served = BASE_DIR / "var" / "static"
    assert folder("EVIDENCE_DIR", BASE_DIR / "var" / "evidence", never_in=served).name == "evidence"
    monkeypatch.setenv("EVIDENCE_DIR", str(served / "photos"))
    with pytest.raises(ImproperlyConfigured, match="EVIDENCE_DIR"):
        folder("EVIDENCE_DIR", BASE_DIR / "var" / "evidence", never_in=served)
