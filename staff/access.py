"""The guard in front of a page, and who stands before it."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest

from staff.models import User


def requires(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Only for roles that hold `permission`; others get the 403 page. Signing in first is the middleware's doing."""
    return permission_required(permission, raise_exception=True)


def person_of(request: HttpRequest) -> User:
    """Who is signed in. Every page but those for signing in has somebody: the middleware sees to it."""
    return cast(User, request.user)
