"""After a change of the field keys: what was written to borrowers still opens once the old key is taken away."""

import datetime as dt

from audit.services import Actor, record
from borrowers.services import reseal_rows
from reminders.gateways.files import reseal_letters
from reminders.models import OutboxMessage


def reseal_outbox(*, by: Actor | None, at: dt.datetime) -> tuple[int, int]:
    """Encrypt the texts of messages, and the demo's files, again with the newest key; says how many rows and files.

    Raises WrongKey. No message moves by it, and a run that broke off can start again.
    """
    rows, files = reseal_rows(OutboxMessage), reseal_letters()
    record(actor=by, action="reminders.rotate_keys", subject="outbox", details={"rows": rows, "files": files}, at=at)
    return rows, files
