"""Changing the field keys of what visits hold sealed."""

import datetime as dt

from audit.services import Actor, record
from borrowers.services import reseal_rows
from visits.models import Visit


def reseal_visits(*, by: Actor | None, at: dt.datetime) -> int:
    """Encrypt where visitors stood again with the newest key; says how many rows, or raises WrongKey."""
    rows = reseal_rows(Visit)
    record(actor=by, action="visits.rotate_keys", subject="visits", details={"rows": rows}, at=at)
    return rows
