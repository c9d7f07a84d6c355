"""Writing down what the gate said of messages, and which of them were handed to a gateway."""

import datetime as dt
from collections.abc import Sequence

from contacts.message_clearance import MessageDecision
from contacts.message_models import Message
from contacts.models import Clearance, Who
from contacts.selectors import local_day
from rulebook.contact_rules import Channel


def write_decisions(
    decisions: Sequence[MessageDecision], steps: Sequence[str], at: dt.datetime
) -> list[tuple[Clearance, Message | None]]:
    """Put decisions about messages on file, and for each that was allowed the message that counts from now on.

    `steps` has the policy's step of each. The caller has locked the borrowers and holds the transaction.
    """
    clearances = Clearance.objects.bulk_create(_clearance(decision, at) for decision in decisions)
    rows = list(zip(decisions, steps, clearances, strict=True))
    messages = [_message(*row, at=at) for row in rows if row[2].allowed]
    by_clearance = {message.clearance_id: message for message in Message.objects.bulk_create(messages)}
    return [(clearance, by_clearance.get(clearance.pk)) for clearance in clearances]


def _clearance(decision: MessageDecision, at: dt.datetime) -> Clearance:
    target, refusal = decision.target, decision.refusal
    return Clearance(
        borrower=target.borrower,
        portfolio=target.portfolio,
        purpose=target.purpose,
        channel=Channel.MESSAGE.value,
        medium=target.medium.value,
        who=Who.BORROWER,
        phone=target.phone,
        number_key=target.number_key,
        at=at,
        allowed=refusal is None,
        rule_id=refusal.rule.id if refusal else "",
        preset=target.rules.name,
        rules_version=target.rules.version,
        next_allowed_at=decision.next_allowed_at if refusal else None,
        facts=decision.as_json(at),
    )


def _message(decision: MessageDecision, step: str, clearance: Clearance, *, at: dt.datetime) -> Message:
    target = decision.target
    return Message(
        borrower=target.borrower,
        portfolio=target.portfolio,
        clearance=clearance,
        medium=target.medium.value,
        purpose=target.purpose,
        step=step,
        phone=target.phone,
        number_key=target.number_key,
        at=at,
        on=local_day(at, target.portfolio.timezone),
    )
