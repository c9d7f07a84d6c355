"""The pages for what is not there and for a database that does not answer, also while the portal runs with DEBUG."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import page_not_found

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)
# Seconds after which whoever calls by itself, such as a gateway, may ask again.
ASK_AGAIN_AFTER = 30


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


class DatabaseFirst:
    """Says in words that the database is away: no page of the portal can be shown without it.

    The connection of the request is opened here, before anything else needs it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, if there is a database."""
        try:
            with connection.cursor():
                pass
        except AWAY:
            logger.error("The database does not answer.")
            return _sorry(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view whose database went away under it."""
        if not isinstance(exception, AWAY):
            return None
        logger.error("The database did not answer a page.", exc_info=exception)
        return _sorry(request)


def _sorry(request: HttpRequest) -> HttpResponse:
    headers = {"Retry-After": str(ASK_AGAIN_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("503.html", request=request), status=503, headers=headers)
