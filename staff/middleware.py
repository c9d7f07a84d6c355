"""Somebody with a temporary password chooses their own before anything else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from staff.models import User

OPEN = {"staff:password", "staff:logout", "staff:language"}


class NewPasswordFirst:
    """Sends everybody who still has a temporary password to the page where they choose their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Stop at the door, once the address is known."""
        where = request.resolver_match.view_name if request.resolver_match else ""
        if not isinstance(request.user, User) or not request.user.must_change_password or where in OPEN:
            return None
        return redirect("staff:password")
