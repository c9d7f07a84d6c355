"""A message that needs a look: a person says what became of it, and nothing else ever sends it again."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditEntry
from borrowers.models import Phone
from reminders.doubt_services import look_up, settle_doubt
from reminders.gateways import Letter, Memory, gateway_for
from reminders.models import OutboxMessage
from reminders.outbox_services import OutboxRefused
from staff.roles import Role
from tests.cases.build import a_case, person
from tests.reminders.build_outbox import HOUR, NOW, PATHS, a_message, again

pytestmark = pytest.mark.django_db


def in_doubt() -> OutboxMessage:
    return a_message(a_case(), "in_doubt", why="lease_over")


def settle(
    outbox: OutboxMessage, *, arrived: bool, reason: str = "the provider's list has it", **more: Any
) -> OutboxMessage:
    given: dict[str, Any] = {"by": person(Role.OPERATIONS), "at": NOW + HOUR, **more}
    settle_doubt(outbox=outbox, arrived=arrived, reason=reason, **given)
    return again(outbox)


def receipts(outbox: OutboxMessage) -> list[tuple[str, str]]:
    assert outbox.message
    return list(outbox.message.receipts.values_list("kind", "reason"))


def test_one_that_went_out_counts_as_sent_when_it_was_claimed_and_waits_for_receipts() -> None:
    outbox = settle(in_doubt(), arrived=True)
    assert (outbox.state, outbox.why, outbox.sent_at, outbox.settled_at) == ("sent", "by_hand", NOW, None)
    assert receipts(outbox) == [("accepted", "the provider's list has it")]
    last = outbox.changes.order_by("pk").last()
    assert last and (last.source, last.by_name, last.detail) == (
        "in_doubt",
        "operations-north",
        "the provider's list has it",
    )


def test_one_that_did_not_counts_for_nothing_and_is_not_written_again_unasked() -> None:
    outbox = settle(in_doubt(), arrived=False)
    assert (outbox.state, outbox.why, outbox.settled_at) == ("failed", "by_hand", NOW + HOUR)
    assert [kind for kind, _reason in receipts(outbox)] == ["not_sent"]
    assert OutboxMessage.objects.count() == 1


def test_one_that_did_not_goes_by_another_way_where_the_person_asks_for_it() -> None:
    outbox = in_doubt()
    Phone.objects.create(borrower=outbox.borrower, number="15800000002", source="contract")
    settle(outbox, arrived=False, by_another_way=True)
    following = OutboxMessage.objects.exclude(pk=outbox.pk).get()
    assert (following.state, following.subject, following.step) == ("planned", outbox.subject, outbox.step)
    assert following.way != outbox.way


def test_one_that_went_out_never_goes_by_another_way() -> None:
    outbox = in_doubt()
    Phone.objects.create(borrower=outbox.borrower, number="15800000002", source="contract")
    settle(outbox, arrived=True, by_another_way=True)
    assert OutboxMessage.objects.count() == 1


def test_the_audit_log_has_who_said_what_and_numbers_in_the_reason_are_masked() -> None:
    outbox = settle(in_doubt(), arrived=True, reason="called 13812345678, who has it")
    entry = AuditEntry.objects.get(action="reminders.settle")
    assert (entry.subject, entry.actor_name) == (f"message {outbox}", "operations-north")
    assert entry.reason == outbox.detail == "called 138****5678, who has it"
    assert entry.details == {"arrived": True, "by_another_way": False}


@pytest.mark.parametrize("state", [state for state in PATHS if state != "in_doubt"])
def test_only_one_that_needs_a_look_is_settled_by_a_person(state: str) -> None:
    outbox = a_message(a_case(), state)
    with pytest.raises(OutboxRefused) as refused:
        settle(outbox, arrived=True)
    assert refused.value.code == "state"
    assert again(outbox).state == state


def test_without_a_reason_nothing_is_settled_and_the_second_who_settles_is_told() -> None:
    outbox = in_doubt()
    with pytest.raises(OutboxRefused, match="how you know"):
        settle(outbox, arrived=False, reason=" ")
    settle(outbox, arrived=True)
    with pytest.raises(OutboxRefused, match="Somebody has settled it"):
        settle(outbox, arrived=False)
    assert again(outbox).state == "sent"


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.AUDITOR])
def test_who_may_not_settle_changes_nothing(role: Role) -> None:
    outbox = in_doubt()
    with pytest.raises(PermissionDenied):
        settle(outbox, arrived=True, by=person(role))
    assert again(outbox).state == "in_doubt"


def test_the_gateway_is_asked_what_it_knows(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    outbox = in_doubt()
    assert look_up(outbox).memory is Memory.UNKNOWN
    gateway_for("sms").send(Letter(outbox.key, "15800000001", "", outbox.body, "zh-hans"))
    assert look_up(outbox).memory is Memory.RECEIVED
