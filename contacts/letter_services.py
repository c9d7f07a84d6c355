"""Letters on paper: the gate before they are sent, and what became of them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from audit.services import record
from borrowers.models import Address
from contacts.letter_models import LetterFate, LetterKind, LetterReceipt, LetterSent
from contacts.models import Channel
from contacts.place_clearance import PlaceTarget, decide_places, written
from contacts.promise_services import lock_borrowers
from contacts.selectors import local_day
from contacts.services import GateRefused
from rulebook.contact_rules import Purpose
from rulebook.masking import redact
from staff.models import User

MAY_SEND = "letters.write"
# Only a demand asks for money; what the law or a borrower asks us to say goes on when collecting stops.
PURPOSES: Mapping[str, Purpose] = {
    LetterKind.DEMAND: Purpose.COLLECT,
    LetterKind.ACCELERATION: Purpose.NOTICE,
    LetterKind.REPORT_NOTICE: Purpose.NOTICE,
    LetterKind.DISPUTE_ANSWER: Purpose.SERVICE,
    LetterKind.CLOSING: Purpose.NOTICE,
}


class LetterRefused(Exception):
    """Why a letter or what became of it was not written down, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


def send_letter(
    *, target: PlaceTarget, kind: str, reference: str, by: User, on: dt.date, at: dt.datetime
) -> LetterSent:
    """Ask the gate for a letter and hand it over; `on` is the day it was handed over, `reference` its tracking number.

    What the letter is for follows from its kind. Raises LetterRefused, or GateRefused; a refusal stays on file unless
    the caller undoes it.
    """
    if not by.has_perm(MAY_SEND):
        raise PermissionDenied(MAY_SEND)
    if kind not in PURPOSES:
        raise LetterRefused("kind", _("There is no such kind of letter."))
    number = " ".join(reference.split())[:60]
    if not number:
        raise LetterRefused("reference", _("Say under which number the letter travels."))
    if on > local_day(at, target.portfolio.timezone):
        raise LetterRefused("date", _("A letter that was sent was sent on a day up to today."))
    sent = _send(replace(target, channel=Channel.LETTER.value, purpose=PURPOSES[kind].value), kind, number, by, on, at)
    if isinstance(sent, GateRefused):
        raise sent
    return sent


@transaction.atomic
def _send(
    target: PlaceTarget, kind: str, reference: str, by: User, on: dt.date, at: dt.datetime
) -> LetterSent | GateRefused:
    lock_borrowers(target.borrower.pk)
    # Read again: the address may have been logged as wrong a moment ago.
    as_on_file = replace(target, address=Address.objects.get(pk=target.address.pk))
    clearance = written(decide_places([as_on_file], at)[0], by, at)
    if not clearance.allowed:
        return GateRefused(clearance)
    sent = LetterSent.objects.create(
        borrower=target.borrower,
        portfolio=target.portfolio,
        address=target.address,
        clearance=clearance,
        kind=kind,
        reference=reference,
        at=at,
        on=on,
        by_name=by.get_username(),
    )
    record(actor=by, action="contacts.send_letter", subject=f"letter {sent.pk}", details={"kind": kind}, at=at)
    return sent


@transaction.atomic
def note_letter(*, sent: LetterSent, kind: str, on: dt.date, how: str, by: User, at: dt.datetime) -> LetterReceipt:
    """Write down that a letter was delivered or came back; the latest word counts, so that a slip is put right.

    `on` is the day it happened, `how` what says so, such as the slip of the post. Raises LetterRefused.
    """
    if not by.has_perm(MAY_SEND):
        raise PermissionDenied(MAY_SEND)
    if kind not in LetterFate.values:
        raise LetterRefused("fate", _("A letter is delivered or comes back."))
    said = redact(" ".join(how.split()))[:200]
    if not said:
        raise LetterRefused("how", _("Say how you know."))
    if not sent.on <= on <= local_day(at, sent.portfolio.timezone):
        raise LetterRefused("date", _("The day lies between the day it was sent and today."))
    lock_borrowers(sent.borrower_id)
    latest = sent.receipts.order_by("-pk").first()
    if latest and (latest.kind, latest.on) == (kind, on):
        raise LetterRefused("noted", _("This is written down already."))
    receipt = LetterReceipt.objects.create(letter=sent, kind=kind, on=on, how=said, at=at, by_name=by.get_username())
    details = {"kind": kind, "on": on.isoformat()}
    record(actor=by, action="contacts.note_letter", subject=f"letter {sent.pk}", details=details, at=at)
    return receipt
