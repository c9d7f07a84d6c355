"""A borrower says on the telephone that they want no more messages by one medium; every other contact goes on."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from borrowers.models import Medium, OptOut
from borrowers.reach_services import opt_out
from contacts.models import Attempt, Outcome
from holds.models import Kind as HoldKind
from staff.models import User

# Hours the case rests after it: nothing holds it, but whoever was just spoken with is left alone until tomorrow.
RESTS = 24


def medium_stopped(outcome: Outcome, said: Mapping[str, Any]) -> str:
    """The one medium that a contact stops, such as "sms"; empty where it stops every contact, or none."""
    channel = str(said.get("channel") or "")
    return channel if outcome.hold_kind == HoldKind.NO_CONTACT and channel in Medium.values else ""


def stop_medium(*, attempt: Attempt, medium: str, by: User, at: dt.datetime) -> OptOut | None:
    """Write to the borrower no more by a medium, as they said in a contact; None where they had said so before.

    The caller has locked the borrower and holds the transaction.
    """
    if OptOut.objects.filter(borrower=attempt.borrower_id, medium=medium, lifted_at=None).exists():
        return None
    how = f"{attempt.outcome_id} · {attempt.by_name}"
    return opt_out(borrower=attempt.borrower, medium=medium, how=how, by=by, at=at)
