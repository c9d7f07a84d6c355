"""What a planned message would say today."""

import datetime as dt
from dataclasses import dataclass

from cases.selectors import found_for
from reminders.board_selectors import masked
from reminders.models import OutboxMessage
from reminders.text_selectors import Occasion, TextRefused, Texts
from reminders.text_wording import refusal_text


@dataclass(frozen=True, slots=True)
class Preview:
    """Subject line and text with the amounts of a day, masked, and the version they come from; or why there is none."""

    title: str = ""
    text: str = ""
    version: str = ""
    refused: str = ""


def preview_of(outbox: OutboxMessage, on: dt.date) -> Preview:
    """What a message would say on a day, or why it could not be written; nothing is kept of it."""
    pair = (outbox.borrower_id, outbox.portfolio_id)
    occasion = Occasion(
        anchor=outbox.anchor,
        step=outbox.step,
        medium=outbox.medium,
        borrower=outbox.borrower,
        portfolio=outbox.portfolio,
        loan=outbox.loan,
        anchor_on=outbox.anchor_on,
        promise=outbox.promise,
        found=found_for([pair], on)[pair],
        on=on,
    )
    try:
        filled = Texts([outbox.portfolio_id]).fill(occasion)
    except TextRefused as refused:
        return Preview(refused=refusal_text(refused.code, refused.detail))
    return Preview(masked(outbox, filled.title), masked(outbox, filled.body), str(filled.version))
