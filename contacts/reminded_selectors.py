"""Reading what was written to borrowers: how often they were reminded, by what, and whom no message can reach."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from borrowers.models import Borrower, Medium, OptOut, Phone, Status
from contacts.message_models import REACHED_NOBODY, Message, Purpose, Receipt, ReceiptKind
from holds.selectors import Pair


@dataclass(frozen=True, slots=True)
class Sent:
    """One message about what somebody owes, and whether it reached them as far as is known on a day."""

    on: dt.date
    medium: str
    is_delivered: bool


def collecting_messages(pairs: Collection[Pair], on: dt.date) -> dict[Pair, list[Sent]]:
    """The messages that asked many to pay, up to a day, oldest first; what never left is not among them."""
    log = Message.objects.filter(borrower__in={pair[0] for pair in pairs}, on__lte=on, purpose=Purpose.COLLECT)
    rows = list(log.order_by("at", "pk").values_list("pk", "borrower_id", "portfolio_id", "on", "medium"))
    kinds: dict[int, set[str]] = defaultdict(set)
    for message, kind in Receipt.objects.filter(message__in=log.order_by()).values_list("message_id", "kind"):
        kinds[message].add(kind)
    found: dict[Pair, list[Sent]] = defaultdict(list)
    for pk, borrower, portfolio, day, medium in rows:
        # What seemed never to have left, and arrived, did leave.
        if ReceiptKind.DELIVERED in kinds[pk]:
            kinds[pk].discard(ReceiptKind.NOT_SENT)
        if ReceiptKind.NOT_SENT not in kinds[pk]:
            found[borrower, portfolio].append(Sent(day, medium, _is_delivered(kinds[pk], medium, day, on)))
    return found


def _is_delivered(kinds: set[str], medium: str, day: dt.date, on: dt.date) -> bool:
    """No mail server says that a mail was read: one that was taken and has not come back by the next day counts."""
    if kinds & set(REACHED_NOBODY):
        return False
    taken = medium == Medium.EMAIL and ReceiptKind.ACCEPTED in kinds and day < on
    return ReceiptKind.DELIVERED in kinds or taken


def worked_last(sent: Sequence[Sent]) -> str | None:
    """The medium of the last message that reached somebody."""
    return next((message.medium for message in reversed(sent) if message.is_delivered), None)


def unreachable(borrowers: Collection[int]) -> set[int]:
    """Who can be reached by no message: no number and no address in use, or all of them stopped."""
    by_phone = set(Phone.objects.filter(borrower__in=borrowers, status=Status.OK).values_list("borrower", flat=True))
    stopped = set(OptOut.objects.filter(borrower__in=borrowers, lifted_at=None).values_list("borrower_id", "medium"))
    without = {pk for pk in borrowers if pk not in by_phone or (pk, Medium.SMS) in stopped}
    # Whether there is an address only shows once it is opened: an empty one is sealed as well.
    people = Borrower.objects.filter(pk__in=borrowers, email_status=Status.OK).only("email")
    mailboxes = (person for person in people if person.pk in without and (person.pk, Medium.EMAIL) not in stopped)
    by_mail = {person.pk for person in mailboxes if person.email}
    return without - by_mail
