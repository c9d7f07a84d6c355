"""Sealed bytes on disk: one file each, readable by the portal's own user only."""

import os
import tempfile
from pathlib import Path

from django.conf import settings

from borrowers.services import reseal_file, seal_file, unseal_file


def path_of(key: str) -> Path:
    """Where the bytes of a file lie; two letters of folder, so that no folder holds everything."""
    return Path(settings.EVIDENCE_DIR) / key[:2] / f"{key}.sealed"


def put(key: str, content: bytes) -> None:
    """Seal and write a new file; it is whole on disk when this returns."""
    path = path_of(key)
    path.parent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    _write(path, seal_file(content))


def take(key: str) -> bytes:
    """What a file holds, in clear. Raises FileNotFoundError, or WrongKey where no field key opens it."""
    return unseal_file(path_of(key).read_bytes())


def reseal(key: str) -> None:
    """Seal a file again with the newest key. Raises FileNotFoundError or WrongKey."""
    path = path_of(key)
    _write(path, reseal_file(path.read_bytes()))


def _write(path: Path, sealed: bytes) -> None:
    """The whole file or none, and it outlives a power cut."""
    draft, name = tempfile.mkstemp(dir=path.parent, prefix=".")  # made with mode 600
    try:
        with open(draft, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name of the file, too
    finally:
        os.close(folder)
