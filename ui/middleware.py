"""The 404 page, also while the portal runs with DEBUG."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found


class NotFoundPage:
    """Shows the portal's own page when a record is not there or belongs to another portfolio.

    With DEBUG, Django would show its own page, which tells a developer nothing here and a user of the demo too much.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that found nothing."""
        return page_not_found(request, exception) if isinstance(exception, Http404) else None
