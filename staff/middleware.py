"""Who has not signed in does so first, and somebody with a temporary password chooses their own."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from staff.models import User

OPEN = {"staff:password", "staff:logout", "staff:language"}


class SignInFirst(LoginRequiredMiddleware):
    """Sends whoever has not signed in to the sign-in page, the whole page also where a part of it was asked for."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """A page that asks for its parts by itself would otherwise show the sign-in form in the middle, or nothing."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer and request.headers.get("hx-request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("staff:login")})
        return answer


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
