"""What became of messages, what borrowers wrote back, and who has answered it."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from audit.services import Actor, record
from borrowers.models import Borrower
from borrowers.services import reseal_rows
from contacts.message_models import InboundMessage, Message, Receipt
from contacts.models import Attempt
from contacts.promise_services import lock_borrowers
from loans.models import Portfolio
from rulebook.masking import redact
from staff.models import User

MAY_ANSWER = "contacts.log"
# Characters of a borrower's message that are kept; a longer one ends in the mark.
LONGEST_TEXT = 2000
CUT = "…"


class MessageRefused(Exception):
    """Why a message was not answered, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def add_receipt(*, message: Message, kind: str, reason: str, at: dt.datetime) -> bool:
    """Write down what a gateway said of a message; answers whether it is news, since the same is kept once.

    `reason` is the gateway's own word; what looks like personal data in it is masked.
    """
    said = redact(" ".join(reason.split()))[:100]
    _receipt, is_new = Receipt.objects.get_or_create(message=message, kind=kind, defaults={"at": at, "reason": said})
    return is_new


@transaction.atomic
def receive(
    *,
    borrower: Borrower,
    portfolio: Portfolio,
    medium: str,
    text: str,
    at: dt.datetime,
    answers: Message | None,
    is_stop: bool,
) -> InboundMessage:
    """Keep what a borrower wrote to us, encrypted; it waits for somebody, unless it asked us to stop, which was done.

    `answers` is the message of ours it answers, where that is known; of a long text the beginning is kept.
    """
    lock_borrowers(borrower.pk)
    kept = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT
    return InboundMessage.objects.create(
        borrower=borrower,
        portfolio=portfolio,
        medium=medium,
        answers=answers,
        text=kept,
        at=at,
        is_stop=is_stop,
        answered_at=at if is_stop else None,
    )


@transaction.atomic
def answer(*, inbound: InboundMessage, note: str, by: User, at: dt.datetime) -> InboundMessage:
    """Say what was done about a borrower's message, so that nobody waits for it. Raises MessageRefused."""
    if not by.has_perm(MAY_ANSWER):
        raise PermissionDenied(MAY_ANSWER)
    lock_borrowers(inbound.borrower_id)
    locked = InboundMessage.objects.select_for_update(of=("self",)).get(pk=inbound.pk)
    if locked.answered_at is not None:
        raise MessageRefused("answered", _("This is answered already."))
    said = redact(" ".join(note.split()))[:200]
    if not said:
        raise MessageRefused("note", _("Say what was done."))
    locked.answered_at, locked.answered_by_name, locked.answer = at, by.get_username(), said
    locked.save(update_fields=["answered_at", "answered_by_name", "answer"])
    record(actor=by, action="contacts.answer_message", subject=f"message from a borrower {locked.pk}", at=at)
    return locked


def settle_by_contact(*, attempt: Attempt) -> list[int]:
    """Whoever has spoken with the borrower has answered what they wrote; says which messages, by their rows.

    The caller has locked the borrower and holds the transaction.
    """
    if not attempt.right_party:
        return []
    waiting = InboundMessage.objects.filter(
        borrower=attempt.borrower_id, portfolio=attempt.portfolio_id, answered_at=None
    )
    rows = list(waiting.order_by("pk").values_list("pk", flat=True))
    InboundMessage.objects.filter(pk__in=rows).update(
        answered_at=attempt.at, answered_by_name=attempt.by_name, answer=attempt.outcome_id
    )
    return rows


def wait_again(*, inbound_id: int) -> None:
    """The contact that had answered a message is taken back: the message waits again."""
    InboundMessage.objects.filter(pk=inbound_id).update(answered_at=None, answered_by_name="", answer="")


def reseal_messages(*, by: Actor | None, at: dt.datetime) -> int:
    """Encrypt what borrowers wrote to us again with the newest key; says how many messages, or raises WrongKey."""
    rows = reseal_rows(InboundMessage)
    record(actor=by, action="contacts.rotate_keys", subject="messages from borrowers", details={"rows": rows}, at=at)
    return rows
