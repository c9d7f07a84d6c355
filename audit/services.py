"""Writing what happened, and closing it under seals."""

import datetime as dt
from typing import Any, Protocol

from django.db import connection, transaction

from audit.models import AuditEntry, Pending, Seal
from audit.selectors import digest_of, hash_of

BATCH = 1000
# One number for one lock: whoever holds it is the sealer.
SEALER_LOCK = 6_202_501


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


def seal(*, at: dt.datetime) -> int:
    """Put every entry that waits under a seal; answers how many. Does nothing while another sealer is at work."""
    sealed = 0
    while batch := _seal_batch(at):
        sealed += batch
    return sealed


@transaction.atomic
def _seal_batch(at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    # An entry is seen here only once its writer has committed, so a slow writer's entry comes under a later seal
    # and is never jumped over.
    waiting = list(Pending.objects.order_by("entry_id").values_list("entry_id", flat=True)[:BATCH])
    if not waiting:
        return 0
    entries = list(AuditEntry.objects.filter(pk__in=waiting).order_by("pk"))
    last = Seal.objects.order_by("-number").first()
    new = Seal(
        number=last.number + 1 if last else 1,
        at=at,
        entry_ids=[entry.pk for entry in entries],
        digests=[digest_of(entry) for entry in entries],
        previous_hash=last.hash if last else "",
    )
    new.hash = hash_of(new)
    new.save(force_insert=True)
    Pending.objects.filter(entry_id__in=waiting).delete()
    return len(entries)
