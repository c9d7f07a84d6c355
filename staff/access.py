"""The guard in front of a page."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required


def requires(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Only for roles that hold `permission`; others get the 403 page. Signing in first is the middleware's doing."""
    return permission_required(permission, raise_exception=True)
