"""Pausing a sender, letting it go again, how fast it goes, and leaving alone a gateway that does not answer."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from audit.services import record
from reminders.models import Sender
from rulebook.masking import redact
from staff.models import User
from ui.formats import moment

# So many failures in a row close a sender, at first for this long; each further one doubles it, up to the longest.
FAILURES_IN_A_ROW = 5
FIRST_REST = dt.timedelta(minutes=1)
LONGEST_REST = dt.timedelta(minutes=15)
# Messages a minute; more than this no gateway takes from one customer.
FASTEST = 6000


class SenderRefused(Exception):
    """Why a sender was not changed, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def pause(*, medium: str, reason: str, by: User, at: dt.datetime) -> Sender:
    """Send nothing more by a medium until somebody lets it go again; whoever is in a hurry gives no reason.

    Raises SenderRefused.
    """
    sender, said = _locked(medium, by), redact(reason.strip())
    if sender.is_paused:
        facts = {"who": sender.changed_by_name, "when": moment(sender.changed_at)}
        raise SenderRefused("paused", _("It is paused already: by %(who)s since %(when)s.") % facts)
    _turn(sender, is_paused=True, reason=said, by=by, at=at)
    record(actor=by, action="reminders.pause", subject=f"sender {medium}", reason=sender.reason, at=at)
    return sender


@transaction.atomic
def resume(*, medium: str, by: User, at: dt.datetime) -> Sender:
    """Let a paused medium send again. Raises SenderRefused."""
    sender = _locked(medium, by)
    if not sender.is_paused:
        raise SenderRefused("running", _("It is not paused."))
    _turn(sender, is_paused=False, reason="", by=by, at=at)
    record(actor=by, action="reminders.resume", subject=f"sender {medium}", at=at)
    return sender


@transaction.atomic
def set_rate(*, medium: str, per_minute: int, by: User, at: dt.datetime) -> Sender:
    """Change how many messages a medium may send in a minute. Raises SenderRefused."""
    sender = _locked(medium, by)
    if not 1 <= per_minute <= FASTEST:
        raise SenderRefused("rate", _("Between 1 and %(most)s messages a minute.") % {"most": FASTEST})
    if per_minute == sender.per_minute:
        raise SenderRefused("same", _("That is its rate already."))
    details = {"before": sender.per_minute, "after": per_minute}
    sender.per_minute = per_minute
    sender.save(update_fields=["per_minute"])
    record(actor=by, action="reminders.set_rate", subject=f"sender {medium}", details=details, at=at)
    return sender


def rest_after(failures: int) -> dt.timedelta:
    """How long a gateway is left alone after so many failures in a row: 5 a minute, 6 two, 9 and more a quarter."""
    beyond = failures - FAILURES_IN_A_ROW
    # Beyond ten doublings it is the longest anyway.
    return min(FIRST_REST * 2 ** min(beyond, 10), LONGEST_REST) if beyond >= 0 else dt.timedelta(0)


def tries(sender: Sender, *, at: dt.datetime, most: int) -> int:
    """How many messages may be tried now: none while it is paused or rests, one after a rest, else `most`."""
    if sender.is_paused or sender.is_resting(at):
        return 0
    return min(most, 1) if sender.failures >= FAILURES_IN_A_ROW else most


def note_try(sender: Sender, *, at: dt.datetime) -> None:
    """The one try after a rest begins; until it succeeds it counts as failed, so that nobody else tries meanwhile.

    The caller holds the sender's row. Nothing happens where the sender is well.
    """
    if sender.failures >= FAILURES_IN_A_ROW and not sender.is_resting(at):
        _fail(sender, at)


def note_failure(sender: Sender, detail: str, at: dt.datetime) -> None:
    """The gateway did not answer or took nothing; the caller holds the sender's row.

    What was under way when it closed, and fails too, does not prolong the rest.
    """
    sender.last_failure = detail[:200]
    if sender.is_resting(at):
        sender.save(update_fields=["last_failure"])
    else:
        _fail(sender, at)


def note_success(sender: Sender) -> None:
    """The gateway took a message: what failed before is forgotten; the caller holds the sender's row."""
    if sender.failures or sender.closed_until:
        sender.failures, sender.closed_until = 0, None
        sender.save(update_fields=["failures", "closed_until"])


def _fail(sender: Sender, at: dt.datetime) -> None:
    sender.failures += 1
    if rest := rest_after(sender.failures):
        sender.closed_until = at + rest
    sender.save(update_fields=["failures", "closed_until", "last_failure"])


def _locked(medium: str, by: User) -> Sender:
    if not by.has_perm("reminders.pause"):
        raise PermissionDenied("reminders.pause")
    return Sender.objects.select_for_update().get(medium=medium)


def _turn(sender: Sender, *, is_paused: bool, reason: str, by: User, at: dt.datetime) -> None:
    sender.is_paused, sender.reason = is_paused, reason[:200]
    sender.changed_at, sender.changed_by_name = at, by.get_username()
    sender.save(update_fields=["is_paused", "reason", "changed_at", "changed_by_name"])
