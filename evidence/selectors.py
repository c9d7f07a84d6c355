"""Reading what was kept; every look compares the content with the hash it was kept under."""

import hashlib

from borrowers.services import WrongKey
from evidence import shelf
from evidence.models import StoredFile


class FileDamaged(Exception):
    """What lies on disk is not what was kept; `code` says how: missing, sealed (it does not open) or hash."""

    def __init__(self, file: StoredFile, code: str) -> None:
        super().__init__(f"{file}: {code}")
        self.file = file
        self.code = code


def content_of(file: StoredFile) -> bytes:
    """What a kept file holds, in clear, exactly as it was kept. Raises FileDamaged.

    The room that owns the file has checked that whoever asks may see it, and writes down that they did.
    """
    try:
        content = shelf.take(file.key)
    except FileNotFoundError:
        raise FileDamaged(file, "missing") from None
    except WrongKey:
        raise FileDamaged(file, "sealed") from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise FileDamaged(file, "hash")
    return content
