"""Putting a version of the terms in force."""

import datetime as dt
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Max

from audit.services import Actor, record
from policies.models import PolicyVersion
from rulebook.terms import Terms


def hold_versions(lines: Collection[str]) -> None:
    """Until the caller's transaction ends nobody adds a version to these policy lines; other holders do not wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM policies_policyversion WHERE line = ANY(%s) ORDER BY id FOR SHARE", [list(lines)])


@transaction.atomic
def add_version(
    *, line: str, terms: Terms, effective_on: dt.date | None, note: str = "", by: Actor | None, at: dt.datetime
) -> PolicyVersion:
    """Add the next version of a policy line; the versions before it stay as they are."""
    versions = PolicyVersion.objects.filter(line=line)
    # Waits for whoever is adding or holds the line; bookings, which only refer to versions, do not wait for us.
    list(versions.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    last = versions.aggregate(last=Max("number"))["last"]
    version = PolicyVersion.objects.create(
        line=line,
        number=(last or 0) + 1,
        effective_on=effective_on,
        terms=terms.model_dump(mode="json"),
        note=note,
        created_at=at,
        created_by_name=by.get_username() if by else "",
    )
    details = {"effective_on": effective_on.isoformat() if effective_on else None}
    record(actor=by, action="policies.add_version", subject=f"policy {version}", details=details, at=at)
    return version
