"""What borrowers said of their record, encrypted again after a new key was put first."""

import datetime as dt

from audit.services import Actor, record
from borrowers.services import reseal_rows
from bureau.models import RecordDispute


def reseal_disputes(*, by: Actor | None, at: dt.datetime) -> int:
    """Encrypt the words of every dispute again with the newest key; says how many rows, or raises WrongKey."""
    rows = reseal_rows(RecordDispute)
    record(actor=by, action="bureau.rotate_keys", subject="disputes", details={"rows": rows}, at=at)
    return rows
