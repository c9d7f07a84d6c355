"""A file as an answer to a browser; whether somebody may have it, the room that owns it has checked."""

from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header


def file_response(content: bytes, content_type: str, name: str, *, inline: bool) -> HttpResponse:
    """The file as exactly the type it was kept as, never guessed at and never kept by a cache.

    `inline` shows it in the browser instead of saving it.
    """
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = str(content_disposition_header(not inline, name))
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response
