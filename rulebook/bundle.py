"""A bundle of files that proves itself: one ZIP, a manifest with the hash of every file, and how to check it.

The same files and the same manifest give the same bytes. A check needs nothing but the ZIP.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
# Every entry has this date, so that when a bundle was packed changes nothing in it.
NO_DATE = (1980, 1, 1, 0, 0, 0)
BLOCK = 1024 * 1024
# A manifest has some hundred bytes for each file; one that unpacks to more than this is none.
MOST_MANIFEST, MOST_SEAL = 64 * BLOCK, 1024
# Packed already: to do it again takes long and saves nothing.
PACKED = (".jpg", ".png", ".webp", ".pdf", ".zip")
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)


class FaultKind(StrEnum):
    """What can be wrong with a bundle."""

    DAMAGED = "damaged"
    NO_MANIFEST = "no_manifest"
    MANIFEST = "manifest"
    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, with the file it is about."""

    kind: FaultKind
    name: str


class NotABundle(Exception):
    """A file that is no ZIP at all, or one that cannot be read."""


def hash_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def pack(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """One ZIP of the files, a manifest of them with what it is `about`, and the hash of the manifest."""
    rows = [{"name": name, "sha256": hash_of(files[name]), "size": len(files[name])} for name in sorted(files)]
    text = json.dumps({**about, "files": rows}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    manifest = text.encode()
    last = {MANIFEST: manifest, SEAL: f"{hash_of(manifest)}  {MANIFEST}\n".encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in [*sorted(files.items()), *last.items()]:
            entry = zipfile.ZipInfo(name, NO_DATE)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def check(path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """What the manifest of a bundle says, and what is wrong with the bundle. Raises NotABundle."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _check(archive)
    except UNREADABLE as error:
        raise NotABundle(str(error)) from error


def _check(archive: zipfile.ZipFile) -> tuple[dict[str, Any], list[Fault]]:
    found, faults = _hashes(archive)
    if MANIFEST not in found or SEAL not in found:
        return {}, [*faults, Fault(FaultKind.NO_MANIFEST, MANIFEST if MANIFEST not in found else SEAL)]
    if archive.getinfo(MANIFEST).file_size > MOST_MANIFEST or archive.getinfo(SEAL).file_size > MOST_SEAL:
        return {}, [*faults, Fault(FaultKind.MANIFEST, MANIFEST)]
    said = archive.read(SEAL).decode(errors="replace").split()
    if said[:1] != [found[MANIFEST]]:
        return {}, [*faults, Fault(FaultKind.MANIFEST, MANIFEST)]
    try:
        about: dict[str, Any] = json.loads(archive.read(MANIFEST))
        wanted = {str(row["name"]): row["sha256"] for row in about["files"]}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}, [*faults, Fault(FaultKind.MANIFEST, MANIFEST)]
    return about, [*faults, *_compare(wanted, found, {fault.name for fault in faults})]


def _hashes(archive: zipfile.ZipFile) -> tuple[dict[str, str], list[Fault]]:
    """The hash of every file in the archive; what cannot be read, or stands there twice, is a fault."""
    found: dict[str, str] = {}
    faults = []
    times = Counter(archive.namelist())
    for entry in archive.infolist():
        if times[entry.filename] > 1 and entry.filename in found:
            faults.append(Fault(FaultKind.EXTRA, entry.filename))
            continue
        try:
            found[entry.filename] = _hash(archive, entry)
        except UNREADABLE:
            faults.append(Fault(FaultKind.DAMAGED, entry.filename))
    return found, faults


def _hash(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with archive.open(entry) as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _compare(wanted: dict[str, str], found: dict[str, str], named: set[str]) -> Iterator[Fault]:
    for name in sorted(wanted.keys() - found.keys() - named):
        yield Fault(FaultKind.MISSING, name)
    for name in sorted(wanted.keys() & found.keys()):
        if wanted[name] != found[name]:
            yield Fault(FaultKind.CHANGED, name)
    for name in sorted(found.keys() - wanted.keys() - {MANIFEST, SEAL}):
        yield Fault(FaultKind.EXTRA, name)
