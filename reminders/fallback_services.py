"""The next way: a message that could not reach its number or address goes by another one."""

import datetime as dt
import uuid

from django.db import transaction

from policies.models import PolicyVersion
from reminders.lifecycle import GONE, ON_ITS_WAY
from reminders.models import OutboxChange, OutboxMessage
from reminders.way_selectors import Ways
from rulebook.terms import ReminderStep

PASSED_ON = "next_way"


@transaction.atomic
def next_way(*, outbox: OutboxMessage, at: dt.datetime) -> OutboxMessage | None:
    """Plan what a message said by the next way that was not tried; None where nothing is, or it is too late."""
    if outbox.expires_at <= at:
        return None
    same = OutboxMessage.objects.filter(
        subject=outbox.subject, anchor=outbox.anchor, anchor_on=outbox.anchor_on, step=outbox.step
    )
    rows = list(same.order_by("pk").select_for_update(of=("self",)).values_list("way", "state"))
    # One that is under way, or has reached the borrower as far as anybody knows, is enough.
    if any(state in (*ON_ITS_WAY, *GONE) for _way, state in rows):
        return None
    step = step_of(outbox)
    tried = {way for way, _state in rows}
    ways = Ways([outbox.borrower_id]).to(outbox.borrower_id, step.media if step else (), tried)
    if not ways:
        return None
    following = OutboxMessage.objects.create(
        borrower_id=outbox.borrower_id,
        portfolio_id=outbox.portfolio_id,
        case_id=outbox.case_id,
        loan_id=outbox.loan_id,
        promise_id=outbox.promise_id,
        anchor=outbox.anchor,
        subject=outbox.subject,
        anchor_on=outbox.anchor_on,
        step=outbox.step,
        way=ways[0].name,
        medium=ways[0].medium,
        phone=ways[0].phone,
        purpose=outbox.purpose,
        policy_version_id=outbox.policy_version_id,
        planned_on=outbox.planned_on,
        planned_at=at,
        send_after=max(at, outbox.send_after),
        expires_at=outbox.expires_at,
        key=uuid.uuid4().hex,
    )
    OutboxChange.objects.create(
        outbox=following, target=following.state, at=at, why=PASSED_ON, detail=f"{outbox} {outbox.way}"
    )
    return following


def step_of(outbox: OutboxMessage) -> ReminderStep | None:
    """The step of the policy version that planned a message."""
    version: PolicyVersion = outbox.policy_version
    steps = version.dated().terms.reminders.steps
    return next((step for step in steps if step.code == outbox.step), None)
