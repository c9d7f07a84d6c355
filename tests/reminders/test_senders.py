"""A sender: paused and let go by a person, slowed down, and left alone while its gateway does not answer."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from reminders.models import Sender
from reminders.sender_services import (
    FAILURES_IN_A_ROW,
    FASTEST,
    LONGEST_REST,
    SenderRefused,
    note_failure,
    note_success,
    note_try,
    pause,
    rest_after,
    resume,
    set_rate,
    tries,
)
from staff.roles import Role
from tests.loans.build import AT, person

MINUTE = dt.timedelta(minutes=1)
in_the_database = pytest.mark.django_db


def sms() -> Sender:
    return Sender.objects.get(medium="sms")


def paused(reason: str = "the provider asked us to") -> Sender:
    return pause(medium="sms", reason=reason, by=person(Role.OPERATIONS), at=AT)


def failing(times: int, at: dt.datetime = AT) -> Sender:
    sender = sms()
    for _time in range(times):
        note_failure(sender, "421 come back later", at)
    return sms()


@in_the_database
def test_operations_pause_a_sender_with_a_reason_and_let_it_go_again() -> None:
    paused()
    assert (sms().is_paused, sms().reason, sms().changed_by_name) == (
        True,
        "the provider asked us to",
        "operations-north",
    )
    assert tries(sms(), at=AT, most=20) == 0
    resume(medium="sms", by=person(Role.SUPERVISOR), at=AT + MINUTE)
    assert (sms().is_paused, sms().reason, sms().changed_at) == (False, "", AT + MINUTE)
    assert tries(sms(), at=AT, most=20) == 20
    written = AuditEntry.objects.filter(subject="sender sms").order_by("pk")
    assert [(entry.action, entry.reason) for entry in written] == [
        ("reminders.pause", "the provider asked us to"),
        ("reminders.resume", ""),
    ]


@in_the_database
def test_one_sender_is_paused_and_the_other_goes_on() -> None:
    paused()
    assert not Sender.objects.get(medium="email").is_paused


@in_the_database
def test_what_is_paused_is_not_paused_again_and_whoever_tries_reads_who_did_it_and_when() -> None:
    paused()
    with pytest.raises(SenderRefused, match="by operations-north since 2025-02-09 18:00:00") as refused:
        pause(medium="sms", reason="me too", by=person(Role.SUPERVISOR), at=AT + MINUTE)
    assert refused.value.code == "paused"
    assert sms().reason == "the provider asked us to"


@in_the_database
def test_whoever_is_in_a_hurry_pauses_without_a_reason() -> None:
    assert (paused("  ").is_paused, sms().reason) == (True, "")


@in_the_database
def test_what_runs_is_not_let_go() -> None:
    with pytest.raises(SenderRefused, match="not paused"):
        resume(medium="sms", by=person(Role.OPERATIONS), at=AT)
    assert not sms().is_paused


@in_the_database
@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.AUDITOR, Role.POLICY_ADMIN])
def test_who_may_not_pause_changes_nothing(role: Role) -> None:
    by = person(role)
    with pytest.raises(PermissionDenied):
        pause(medium="sms", reason="because", by=by, at=AT)
    with pytest.raises(PermissionDenied):
        resume(medium="sms", by=by, at=AT)
    with pytest.raises(PermissionDenied):
        set_rate(medium="sms", per_minute=1, by=by, at=AT)
    assert (sms().is_paused, sms().per_minute) == (False, 1200)


@in_the_database
def test_the_rate_is_changed_within_bounds_and_what_it_was_is_written_down() -> None:
    by = person(Role.OPERATIONS)
    set_rate(medium="sms", per_minute=300, by=by, at=AT)
    assert sms().per_minute == 300
    assert AuditEntry.objects.get(action="reminders.set_rate").details == {"before": 1200, "after": 300}
    for wrong in (0, FASTEST + 1, 300):
        with pytest.raises(SenderRefused):
            set_rate(medium="sms", per_minute=wrong, by=by, at=AT)
    assert sms().per_minute == 300


@pytest.mark.parametrize(("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (99, 15)])
def test_the_fifth_failure_in_a_row_rests_a_minute_and_each_further_one_twice_as_long(
    failures: int, minutes: int
) -> None:
    assert rest_after(failures) == minutes * MINUTE


@given(failures=st.integers(0, 10**9))
def test_more_failures_never_rest_less_and_never_longer_than_a_quarter_of_an_hour(failures: int) -> None:
    assert rest_after(failures) <= rest_after(failures + 1) <= LONGEST_REST


@in_the_database
def test_four_failures_change_nothing_and_a_success_forgets_them() -> None:
    sender = failing(FAILURES_IN_A_ROW - 1)
    assert tries(sender, at=AT, most=20) == 20
    note_success(sender)
    assert (sms().failures, sms().closed_until) == (0, None)
    assert failing(1).closed_until is None


@in_the_database
def test_the_fifth_failure_closes_it_and_what_fails_beside_it_does_not_prolong_the_rest() -> None:
    sender = failing(20)
    assert (sender.failures, sender.closed_until) == (5, AT + MINUTE)
    assert sender.last_failure == "421 come back later"
    assert tries(sender, at=AT + MINUTE - dt.timedelta(seconds=1), most=20) == 0


@in_the_database
def test_after_the_rest_one_message_is_tried_and_nobody_tries_another_meanwhile() -> None:
    sender, later = failing(5), AT + MINUTE
    assert tries(sender, at=later, most=20) == 1
    note_try(sender, at=later)
    assert tries(sms(), at=later, most=20) == 0
    note_success(sms())
    assert tries(sms(), at=later, most=20) == 20


@in_the_database
def test_a_try_that_fails_too_rests_twice_as_long() -> None:
    sender, later = failing(5), AT + MINUTE
    note_try(sender, at=later)
    note_failure(sender, "still away", later)
    assert (sms().failures, sms().closed_until, sms().last_failure) == (6, later + 2 * MINUTE, "still away")


@in_the_database
def test_a_sender_that_is_well_or_rests_has_no_single_try() -> None:
    note_try(sms(), at=AT)
    assert sms().failures == 0
    note_try(failing(5), at=AT)
    assert sms().failures == 5
