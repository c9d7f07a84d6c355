"""Writing what happened, and closing it under seals."""

import datetime as dt
from typing import Any, Protocol

from django.db import transaction

from audit.models import AuditEntry


class Actor(Protocol):
    """Somebody who acts: all that audit needs to know of a member of staff."""

    @property
    def pk(self) -> Any: ...

    def get_username(self) -> str: ...


@transaction.atomic
def record(
    *,
    actor: Actor | None,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
    reason: str = "",
    at: dt.datetime,
) -> AuditEntry:
    """Write down what somebody did; `actor=None` is the portal itself. Never put personal data in any of it."""
    return AuditEntry.objects.create(
        at=at,
        actor_id=actor.pk if actor else None,
        actor_name=actor.get_username() if actor else "",
        action=action,
        subject=subject,
        details=details or {},
        reason=reason,
    )
