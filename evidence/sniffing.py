"""Telling what a file is by its first bytes; what it is called or said to be does not count."""

# After https://mimesniff.spec.whatwg.org/ §6.1 and §6.4; a WebP has its length between the two marks.
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)


def type_of(content: bytes) -> str:
    """The type of a photo, a PDF or a ZIP by its signature; empty for everything else, such as a page or a script."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in _SIGNATURES if content.startswith(mark)), "")
