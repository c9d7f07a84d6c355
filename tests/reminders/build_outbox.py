"""Messages in every state, moved there by the real transitions; nothing is sent."""

import datetime as dt
import itertools
import uuid
from decimal import Decimal
from typing import Any

from cases.models import Case
from contacts.message_models import Message
from contacts.models import Clearance
from policies.models import PolicyVersion
from reminders.models import OutboxMessage, Template, TemplateVersion
from reminders.outbox_services import Step, take
from reminders.template_lifecycle import VersionState
from tests.loans.build import day

NOW = dt.datetime.fromisoformat("2025-02-09T10:00:00+08:00")
HOUR = dt.timedelta(hours=1)
# How a message comes to each state.
PATHS: dict[str, tuple[str, ...]] = {
    "planned": (),
    "sending": ("claim",),
    "sent": ("claim", "accept"),
    "delivered": ("claim", "accept", "deliver"),
    "failed": ("claim", "fail"),
    "bounced": ("claim", "accept", "bounce"),
    "in_doubt": ("claim", "doubt"),
    "refused": ("refuse",),
    "expired": ("expire",),
    "cancelled": ("cancel",),
}
_numbers = itertools.count(1)


def text_for(step: str, medium: str, anchor: str = "overdue") -> TemplateVersion:
    """A wording that is in use for a step, the portal's own where it has one."""
    template, _new = Template.objects.get_or_create(
        step=step, medium=medium, language="zh-hans", defaults={"anchor": anchor}
    )
    in_use = template.versions.filter(state=VersionState.APPROVED).first()
    return in_use or TemplateVersion.objects.create(
        template=template, number=1, title="", body="请还款", is_shipped=True, state="approved", written_at=NOW
    )


def a_message(case: Case, state: str = "planned", *, why: str = "", detail: str = "", **more: Any) -> OutboxMessage:
    """One message about a case, by text message on the seventh day past due unless another is said."""
    medium = more.get("medium", "sms")
    phone = case.borrower.phones.order_by("pk")[0] if medium == "sms" else None
    row: dict[str, Any] = {
        "borrower": case.borrower,
        "portfolio": case.portfolio,
        "case": case,
        "loan": case.lead_loan,
        "anchor": "overdue",
        "subject": f"test:{next(_numbers)}",
        "anchor_on": day("01-10"),
        "step": "overdue_7",
        "way": f"sms:{phone.pk}" if phone else "email",
        "medium": medium,
        "phone": phone,
        "purpose": "collect",
        "policy_version": PolicyVersion.objects.get(line="default", number=1),
        "planned_on": day("02-09"),
        "planned_at": NOW - HOUR,
        "send_after": NOW,
        "expires_at": NOW + 24 * HOUR,
        "key": uuid.uuid4().hex,
    }
    outbox = OutboxMessage.objects.create(**{**row, **more})
    moves = PATHS[state]
    if moves and moves[0] == "claim":
        _hand_over(outbox)
    for move in moves:
        is_last = move == moves[-1]
        take([Step(outbox, move, why if is_last else "", detail if is_last else "")], at=NOW)
    return again(outbox)


def again(outbox: OutboxMessage) -> OutboxMessage:
    """The message as it stands in the database now; its state cannot be refreshed in place."""
    return OutboxMessage.objects.get(pk=outbox.pk)


def cleared(outbox: OutboxMessage, rule: str = "") -> Clearance:
    """What the gate said of a message: allowed, or refused by a rule."""
    return Clearance.objects.create(
        borrower=outbox.borrower,
        portfolio=outbox.portfolio,
        purpose=outbox.purpose,
        channel="message",
        medium=outbox.medium,
        who="borrower",
        phone=outbox.phone,
        number_key="k",
        at=NOW,
        allowed=not rule,
        rule_id=rule,
        preset="cn",
        rules_version="1",
        next_allowed_at=NOW + HOUR if rule else None,
        facts={},
    )


def _hand_over(outbox: OutboxMessage) -> None:
    outbox.clearance, outbox.template_version = cleared(outbox), text_for(outbox.step, outbox.medium)
    outbox.message = Message.objects.create(
        borrower=outbox.borrower,
        portfolio=outbox.portfolio,
        clearance=outbox.clearance,
        medium=outbox.medium,
        purpose=outbox.purpose,
        step=outbox.step,
        phone=outbox.phone,
        number_key="k",
        at=NOW,
        on=NOW.date(),
    )
    outbox.language, outbox.amount, outbox.claimed_at, outbox.tries = "zh-hans", Decimal("8160.00"), NOW, 1
    outbox.body = f"{outbox.borrower.name}女士，您的贷款L1已逾期，请致电15800000001。"
    outbox.save()
