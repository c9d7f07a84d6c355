"""Calling off a message that is planned: who may, until when, and with a reason that holds no personal data."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from reminders.outbox_services import OutboxRefused, cancel
from reminders.sender_services import pause
from staff.roles import Role
from tests.cases.build import a_case, person
from tests.reminders.build_outbox import NOW, PATHS, a_message, again

pytestmark = pytest.mark.django_db


def test_who_may_settle_calls_off_and_numbers_in_the_reason_are_masked() -> None:
    outbox = a_message(a_case())
    cancel(outbox=outbox, reason="said so on 13812345678", by=person(Role.OPERATIONS), at=NOW)
    now = again(outbox)
    assert (now.state, now.why, now.detail) == ("cancelled", "by_hand", "said so on 138****5678")
    assert now.changes.order_by("-pk")[0].detail == now.detail
    assert AuditEntry.objects.get(action="reminders.cancel").reason == now.detail


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.AUDITOR])
def test_who_may_not_settle_calls_off_nothing(role: Role) -> None:
    outbox = a_message(a_case())
    with pytest.raises(PermissionDenied):
        cancel(outbox=outbox, reason="why not", by=person(role), at=NOW)
    assert again(outbox).state == "planned"


@pytest.mark.parametrize("state", [state for state in PATHS if state != "planned"])
def test_what_is_not_planned_any_more_is_not_called_off(state: str) -> None:
    outbox = a_message(a_case(), state)
    with pytest.raises(OutboxRefused, match="not planned any more"):
        cancel(outbox=outbox, reason="too late", by=person(Role.OPERATIONS), at=NOW)
    assert again(outbox).state == state


def test_without_a_reason_nothing_is_called_off() -> None:
    outbox = a_message(a_case())
    with pytest.raises(OutboxRefused, match="Say why"):
        cancel(outbox=outbox, reason=" ", by=person(Role.OPERATIONS), at=NOW)
    assert again(outbox).state == "planned"


def test_the_reason_of_a_pause_holds_no_number_either() -> None:
    sender = pause(medium="sms", reason="13812345678 complained", by=person(Role.SUPERVISOR), at=NOW)
    assert sender.reason == "138****5678 complained"
